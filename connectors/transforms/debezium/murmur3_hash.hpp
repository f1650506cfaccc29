/// Debezium's hash of values by which records may be given to partitions.
///
/// Throws  DataException for a struct: its hash code differs from run to run in Java.
/// Facts   Debezium: io.debezium.util.MurmurHash3.
#pragma once
#include "connectors/api/schema.hpp"

#include <cstdint>

namespace millrace::transforms {

/// Of text and bytes their own hash, of everything else that of Java's hash code.
std::int32_t murmur3_hash(const SchemaPtr& schema, const Value& value);

}
