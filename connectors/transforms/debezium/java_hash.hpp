/// Hash codes that Java computes, where results of users depend on them: partitions of records.
///
/// Throws  DataException for a struct: its hash code differs from run to run in Java.
/// Facts   Java SE API: hashCode of String, Long, Double, BigDecimal, List and Map; Debezium:
/// io.debezium.util.MurmurHash3.
#pragma once
#include "connectors/api/schema.hpp"

#include <cstdint>

namespace millrace::transforms {

/// Bytes are hashed by content, where Java takes an address.
std::int32_t java_hash(const SchemaPtr& schema, const Value& value);
/// Of text and bytes their own hash, of everything else that of its hash code.
std::int32_t murmur3_hash(const SchemaPtr& schema, const Value& value);

}
