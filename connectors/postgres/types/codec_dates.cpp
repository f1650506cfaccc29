// Dates and times of day.
#include "connectors/postgres/types/codec_temporal.hpp"

namespace millrace::postgres {

namespace {

/// What infinity becomes where there is no other place for it.
constexpr std::int32_t infinity_days = 2146033979;
constexpr std::int32_t minus_infinity_days = -2147472691;
constexpr std::int32_t snapshot_infinity_days = -622191234;
constexpr std::int32_t snapshot_minus_infinity_days = -625821272;

Value days_of(const Date& date) { return Value::int32(static_cast<std::int32_t>(epoch_days(date))); }

Value date_days_of(const Codec&, std::string_view text, Arena&) {
    const auto date = parse_date(text);
    if (date.infinity == Infinity::None) return days_of(date);
    return Value::int32(date.infinity == Infinity::Positive ? infinity_days : minus_infinity_days);
}
Value java_date_days_of(const Codec&, std::string_view text, Arena&) {
    const auto date = parse_date(text);
    if (date.infinity == Infinity::None) return days_of(java_date(date));
    return Value::int32(date.infinity == Infinity::Positive ? snapshot_infinity_days : snapshot_minus_infinity_days);
}

Value date_iso_of(const Codec&, std::string_view text, Arena& arena) {
    const auto date = parse_date(text);
    if (date.infinity == Infinity::None) return Value::string(format_date(date, arena));
    return Value::string(by_infinity<std::string_view>(date.infinity, "+5877611-06-21Z", "-5877611-06-22Z"));
}
Value java_date_iso_of(const Codec&, std::string_view text, Arena& arena) {
    const auto date = parse_date(text);
    if (date.infinity == Infinity::None) return Value::string(format_date(java_date(date), arena));
    return Value::string(by_infinity<std::string_view>(date.infinity, "+292278994-08-16Z", "+292269055-12-02Z"));
}

Value date_struct(const Date& date, Arena& arena) {
    if (date.infinity != Infinity::None)
        return make_struct(arena, Value(), Value(), Value(), special_name(date.infinity));
    return make_struct(arena, Value::int32(date.year), int8_of(date.month), int8_of(date.day), Value());
}
Value date_struct_of(const Codec&, std::string_view text, Arena& arena) { return date_struct(parse_date(text), arena); }
Value java_date_struct_of(const Codec&, std::string_view text, Arena& arena) {
    const auto date = parse_date(text);
    return date_struct(date.infinity == Infinity::None ? java_date(date) : date, arena);
}

Value time_millis_of(const Codec&, std::string_view text, Arena&) {
    return Value::int32(static_cast<std::int32_t>(micros_of_day(parse_time(text)) / 1000));
}
Value time_micros_of(const Codec&, std::string_view text, Arena&) {
    return Value::int64(micros_of_day(parse_time(text)));
}
Value time_nanos_of(const Codec&, std::string_view text, Arena&) {
    return Value::int64(micros_of_day(parse_time(text)) * 1000);
}
Value time_iso_of(const Codec& codec, std::string_view text, Arena& arena) {
    auto time = parse_time(text);
    if (time.hour == 24 && codec.reproduce_defects) time.hour = 0;
    return Value::string(format_time(time, arena));
}
Value time_struct_of(const Codec& codec, std::string_view text, Arena& arena) {
    const auto time = parse_time(text);
    if (time.hour == 24 && codec.reproduce_defects) throw DataException("24:00 is no time of day");
    return make_struct(arena, int8_of(time.hour), int8_of(time.minute), int8_of(time.second),
                       Value::int32(time.micros * 1000), Value::int32(codec.scale));
}

Value timetz_of(const Codec&, std::string_view text, Arena& arena) {
    return Value::string(format_time(to_utc(parse_time_with_zone(text)), arena));
}
Value timetz_struct_of(const Codec& codec, std::string_view text, Arena& arena) {
    const auto time = parse_time_with_zone(text);
    return make_struct(arena, int8_of(time.hour), int8_of(time.minute), int8_of(time.second),
                       Value::int32(time.micros * 1000), Value::int32(time.offset_seconds), Value::int32(codec.scale));
}

/// Array elements pass through a Java type that has milliseconds only and no 24:00.
std::int64_t java_millis_of_day(std::string_view text) { return micros_of_day(parse_time(text)) / 1000 % 86'400'000; }
Value java_time_millis_of(const Codec&, std::string_view text, Arena&) {
    return Value::int32(static_cast<std::int32_t>(java_millis_of_day(text)));
}
Value java_time_micros_of(const Codec&, std::string_view text, Arena&) {
    return Value::int64(java_millis_of_day(text) * 1000);
}
Value java_time_nanos_of(const Codec&, std::string_view text, Arena&) {
    return Value::int64(java_millis_of_day(text) * 1'000'000);
}
Value java_time_struct_of(const Codec& codec, std::string_view text, Arena& arena) {
    const auto time = parse_time(text);
    return make_struct(arena, int8_of(time.hour % 24), int8_of(time.minute), int8_of(time.second),
                       Value::int32(time.micros / 1000 * 1'000'000), Value::int32(codec.scale));
}
Value java_time_iso_of(const Codec&, std::string_view text, Arena& arena) {
    auto time = parse_time(text);
    if (time.hour == 24) time.hour = 0;
    time.micros = time.micros / 1000 * 1000;
    return Value::string(format_time(time, arena));
}

}

Date java_date(Date date) {
    if (date.year <= 0) date.year = 1 - date.year;
    const auto day = epoch_days(date);
    const auto first_skipped = epoch_days({.year = 1582, .month = 10, .day = 5});
    const auto last_skipped = epoch_days({.year = 1582, .month = 10, .day = 14});
    return day >= first_skipped && day <= last_skipped ? date_of_epoch_day(day + 10) : date;
}

TypedCodec date_codec(TimePrecision mode) {
    constexpr auto zero = "1970-01-01";
    const auto made = [&] {
        switch (mode) {
        case TimePrecision::IsoString:
            return named({date_iso_of, java_date_iso_of}, Type::String, debezium_time, "IsoDate", zero);
        case TimePrecision::Structured:
            return structured(
                {date_struct_of, java_date_struct_of}, "StructuredDate",
                {{"year", Type::Int32}, {"month", Type::Int8}, {"day", Type::Int8}, {"specialValue", Type::String}},
                zero);
        default:
            return named({date_days_of, java_date_days_of}, Type::Int32,
                         mode == TimePrecision::Connect ? connect_data : debezium_time, "Date", zero);
        }
    };
    auto codec = made();
    codec.codec->convert_snapshot = codec.codec->convert_element;
    return codec;
}

TypedCodec time_codec(std::int32_t precision, TimePrecision mode) {
    constexpr auto zero = "00:00:00";
    const auto micros = [] {
        return named({time_micros_of, java_time_micros_of}, Type::Int64, debezium_time, "MicroTime", zero);
    };
    switch (mode) {
    case TimePrecision::Adaptive:
        return precision <= 3 ? named({time_millis_of, java_time_millis_of}, Type::Int32, debezium_time, "Time", zero)
                              : micros();
    case TimePrecision::Connect:
        return named({time_millis_of, java_time_millis_of}, Type::Int32, connect_data, "Time", zero);
    case TimePrecision::Nanoseconds:
        return named({time_nanos_of, java_time_nanos_of}, Type::Int64, debezium_time, "NanoTime", zero);
    case TimePrecision::IsoString:
        return named({time_iso_of, java_time_iso_of}, Type::String, debezium_time, "IsoTime", zero);
    case TimePrecision::Structured:
        return structured({time_struct_of, java_time_struct_of}, "StructuredTime",
                          {{"hour", Type::Int8},
                           {"minute", Type::Int8},
                           {"second", Type::Int8},
                           {"nanos", Type::Int32},
                           {"precision", Type::Int32}},
                          zero);
    default:
        return micros();
    }
}

TypedCodec timetz_codec(TimePrecision mode) {
    constexpr auto zero = "00:00:00+00";
    if (mode != TimePrecision::Structured) return named({timetz_of}, Type::String, debezium_time, "ZonedTime", zero);
    return structured({timetz_struct_of}, "StructuredZonedTime",
                      {{"hour", Type::Int8},
                       {"minute", Type::Int8},
                       {"second", Type::Int8},
                       {"nanos", Type::Int32},
                       {"offsetSeconds", Type::Int32},
                       {"precision", Type::Int32}},
                      zero);
}

}
