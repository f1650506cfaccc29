/// Default values: as Avro's JSON, and read from it.
///
/// Facts   Avro specification, "Complex Types" (default values of fields); Java's Schema.Field for which are valid.
#pragma once
#include "connectors/avro/avro_options.hpp"
#include "connectors/avro/avro_schema.hpp"

#include <optional>
#include <string>

namespace millrace::json {
class Node;
}

namespace millrace::avro {

/// Bytes are one character each. A map with other keys than texts is a list of pairs.
void append_default(std::string& out, const Schema& schema, const Value& value, const AvroOptions& options);
/// Whether Avro takes it for a default of this schema; of a union, its first branch counts.
bool is_valid_default(const AvroSchema& schema, const json::Node& value);
/// A value of `connect`, into `arena`; none for what does not fit.
std::optional<Value> read_default(const Schema& connect, const json::Node& value, const AvroOptions& options,
                                  Arena& arena);
/// Avro's bytes of a default, for a field that the data lacks. Throws DataException if it is not valid.
std::string encode_default(const AvroSchema& schema, const std::string& json);

}
