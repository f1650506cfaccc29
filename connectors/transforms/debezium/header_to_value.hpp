/// Copies or moves headers to fields of the value, also nested ones ("after.x").
///
/// Facts   Debezium: io.debezium.transforms.HeaderToValue.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/transforms/schema_cache.hpp"

#include <map>
#include <string>
#include <vector>

namespace millrace::transforms {

class HeaderToValue final : public Transformation {
public:
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    /// A field to come, with its path below the struct that is looked at.
    struct Entry {
        std::vector<std::string_view> path;
        SchemaPtr schema;
        Value value;
    };
    using Entries = std::vector<Entry>;
    struct Plan {
        SchemaPtr schema;
    };
    static SchemaPtr extended(const Schema& old, const Entries& entries);
    static Value extended(const SchemaPtr& old, const Value& value, const Schema& made, const Entries& entries,
                          Arena& arena);
    static Entries below(const Entries& entries, std::string_view name);

    std::vector<std::string> headers_;
    std::vector<std::string> fields_;
    bool move_ = false;
    std::map<std::vector<std::size_t>, SchemaCache<Plan>> plans_;  ///< by the headers that a record has
};

}
