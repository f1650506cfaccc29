/// JSON and Connect values without a schema, as Connect's JsonConverter maps them with schemas.enable=false; and with
/// it the texts of the offsets topic.
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

/// Bytes are base64; a map whose keys are not all strings becomes an array of pairs. Throws DataException for a Struct,
/// which cannot be written without its schema.
void append_value(std::string& out, const Value& value);

void append_offset_entries(std::string& out, OffsetEntries entries);
std::string to_json(OffsetEntries entries);
/// Throws DataException unless `text` is an object of strings, numbers, booleans and nulls.
OffsetMap parse_offset_map(std::string_view text);
OffsetMap to_offset_map(const json::Node& node);

/// A key of the offsets topic: ["orders",{"server":"shop"}].
struct OffsetKey {
    std::string connector;
    OffsetMap partition;
};
std::string offset_key_text(std::string_view connector, OffsetEntries partition);
/// Throws DataException unless `text` is such a key.
OffsetKey parse_offset_key(std::string_view text);

}
