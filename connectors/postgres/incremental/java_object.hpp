/// Keys in Debezium's offsets: the hexadecimal digits of what Java's ObjectOutputStream writes for an Object[].
///
/// Output  the very bytes of Java for the classes that a key's columns have: Integer, Long, Float, Double, Boolean,
///         String, BigDecimal, UUID and java.sql.Date (of UTC).
/// Input   those and Short. Anything else gives none, and the table is read from its beginning.
/// Facts   Java Object Serialization Specification, 6 "Object Serialization Stream Protocol".
#pragma once
#include "connectors/postgres/incremental/key_value.hpp"

#include <string_view>

namespace millrace::postgres {

/// `key` none is Java's null.
std::string write_java_key(const std::optional<RowKey>& key);
/// None where the text is Java's null or nothing that is understood.
std::optional<RowKey> read_java_key(std::string_view digits);

}
