/// JSON and Connect values without a schema, as Connect's JsonConverter maps them with schemas.enable=false; and with
/// it partitions and offsets.
///
/// Facts   Kafka Connect, JsonConverter; KIP-875 for what an offset may hold.
#pragma once
#include "connectors/api/record.hpp"
#include "connectors/support/json.hpp"

#include <string>
#include <string_view>

namespace millrace {

/// Whole numbers become Int64 (their lowest 64 bits), others Float64, objects maps with string keys, of duplicate
/// members the last. Strings point into the node's memory, all else lies in `arena`.
Value to_value(const json::Node& node, Arena& arena);
namespace json {
/// to_value of what parse gives, without a tree between them.
Value parse_value(std::string_view text, Arena& arena, ParseOptions options = {});
}

/// The entries of a map with string keys while they are found; a later value of the same key takes the place of the
/// first.
class EntryList {
public:
    EntryList(std::size_t most, Arena& arena) : entries_(arena.make_array<MapEntry>(most)) {}
    void put(std::string_view key, const Value& value);
    Value map() const { return Value::map({entries_, count_}); }

private:
    MapEntry* entries_;
    std::size_t count_ = 0;
};

/// Bytes are base64; a map whose keys are not all strings becomes an array of pairs. Throws DataException for a Struct,
/// which cannot be written without its schema.
void append_value(std::string& out, const Value& value);

/// A partition or an offset as an object. Throws DataException for a value that is an array, map or struct.
void append_offset_entries(std::string& out, OffsetEntries entries);
/// Throws DataException unless `node` is an object of strings, numbers, booleans and nulls.
OffsetMap to_offset_map(const json::Node& node);

}
