/// Converts one value to another primitive type, as Java's casts and parsers do.
///
/// Throws  DataException for what cannot be cast, and for a text that is no number of the type or beyond its range.
/// Facts   Kafka Connect: org.apache.kafka.connect.transforms.Cast; Java SE API: Number, Byte.parseByte and so on.
#pragma once
#include "connectors/api/schema.hpp"

#include <string_view>

namespace millrace::transforms {

/// `schema` may be null. Text of the result lies in `arena`.
Value cast_value(const SchemaPtr& schema, const Value& value, Type target, Arena& arena);

}
