/// Turns the rows of an outbox table into events of their own: topic, key, payload and headers come from columns.
///
/// Facts   Debezium: io.debezium.transforms.outbox.EventRouter, EventRouterDelegate.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/transforms/debezium/envelope.hpp"
#include "connectors/transforms/debezium/json_structure.hpp"
#include "connectors/transforms/debezium/outbox_placement.hpp"
#include "connectors/transforms/schema_cache.hpp"
#include "connectors/transforms/topic_rewriter.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millrace::transforms {

class EventRouter final : public Transformation {
public:
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;
    void use_logger(const Logger& logger) override { logger_ = logger; }

private:
    enum class InvalidOperation : std::uint8_t { Warn, Error, Fatal };
    struct Columns {
        std::string id, key, payload, route;
        std::string timestamp;  ///< empty: the event's own
        std::string version;    ///< empty: none
    };
    struct ValuePlan {
        SchemaPtr schema;
    };
    /// The row of one event.
    struct Row {
        const SchemaPtr& schema;
        Value value;
    };
    void read_columns(const Config& config);
    bool refuse_update(const ConnectRecord& record) const;
    std::optional<std::int64_t> timestamp_of(const ConnectRecord& record, const Envelope& envelope,
                                             const Row& row) const;
    SchemaAndValue payload_of(const ConnectRecord& record, const Row& row, Arena& arena);
    SchemaPtr value_schema(const SchemaPtr& payload, const Row& row, std::string_view route);
    SchemaPtr make_value_schema(const SchemaPtr& payload, const Row& row, std::string_view route) const;
    SchemaAndValue value_of(const SchemaAndValue& payload, const Row& row, std::string_view route, Arena& arena);
    Headers headers_of(const ConnectRecord& record, const Row& row) const;
    std::optional<std::int32_t> partition_of(const Row& row) const;

    Columns columns_;
    std::vector<OutboxPlacement> placements_;
    bool has_envelope_ = false;  ///< a column is placed in the value, beside the payload
    bool ignore_missing_ = false;
    bool expand_json_ = false;
    bool tombstone_on_empty_ = false;
    InvalidOperation invalid_operation_ = InvalidOperation::Warn;
    std::unique_ptr<TopicRewriter> topics_;
    JsonStructure json_;
    SchemaCache<ValuePlan> values_;
    std::map<std::int32_t, SchemaPtr> versioned_values_;
    Logger logger_;
};

}
