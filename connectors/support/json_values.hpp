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

/// Bytes are base64; a map whose keys are not all strings becomes an array of pairs. Throws DataException for a Struct,
/// which cannot be written without its schema.
void append_value(std::string& out, const Value& value);

/// A partition or an offset as an object. Throws DataException for a value that is an array, map or struct.
void append_offset_entries(std::string& out, OffsetEntries entries);
/// Throws DataException unless `node` is an object of strings, numbers, booleans and nulls.
OffsetMap to_offset_map(const json::Node& node);

}
