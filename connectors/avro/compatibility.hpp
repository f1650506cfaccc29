/// Whether data of one Avro schema can be read with another.
///
/// Facts   Avro 1.12 specification, "Schema Resolution".
#pragma once
#include "connectors/avro/avro_schema.hpp"

#include <optional>
#include <string>

namespace millrace::avro {

/// Why `reader` cannot read what `writer` wrote; none if it can.
std::optional<std::string> why_unreadable(const AvroSchema& reader, const AvroSchema& writer);

}
