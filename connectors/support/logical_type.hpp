/// Connect's logical types, whose values Java holds as BigDecimal and java.util.Date and we in their base form.
///
/// Facts   Connect API: org.apache.kafka.connect.data.Decimal, Date, Time, Timestamp.
#pragma once
#include "connectors/api/schema.hpp"

#include <cstdint>

namespace millrace {

inline constexpr std::string_view date_schema_name = "org.apache.kafka.connect.data.Date";
inline constexpr std::string_view time_schema_name = "org.apache.kafka.connect.data.Time";
inline constexpr std::string_view timestamp_schema_name = "org.apache.kafka.connect.data.Timestamp";
inline constexpr std::int64_t day_ms = 86'400'000;

enum class Logical : std::uint8_t { None, Decimal, Date, Time, Timestamp };

/// By the schema's name and base type; None without a schema.
Logical logical_of(const SchemaPtr& schema) noexcept;
/// The moment of a Date, Time or Timestamp, in milliseconds since the epoch.
std::int64_t epoch_ms(Logical logical, const Value& value) noexcept;

/// A schema of version 1.
SchemaPtr make_logical_schema(Logical logical, bool optional);

}
