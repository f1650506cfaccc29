/// What the codecs of dates, times, timestamps and intervals share. Internal to this module.
#pragma once
#include "connectors/api/errors.hpp"
#include "connectors/postgres/types/codec.hpp"
#include "connectors/postgres/types/temporal.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace millrace::postgres {

inline constexpr std::string_view debezium_time = "io.debezium.time.";
inline constexpr std::string_view connect_data = "org.apache.kafka.connect.data.";

/// Debezium reads the elements of arrays, and dates in snapshots, through Java's older date classes: `java` is what
/// comes of that, used where its defects are wanted.
struct Conversion {
    Codec::Convert exact;
    Codec::Convert java = nullptr;
};
struct FieldType {
    const char* name;
    Type type;
};
TypedCodec named(Conversion conversion, Type type, std::string_view package, std::string_view name, std::string zero);
/// A struct of optional fields.
TypedCodec structured(Conversion conversion, std::string_view name, std::initializer_list<FieldType> fields,
                      std::string zero);

TypedCodec date_codec(TimePrecision mode);
TypedCodec time_codec(std::int32_t precision, TimePrecision mode);
TypedCodec timetz_codec(TimePrecision mode);
TypedCodec timestamp_codec(std::int32_t precision, TimePrecision mode);
TypedCodec timestamptz_codec(TimePrecision mode);

/// The day that Java's mixed Julian and Gregorian calendar makes of a date in a snapshot: eras dropped, and the ten
/// days that were skipped in October 1582 moved on by ten.
Date java_date(Date date);

template <class T>
T by_infinity(Infinity infinity, T positive, T negative) {
    return infinity == Infinity::Positive ? positive : negative;
}
inline Value special_name(Infinity infinity) {
    if (infinity == Infinity::None) return {};
    return Value::string(by_infinity<std::string_view>(infinity, "POSITIVE_INFINITY", "NEGATIVE_INFINITY"));
}
inline Value int8_of(std::int32_t v) { return Value::int8(static_cast<std::int8_t>(v)); }

}
