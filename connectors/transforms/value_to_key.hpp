/// Makes the key out of fields of the value.
///
/// Facts   Kafka Connect: org.apache.kafka.connect.transforms.ValueToKey.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/transforms/schema_cache.hpp"

#include <string>
#include <vector>

namespace millrace::transforms {

class ValueToKey final : public Transformation {
public:
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    struct Plan {
        SchemaPtr schema;
        std::vector<std::size_t> from;  ///< of each key field, its place in the value
    };
    Plan make_plan(const Schema& schema) const;

    std::vector<std::string> fields_;
    bool with_default_ = true;
    SchemaCache<Plan> plans_;
};

}
