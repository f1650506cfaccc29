/// New schemas and new structs and maps out of old ones.
#pragma once
#include "connectors/api/record.hpp"

#include <span>
#include <string>
#include <string_view>

namespace millrace::transforms {

/// Name, version, doc and parameters of a schema, and nothing else: neither optional nor default.
SchemaParts basics_of(const Schema& schema, Type type);
/// Throws SchemaBuilderException if there is a field of this name already.
void add_field(SchemaParts& parts, std::string name, SchemaPtr schema);

/// A field's value as Struct.get gives it when `with_default` is set: its schema's default for a null.
inline const Value& field_value(const Field& field, const Value& value, bool with_default) noexcept {
    return with_default && value.is_null() ? field.schema->default_value() : value;
}

/// The value of `key`, or null.
const Value* find_entry(std::span<const MapEntry> entries, std::string_view key) noexcept;

/// A map under construction, in `arena`: entries stay in the order in which their keys came first.
class MapBuilder {
public:
    MapBuilder(Arena& arena, std::size_t most_entries) : entries_(arena.make_array<MapEntry>(most_entries)) {}
    MapBuilder(Arena& arena, std::span<const MapEntry> copied, std::size_t more);
    void put(std::string_view key, const Value& value);  ///< replaces the value of a key that is there
    Value value() const noexcept { return Value::map({entries_, size_}); }

private:
    MapEntry* entries_;
    std::size_t size_ = 0;
};

/// A copy of the record's headers that can be changed, with room for a few more.
std::shared_ptr<std::vector<Header>> copy_headers(const Headers& headers);

}
