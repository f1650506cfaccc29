/// Sends the events of several tables to one topic, and tells their keys apart by the topic that each would have had.
///
/// Facts   Debezium: io.debezium.transforms.ByLogicalTableRouter, ToLogicalTopicRouter.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/support/name_adjustment.hpp"
#include "connectors/transforms/schema_cache.hpp"
#include "connectors/transforms/topic_rewriter.hpp"

#include <optional>
#include <string>

namespace millrace::transforms {

class ByLogicalTableRouter final : public Transformation {
public:
    /// ToLogicalTopicRouter and ByLogicalTableRouter differ in the default of key.field.name alone.
    explicit ByLogicalTableRouter(std::string_view default_key_field = "__dbz__physicalTableIdentifier")
        : default_key_field_(default_key_field) {}

    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;
    void use_logger(const Logger& logger) override { logger_ = logger; }

private:
    void read(const Settings& settings);
    struct KeyPlan {
        SchemaPtr schema;
    };
    struct EnvelopePlan {
        SchemaPtr schema;
    };
    SchemaPtr renamed(const Schema& schema, std::string_view topic, std::string_view part) const;
    void rename_key(ConnectRecord& record, std::string_view topic, Arena& arena);

    std::string_view default_key_field_;
    std::unique_ptr<TopicRewriter> topics_;
    std::unique_ptr<TopicRewriter> identifiers_;
    bool enforce_uniqueness_ = true;
    std::string key_field_;
    NameAdjustment adjustment_ = NameAdjustment::None;
    SchemaCache<KeyPlan> key_plans_;
    SchemaCache<EnvelopePlan> envelope_plans_;
    Logger logger_;
};

}
