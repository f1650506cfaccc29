/// Puts the key or value into a struct or map as its only field.
///
/// Facts   Kafka Connect: org.apache.kafka.connect.transforms.HoistField.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/transforms/schema_cache.hpp"
#include "connectors/transforms/side.hpp"

namespace millrace::transforms {

class HoistField final : public Transformation {
public:
    explicit HoistField(Side side) : side_(side) {}
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    Side side_;
    struct Plan {
        SchemaPtr schema;
    };
    std::string name_;
    SchemaCache<Plan> plans_;
};

}
