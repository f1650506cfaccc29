/// Replaces the values of fields by empty ones, or by one that is configured.
///
/// Facts   Kafka Connect: org.apache.kafka.connect.transforms.MaskField.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/transforms/schema_cache.hpp"
#include "connectors/transforms/side.hpp"

namespace millrace::transforms {

class MaskField final : public Transformation {
public:
    explicit MaskField(Side side) : side_(side) {}
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    Side side_;
    struct Plan {
        std::vector<bool> masked;  ///< of each field
    };
    Value masked(const SchemaPtr& schema, const Value& value, Arena& arena) const;

    std::vector<std::string> fields_;
    std::optional<std::string> replacement_;
    bool with_default_ = true;
    SchemaCache<Plan> plans_;
};

}
