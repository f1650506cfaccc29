/// Reads a value and its schema from a text that says neither, as Connect does for headers and for literals in
/// transformations: 12 is an INT8, 1.5 a FLOAT32, [1,300] an array of INT16, {"a":true} a map, 2026-11-21 a Date.
///
/// Output  what is nothing else is the whole text as a STRING. Text lies in `arena`.
/// Facts   Kafka Connect: org.apache.kafka.connect.data.Values.parseString.
#pragma once
#include "connectors/api/schema.hpp"

#include <string_view>

namespace millrace::converters {

SchemaAndValue parse_text(std::string_view text, Arena& arena);

}
