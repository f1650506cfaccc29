/// Makes one level of nested structs or maps, joining names with a delimiter.
///
/// Facts   Kafka Connect: org.apache.kafka.connect.transforms.Flatten.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/transforms/schema_cache.hpp"
#include "connectors/transforms/side.hpp"

#include <string>

namespace millrace::transforms {

class Flatten final : public Transformation {
public:
    explicit Flatten(Side side) : side_(side) {}
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    Side side_;
    struct Plan {
        SchemaPtr schema;
    };
    std::string delimiter_;
    SchemaCache<Plan> plans_;
};

}
