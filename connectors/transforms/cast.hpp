/// Casts fields, or the whole key or value, to another primitive type.
///
/// Facts   Kafka Connect: org.apache.kafka.connect.transforms.Cast.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/transforms/schema_cache.hpp"
#include "connectors/transforms/side.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace millrace::transforms {

class Cast final : public Transformation {
public:
    explicit Cast(Side side) : side_(side) {}
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    Side side_;
    /// Of one schema: the new one, and for each field what it becomes.
    struct Plan {
        SchemaPtr schema;
        std::vector<std::optional<Type>> targets;
    };
    Plan make_plan(const SchemaPtr& schema) const;
    void apply_schemaless(Operand operand, Arena& arena) const;

    std::vector<std::pair<std::string, Type>> casts_;
    std::optional<Type> whole_;  ///< set: the whole value is cast, and casts_ is empty
    bool with_default_ = true;
    SchemaCache<Plan> plans_;
};

}
