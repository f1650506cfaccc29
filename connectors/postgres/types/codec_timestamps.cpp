// Timestamps without and with time zone.
#include "connectors/postgres/types/codec_temporal.hpp"

#include <limits>
#include <optional>

namespace millrace::postgres {

namespace {

constexpr std::int64_t micros_per_second = 1'000'000;
constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
/// What infinity becomes in milliseconds: the numbers of Java's JDBC driver.
constexpr std::int64_t infinity_millis = 9223372036825200000;
constexpr std::int64_t minus_infinity_millis = -9223372036832400000;
constexpr DateTime java_minus_infinity{.date = {.year = 292269055, .month = 12, .day = 2}, .time = {.hour = 23}};

/// Before its tenth month of 1582 Java's calendar is the Julian one: the date that it reads there is another day.
DateTime java_timestamp(DateTime at) {
    const auto first_gregorian = epoch_days({.year = 1582, .month = 10, .day = 15});
    if (at.date.infinity == Infinity::None && epoch_days(at.date) < first_gregorian)
        at.date = date_of_epoch_day(julian_epoch_days(at.date));
    return at;
}

template <Value (*Make)(const Codec&, const DateTime&, Arena&)>
Value timestamp_of(const Codec& codec, std::string_view text, Arena& arena) {
    return Make(codec, parse_timestamp(text), arena);
}
template <Value (*Make)(const Codec&, const DateTime&, Arena&)>
Value java_timestamp_of(const Codec& codec, std::string_view text, Arena& arena) {
    return Make(codec, java_timestamp(parse_timestamp(text)), arena);
}

Value timestamp_millis(const Codec&, const DateTime& at, Arena&) {
    if (at.date.infinity != Infinity::None)
        return Value::int64(by_infinity(at.date.infinity, infinity_millis, minus_infinity_millis));
    return Value::int64(epoch_seconds(at) * 1000 + at.time.micros / 1000);
}

/// Past the year 292277 the seconds stick at the end of the range and the fraction wraps around, as in Java.
std::int64_t epoch_micros(const DateTime& at) {
    std::int64_t micros = 0;
    if (__builtin_mul_overflow(epoch_seconds(at), micros_per_second, &micros))
        micros = at.date.year > 0 ? highest : lowest;
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(micros) + static_cast<std::uint64_t>(at.time.micros));
}
Value timestamp_micros(const Codec&, const DateTime& at, Arena&) {
    if (at.date.infinity != Infinity::None) return Value::int64(by_infinity(at.date.infinity, highest, lowest));
    return Value::int64(epoch_micros(at));
}

/// None outside of 1677-09-21 00:12:44 to 2262-04-11 23:47:16.854775.
std::optional<std::int64_t> epoch_nanos(const DateTime& at) {
    if (at.date.infinity != Infinity::None) return by_infinity(at.date.infinity, highest, lowest);
    std::int64_t nanos = 0;
    if (__builtin_mul_overflow(epoch_seconds(at), micros_per_second * 1000, &nanos) ||
        __builtin_add_overflow(nanos, std::int64_t{at.time.micros} * 1000, &nanos))
        return {};
    return nanos;
}
Value timestamp_nanos(const Codec&, const DateTime& at, Arena&) {
    if (const auto nanos = epoch_nanos(at)) return Value::int64(*nanos);
    throw DataException("a timestamp is outside of what nanoseconds can count (1677 to 2262)");
}
/// Out of range an element is null, and the array stands.
Value timestamp_nanos_or_null(const Codec&, const DateTime& at, Arena&) {
    const auto nanos = epoch_nanos(at);
    return nanos ? Value::int64(*nanos) : Value();
}

Value timestamp_iso(const Codec&, const DateTime& at, Arena& arena) {
    if (at.date.infinity != Infinity::None)
        return Value::string(by_infinity<std::string_view>(at.date.infinity, "+292278994-08-16T23:00:00Z",
                                                           "-292275055-05-16T23:00:00Z"));
    return Value::string(format_timestamp(to_utc(at), shortest_fraction, arena));
}

Value timestamp_struct(const Codec& codec, const DateTime& local, Arena& arena) {
    const auto at = to_utc(local);
    const auto precision = Value::int32(codec.scale);
    const Value none;
    if (at.date.infinity != Infinity::None)
        return make_struct(arena, none, none, none, none, none, none, none, special_name(at.date.infinity), precision);
    return make_struct(arena, Value::int32(at.date.year), int8_of(at.date.month), int8_of(at.date.day),
                       int8_of(at.time.hour), int8_of(at.time.minute), int8_of(at.time.second),
                       Value::int32(at.time.micros * 1000), none, precision);
}

Value instant_text(const Codec& codec, const DateTime& at, Arena& arena) {
    return Value::string(format_timestamp(at, codec.scale == 0 ? shortest_fraction : codec.scale, arena));
}
Value timestamptz_of(const Codec& codec, std::string_view text, Arena& arena) {
    const auto at = to_utc(parse_timestamp_with_zone(text));
    if (at.date.infinity != Infinity::None)
        return Value::string(by_infinity<std::string_view>(at.date.infinity, "infinity", "-infinity"));
    return instant_text(codec, at, arena);
}
Value java_timestamptz_of(const Codec& codec, std::string_view text, Arena& arena) {
    auto at = to_utc(parse_timestamp_with_zone(text));
    if (at.date.infinity == Infinity::Positive) return Value::string("infinity");
    if (at.date.infinity == Infinity::None) at.date = java_date(at.date);
    return instant_text(codec, at.date.infinity == Infinity::Negative ? java_minus_infinity : at, arena);
}

Value instant_struct(const Codec& codec, const DateTime& at, Arena& arena) {
    const auto precision = Value::int32(codec.scale);
    const Value none;
    if (at.date.infinity != Infinity::None)
        return make_struct(arena, none, none, none, none, none, none, none, none, none, special_name(at.date.infinity),
                           precision);
    return make_struct(arena, Value::int32(at.date.year), int8_of(at.date.month), int8_of(at.date.day),
                       int8_of(at.time.hour), int8_of(at.time.minute), int8_of(at.time.second),
                       Value::int32(at.time.micros * 1000), Value::int32(0), Value::string("Z"), none, precision);
}
Value timestamptz_struct_of(const Codec& codec, std::string_view text, Arena& arena) {
    return instant_struct(codec, to_utc(parse_timestamp_with_zone(text)), arena);
}
Value zero_timestamptz_struct_of(const Codec& codec, std::string_view, Arena& arena) {
    const auto zero = Value::int8(0);
    return make_struct(arena, Value::int32(1970), Value::int8(1), Value::int8(1), zero, zero, zero, Value::int32(0),
                       Value::int32(0), Value(), Value(), Value::int32(codec.scale));
}
Value java_timestamptz_struct_of(const Codec& codec, std::string_view text, Arena& arena) {
    auto at = to_utc(parse_timestamp_with_zone(text));
    if (at.date.infinity == Infinity::None) at.date = java_date(at.date);
    return instant_struct(codec, at.date.infinity == Infinity::Negative ? java_minus_infinity : at, arena);
}

TypedCodec structured_timestamp() {
    return structured({timestamp_of<timestamp_struct>, java_timestamp_of<timestamp_struct>}, "StructuredTimestamp",
                      {{"year", Type::Int32},
                       {"month", Type::Int8},
                       {"day", Type::Int8},
                       {"hour", Type::Int8},
                       {"minute", Type::Int8},
                       {"second", Type::Int8},
                       {"nanos", Type::Int32},
                       {"specialValue", Type::String},
                       {"precision", Type::Int32}},
                      "1970-01-01 00:00:00");
}

}

