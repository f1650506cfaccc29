/// Connect's logical types as Protobuf messages: confluent.type.Decimal, google.type.Date and TimeOfDay,
/// google.protobuf.Timestamp. Without tag and length.
///
/// Errors   DataException for values that the other side has no place for.
/// Facts    Confluent's ProtobufData and DecimalUtils.
#pragma once
#include "connectors/api/arena.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::protobuf {

void put_decimal(std::string& out, std::string_view unscaled, std::int32_t scale);
void put_date(std::string& out, std::int64_t days);
void put_time_of_day(std::string& out, std::int64_t milliseconds);
void put_timestamp(std::string& out, std::int64_t milliseconds);

/// The unscaled bytes of a decimal, which must have this scale.
std::string_view read_decimal(std::string_view message, std::int32_t scale, Arena& arena);
std::int32_t read_date(std::string_view message);
std::int32_t read_time_of_day(std::string_view message);
std::int64_t read_timestamp(std::string_view message);

}
