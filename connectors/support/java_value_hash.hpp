/// Hash codes that Java computes of values, where users see what comes of them: partitions of records, the order of
/// maps.
///
/// Throws  DataException for a struct: its hash code differs from run to run in Java.
/// Facts   Java SE API: hashCode of String, Long, Double, BigDecimal, List and Map.
#pragma once
#include "connectors/api/record.hpp"

#include <cstdint>

namespace millrace {

/// Bytes are hashed by content, where Java takes an address. No schema: of whole numbers what Value says.
std::int32_t java_value_hash(const SchemaPtr& schema, const Value& value);
/// That of a partition or an offset, which is a map of names and values.
std::int32_t java_value_hash(OffsetEntries entries);

}
