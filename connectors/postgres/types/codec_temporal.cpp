// Dates, times, timestamps and intervals in every time.precision.mode.
#include "connectors/postgres/types/codec.hpp"
#include "connectors/postgres/types/oids.hpp"
#include "connectors/postgres/types/source_type.hpp"
#include "connectors/postgres/types/temporal.hpp"
#include "connectors/postgres/types/text_cursor.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace millrace::postgres {

namespace {

constexpr std::int64_t micros_per_second = 1'000'000;
constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();

/// What infinity becomes where there is no other place for it; the milliseconds are those of Java's JDBC driver.
constexpr std::int64_t infinity_millis = 9223372036825200000;
constexpr std::int64_t minus_infinity_millis = -9223372036832400000;
constexpr std::int32_t infinity_days = 2146033979;
constexpr std::int32_t minus_infinity_days = -2147472691;
constexpr std::int32_t snapshot_infinity_days = -622191234;
constexpr std::int32_t snapshot_minus_infinity_days = -625821272;
constexpr DateTime java_minus_infinity{.date = {.year = 292269055, .month = 12, .day = 2}, .time = {.hour = 23}};

std::int64_t by_infinity(Infinity infinity, std::int64_t positive, std::int64_t negative) {
    return infinity == Infinity::Positive ? positive : negative;
}
std::string_view by_infinity(Infinity infinity, std::string_view positive, std::string_view negative) {
    return infinity == Infinity::Positive ? positive : negative;
}
Value special_name(Infinity infinity) {
    return infinity == Infinity::None ? Value()
                                      : Value::string(by_infinity(infinity, "POSITIVE_INFINITY", "NEGATIVE_INFINITY"));
}
Value int8_of(std::int32_t v) { return Value::int8(static_cast<std::int8_t>(v)); }

// ---- date

/// The day that Java's mixed Julian and Gregorian calendar makes of a date in a snapshot: eras dropped, and the ten
/// days that were skipped in October 1582 moved on by ten.
Date java_date(Date date) {
    if (date.year <= 0) date.year = 1 - date.year;
    const auto day = epoch_days(date);
    const auto first_skipped = epoch_days({.year = 1582, .month = 10, .day = 5});
    const auto last_skipped = epoch_days({.year = 1582, .month = 10, .day = 14});
    return day >= first_skipped && day <= last_skipped ? date_of_epoch_day(day + 10) : date;
}

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
    return Value::string(by_infinity(date.infinity, "+5877611-06-21Z", "-5877611-06-22Z"));
}
Value java_date_iso_of(const Codec&, std::string_view text, Arena& arena) {
    const auto date = parse_date(text);
    if (date.infinity == Infinity::None) return Value::string(format_date(java_date(date), arena));
    return Value::string(by_infinity(date.infinity, "+292278994-08-16Z", "+292269055-12-02Z"));
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

// ---- time

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

Value timetz_of(const Codec& codec, std::string_view text, Arena& arena) {
    const auto time = parse_time_with_zone(text);
    if (time.hour == 24 && time.offset_seconds != 0 && codec.reproduce_defects)
        throw DataException("24:00 is no time of day");
    return Value::string(format_time(to_utc(time), arena));
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

// ---- timestamp

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

Value timestamp_nanos(const Codec&, const DateTime& at, Arena&) {
    if (at.date.infinity != Infinity::None) return Value::int64(by_infinity(at.date.infinity, highest, lowest));
    std::int64_t nanos = 0;
    if (__builtin_mul_overflow(epoch_seconds(at), micros_per_second * 1000, &nanos) ||
        __builtin_add_overflow(nanos, std::int64_t{at.time.micros} * 1000, &nanos))
        throw DataException("a timestamp is outside of what nanoseconds can count (1677 to 2262)");
    return Value::int64(nanos);
}

/// Out of range an element is null, and the array stands.
Value timestamp_nanos_or_null(const Codec& codec, const DateTime& at, Arena& arena) {
    constexpr std::int32_t first_year = 1678;
    constexpr std::int32_t last_year = 2261;
    const bool in_range =
        at.date.infinity != Infinity::None || (at.date.year >= first_year && at.date.year <= last_year);
    return in_range ? timestamp_nanos(codec, at, arena) : Value();
}

Value timestamp_iso(const Codec&, const DateTime& at, Arena& arena) {
    if (at.date.infinity != Infinity::None)
        return Value::string(by_infinity(at.date.infinity, "+292278994-08-16T23:00:00Z", "-292275055-05-16T23:00:00Z"));
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

// ---- timestamp with time zone

Value instant_text(const Codec& codec, const DateTime& at, Arena& arena) {
    return Value::string(format_timestamp(at, codec.scale == 0 ? shortest_fraction : codec.scale, arena));
}
Value timestamptz_of(const Codec& codec, std::string_view text, Arena& arena) {
    const auto at = to_utc(parse_timestamp_with_zone(text));
    if (at.date.infinity != Infinity::None)
        return Value::string(by_infinity(at.date.infinity, "infinity", "-infinity"));
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

// ---- interval

Value interval_micros_of(const Codec&, std::string_view text, Arena&) {
    return Value::int64(interval_micros(parse_interval(text)));
}
Value interval_text_of(const Codec&, std::string_view text, Arena& arena) {
    return Value::string(format_interval(parse_interval(text), arena));
}
Value interval_struct_of(const Codec& codec, std::string_view text, Arena& arena) {
    const auto i = parse_interval(text);
    return make_struct(arena, Value::int32(i.years), Value::int32(i.months), Value::int32(i.days),
                       Value::int32(i.hours), Value::int32(i.minutes), Value::int64(i.seconds),
                       Value::int32(i.micros * 1000), Value::int32(codec.scale));
}

// ---- schemas

constexpr std::string_view debezium = "io.debezium.time.";
constexpr std::string_view connect = "org.apache.kafka.connect.data.";

TypedCodec named(Codec::Convert convert, Type type, std::string_view package, std::string_view name, std::string zero) {
    auto codec = std::make_unique<Codec>();
    codec->convert = convert;
    codec->zero_text = std::move(zero);
    return {.codec = std::move(codec),
            .schema = {.type = type, .name = fmt::format("{}{}", package, name), .version = 1}};
}

struct FieldType {
    const char* name;
    Type type;
};
TypedCodec structured(Codec::Convert convert, std::string_view name, std::initializer_list<FieldType> fields,
                      std::string zero) {
    auto made = named(convert, Type::Struct, debezium, name, std::move(zero));
    for (const auto& f : fields) made.schema.fields.push_back({f.name, plain_schema(f.type, true)});
    return made;
}

TypedCodec date_codec(const TypeOptions& options) {
    constexpr auto zero = "1970-01-01";
    TypedCodec made;
    Codec::Convert snapshot = java_date_days_of;
    switch (options.time_precision) {
    case TimePrecision::IsoString:
        made = named(date_iso_of, Type::String, debezium, "IsoDate", zero);
        snapshot = java_date_iso_of;
        break;
    case TimePrecision::Structured:
        made = structured(
            date_struct_of, "StructuredDate",
            {{"year", Type::Int32}, {"month", Type::Int8}, {"day", Type::Int8}, {"specialValue", Type::String}}, zero);
        snapshot = java_date_struct_of;
        break;
    default:
        made = named(date_days_of, Type::Int32, options.time_precision == TimePrecision::Connect ? connect : debezium,
                     "Date", zero);
    }
    if (options.reproduce_defects) made.codec->convert_snapshot = made.codec->convert_element = snapshot;
    return made;
}

TypedCodec time_codec(std::int32_t precision, TimePrecision mode) {
    constexpr auto zero = "00:00:00";
    const auto micros = [] { return named(time_micros_of, Type::Int64, debezium, "MicroTime", zero); };
    switch (mode) {
    case TimePrecision::Adaptive:
        return precision <= 3 ? named(time_millis_of, Type::Int32, debezium, "Time", zero) : micros();
    case TimePrecision::Connect:
        return named(time_millis_of, Type::Int32, connect, "Time", zero);
    case TimePrecision::Nanoseconds:
        return named(time_nanos_of, Type::Int64, debezium, "NanoTime", zero);
    case TimePrecision::IsoString:
        return named(time_iso_of, Type::String, debezium, "IsoTime", zero);
    case TimePrecision::Structured:
        return structured(time_struct_of, "StructuredTime",
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
    if (mode != TimePrecision::Structured) return named(timetz_of, Type::String, debezium, "ZonedTime", zero);
    return structured(timetz_struct_of, "StructuredZonedTime",
                      {{"hour", Type::Int8},
                       {"minute", Type::Int8},
                       {"second", Type::Int8},
                       {"nanos", Type::Int32},
                       {"offsetSeconds", Type::Int32},
                       {"precision", Type::Int32}},
                      zero);
}

TypedCodec structured_timestamp() {
    return structured(timestamp_of<timestamp_struct>, "StructuredTimestamp",
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

TypedCodec timestamp_codec(std::int32_t precision, TimePrecision mode) {
    constexpr auto zero = "1970-01-01 00:00:00";
    switch (mode) {
    case TimePrecision::Connect:
        return named(timestamp_of<timestamp_millis>, Type::Int64, connect, "Timestamp", zero);
    case TimePrecision::Nanoseconds:
        return named(timestamp_of<timestamp_nanos>, Type::Int64, debezium, "NanoTimestamp", zero);
    case TimePrecision::IsoString:
        return named(timestamp_of<timestamp_iso>, Type::String, debezium, "IsoTimestamp", zero);
    case TimePrecision::Structured:
        return structured_timestamp();
    case TimePrecision::Microseconds:
        return named(timestamp_of<timestamp_micros>, Type::Int64, debezium, "MicroTimestamp", zero);
    default:
        return precision <= 3 ? named(timestamp_of<timestamp_millis>, Type::Int64, debezium, "Timestamp", zero)
                              : named(timestamp_of<timestamp_micros>, Type::Int64, debezium, "MicroTimestamp", zero);
    }
}

TypedCodec timestamptz_codec(TimePrecision mode) {
    constexpr auto zero = "1970-01-01 00:00:00+00";
    if (mode != TimePrecision::Structured) {
        auto made = named(timestamptz_of, Type::String, debezium, "ZonedTimestamp", {});
        made.codec->zero = Codec::Zero::EpochInstant;
        return made;
    }
    auto made = structured(timestamptz_struct_of, "StructuredZonedTimestamp",
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

TypedCodec interval_codec(const TypeOptions& options) {
    constexpr auto zero = "00:00:00";
    if (options.time_precision == TimePrecision::Structured)
        return structured(interval_struct_of, "StructuredDuration",
                          {{"years", Type::Int32},
                           {"months", Type::Int32},
                           {"days", Type::Int32},
                           {"hours", Type::Int32},
                           {"minutes", Type::Int32},
                           {"seconds", Type::Int64},
                           {"nanos", Type::Int32},
                           {"precision", Type::Int32}},
                          zero);
    return options.intervals == IntervalHandling::String
               ? named(interval_text_of, Type::String, debezium, "Interval", zero)
               : named(interval_micros_of, Type::Int64, debezium, "MicroDuration", zero);
}

struct ElementOf {
    Codec::Convert scalar;
    Codec::Convert element;
};
constexpr std::array java_elements{ElementOf{time_millis_of, java_time_millis_of},
                                   ElementOf{time_micros_of, java_time_micros_of},
                                   ElementOf{time_nanos_of, java_time_nanos_of},
                                   ElementOf{time_iso_of, java_time_iso_of},
                                   ElementOf{time_struct_of, java_time_struct_of},
                                   ElementOf{timestamp_of<timestamp_millis>, java_timestamp_of<timestamp_millis>},
                                   ElementOf{timestamp_of<timestamp_micros>, java_timestamp_of<timestamp_micros>},
                                   ElementOf{timestamp_of<timestamp_nanos>, java_timestamp_of<timestamp_nanos_or_null>},
                                   ElementOf{timestamp_of<timestamp_iso>, java_timestamp_of<timestamp_iso>},
                                   ElementOf{timestamp_of<timestamp_struct>, java_timestamp_of<timestamp_struct>},
                                   ElementOf{timestamptz_of, java_timestamptz_of},
                                   ElementOf{timestamptz_struct_of, java_timestamptz_struct_of}};

/// Debezium reads the elements of arrays through Java's older date classes.
Codec::Convert java_element(Codec::Convert scalar) {
    const auto found = std::ranges::find(java_elements, scalar, &ElementOf::scalar);
    return found == java_elements.end() ? nullptr : found->element;
}

TypedCodec codec_of(const TypeRegistry::Resolved& type, const TypeOptions& options) {
    const auto precision = time_precision(type.typmod);
    switch (type.type->oid) {
    case oid::date:
        return date_codec(options);
    case oid::time:
        return time_codec(precision, options.time_precision);
    case oid::timetz:
        return timetz_codec(options.time_precision);
    case oid::timestamp:
        return timestamp_codec(precision, options.time_precision);
    case oid::timestamptz:
        return timestamptz_codec(options.time_precision);
    case oid::interval:
        return interval_codec(options);
    default:
        return {};
    }
}

}

TypedCodec make_temporal_codec(const TypeRegistry::Resolved& type, const TypeOptions& options) {
    constexpr std::int32_t interval_precision_bits = 0xffff;
    auto made = codec_of(type, options);
    if (!made.codec) return made;
    if (options.reproduce_defects && !made.codec->convert_element)
        made.codec->convert_element = java_element(made.codec->convert);
    made.codec->reproduce_defects = options.reproduce_defects;
    made.codec->scale = time_precision(type.typmod);
    if (type.type->oid == oid::interval && type.typmod != -1) made.codec->scale = type.typmod & interval_precision_bits;
    return made;
}

}
