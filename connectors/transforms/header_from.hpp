/// Copies or moves fields of the key or value to headers.
///
/// Facts   Kafka Connect: org.apache.kafka.connect.transforms.HeaderFrom.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/transforms/schema_cache.hpp"
#include "connectors/transforms/side.hpp"

namespace millrace::transforms {

class HeaderFrom final : public Transformation {
public:
    explicit HeaderFrom(Side side) : side_(side) {}
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    Side side_;
    /// Of one schema: where the fields stand, and what is left of it when they move.
    struct Plan {
        SchemaPtr schema;
        std::vector<std::size_t> kept;    ///< places of the fields that stay
        std::vector<std::size_t> fields;  ///< the place of each of fields_
    };
    Plan make_plan(const Schema& schema) const;
    bool apply_schemaless(ConnectRecord& record, Operand operand, Arena& arena) const;
    std::string purpose() const;

    std::vector<std::string> fields_;
    std::vector<std::string> headers_;
    bool move_ = false;
    bool with_default_ = true;
    SchemaCache<Plan> plans_;
};

}
