/// Makes an event out of a logical decoding message whose content is a JSON object, so that an outbox needs no table.
/// Records that are no such messages pass.
///
/// Facts   Debezium: io.debezium.connector.postgresql.transforms.DecodeLogicalDecodingMessageContent.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/transforms/debezium/json_structure.hpp"
#include "connectors/transforms/schema_cache.hpp"

#include <vector>

namespace millrace::transforms {

class DecodeLogicalDecodingMessageContent final : public Transformation {
public:
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    struct Plan {
        SchemaPtr schema;
        std::vector<std::size_t> from;  ///< the kept fields' places in the message
    };
    static Plan make_plan(const Schema& message, const SchemaPtr& content);

    JsonStructure json_;
    /// Of the content's schema; messages themselves have one.
    SchemaCache<Plan> plans_;
};

}
