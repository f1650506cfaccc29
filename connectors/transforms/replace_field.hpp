/// Keeps, drops and renames fields.
///
/// Facts   Kafka Connect: org.apache.kafka.connect.transforms.ReplaceField.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/transforms/schema_cache.hpp"
#include "connectors/transforms/side.hpp"

namespace millrace::transforms {

class ReplaceField final : public Transformation {
public:
    explicit ReplaceField(Side side) : side_(side) {}
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    Side side_;
    struct Plan {
        SchemaPtr schema;
        std::vector<std::size_t> from;  ///< of each new field, the old one's place
    };
    bool keeps(std::string_view field) const;
    std::string_view renamed(std::string_view field) const;
    Plan make_plan(const Schema& schema) const;

    std::vector<std::string> excluded_;
    std::vector<std::string> included_;
    std::vector<std::pair<std::string, std::string>> renames_;  ///< old name, new name
    bool with_default_ = true;
    SchemaCache<Plan> plans_;
};

}
