/// Where a field stands: a name, or with nesting names parted by dots, in which backticks keep a name with dots
/// together.
///
/// Throws  ConfigException for a backtick without its pair; DataException when something on the way is neither struct
/// nor
///         map.
/// Facts   KIP-821; Kafka Connect: org.apache.kafka.connect.transforms.field.SingleFieldPath.
#pragma once
#include "connectors/api/schema.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::transforms {

class FieldPath {
public:
    FieldPath() = default;
    static FieldPath top_level(std::string_view name);
    static FieldPath nested(std::string_view text);

    /// The field in a schema, or null.
    const Field* find(const Schema& schema) const;
    /// The value in a struct of that schema; Null where a step is missing or null. Structs on the way are read with
    /// their defaults, the value itself if `with_default`.
    Value find(const Schema& schema, const Value& value, bool with_default) const;
    Value find(std::span<const MapEntry> entries) const;

private:
    std::vector<std::string> steps_;  ///< at least one
};

}