TypedCodec timestamp_codec(std::int32_t precision, TimePrecision mode) {
    constexpr auto zero = "1970-01-01 00:00:00";
    switch (mode) {
    case TimePrecision::Connect:
        return named({timestamp_of<timestamp_millis>, java_timestamp_of<timestamp_millis>}, Type::Int64, connect_data,
                     "Timestamp", zero);
    case TimePrecision::Nanoseconds:
        return named({timestamp_of<timestamp_nanos>, java_timestamp_of<timestamp_nanos_or_null>}, Type::Int64,
                     debezium_time, "NanoTimestamp", zero);
    case TimePrecision::IsoString:
        return named({timestamp_of<timestamp_iso>, java_timestamp_of<timestamp_iso>}, Type::String, debezium_time,
                     "IsoTimestamp", zero);
    case TimePrecision::Structured:
        return structured_timestamp();
    case TimePrecision::Microseconds:
        return named({timestamp_of<timestamp_micros>, java_timestamp_of<timestamp_micros>}, Type::Int64, debezium_time,
                     "MicroTimestamp", zero);
    default:
        return precision <= 3 ? named({timestamp_of<timestamp_millis>, java_timestamp_of<timestamp_millis>},
                                      Type::Int64, debezium_time, "Timestamp", zero)
                              : named({timestamp_of<timestamp_micros>, java_timestamp_of<timestamp_micros>},
                                      Type::Int64, debezium_time, "MicroTimestamp", zero);
    }
}

TypedCodec timestamptz_codec(TimePrecision mode) {
    constexpr auto zero = "1970-01-01 00:00:00+00";
    if (mode != TimePrecision::Structured) {
        auto made = named({timestamptz_of, java_timestamptz_of}, Type::String, debezium_time, "ZonedTimestamp", {});
        made.codec->zero = Codec::Zero::EpochInstant;
        return made;
    }
    auto made = structured({timestamptz_struct_of, java_timestamptz_struct_of}, "StructuredZonedTimestamp",
                           {{"year", Type::Int32},
                            {"month", Type::Int8},
                            {"day", Type::Int8},
                            {"hour", Type::Int8},
                            {"minute", Type::Int8},
                            {"second", Type::Int8},
                            {"nanos", Type::Int32},
                            {"offsetSeconds", Type::Int32},
                            {"zoneId", Type::String},
                            {"specialValue", Type::String},
                            {"precision", Type::Int32}},
                           zero);
    made.codec->convert_zero = zero_timestamptz_struct_of;
    return made;
}

}
