/// Gives the key's or value's schema another name or version.
///
/// Facts   Kafka Connect: org.apache.kafka.connect.transforms.SetSchemaMetadata.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/transforms/schema_cache.hpp"
#include "connectors/transforms/side.hpp"

namespace millrace::transforms {

class SetSchemaMetadata final : public Transformation {
public:
    explicit SetSchemaMetadata(Side side) : side_(side) {}
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    Side side_;
    struct Plan {
        SchemaPtr schema;
    };
    std::optional<std::string> name_;
    std::optional<std::int32_t> version_;
    bool with_default_ = true;
    SchemaCache<Plan> plans_;
};

}
