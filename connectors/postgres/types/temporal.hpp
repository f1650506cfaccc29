/// Dates and times: from PostgreSQL's ISO text to parts, to counts since the epoch and to the strings of Java's ISO
/// formatters. The proleptic Gregorian calendar throughout; year 0 exists and is 1 BC.
///
/// Throws  DataException if the text is not of its type.
/// Facts   PostgreSQL manual, "Date/Time Types" (DateStyle ISO); ISO 8601.
#pragma once
#include "connectors/api/arena.hpp"

#include <cstdint>
#include <string_view>

namespace millrace::postgres {

enum class Infinity : std::uint8_t { None, Positive, Negative };

struct Date {
    std::int32_t year = 1970;
    std::int32_t month = 1;
    std::int32_t day = 1;
    Infinity infinity = Infinity::None;
};
/// A time of day; hour 24 stands for the end of the day.
struct Time {
    std::int32_t hour = 0;
    std::int32_t minute = 0;
    std::int32_t second = 0;
    std::int32_t micros = 0;
    std::int32_t offset_seconds = 0;  ///< east of Greenwich, where the text had an offset
};
struct DateTime {
    Date date;
    Time time;
};

Date parse_date(std::string_view text);
Time parse_time(std::string_view text);
Time parse_time_with_zone(std::string_view text);
DateTime parse_timestamp(std::string_view text);
DateTime parse_timestamp_with_zone(std::string_view text);
/// Any of the above, as a default expression may have it: a date alone is midnight, an offset may be missing.
DateTime parse_timestamp_leniently(std::string_view text);

std::int64_t epoch_days(const Date& date) noexcept;
/// The day that bears this date in the Julian calendar.
std::int64_t julian_epoch_days(const Date& date) noexcept;
Date date_of_epoch_day(std::int64_t days) noexcept;
/// Microseconds since midnight, the offset ignored.
std::int64_t micros_of_day(const Time& time) noexcept;
/// Seconds since the epoch, the offset taken off; the microseconds stand beside them, never negative.
std::int64_t epoch_seconds(const DateTime& at) noexcept;
/// The same instant (or the same time of day, modulo a day) with offset 0.
DateTime to_utc(const DateTime& at) noexcept;
Time to_utc(const Time& time) noexcept;

/// A fraction of exactly `digits` (1 to 6), or with trailing zeros removed and none for 0.
inline constexpr int shortest_fraction = -1;
std::string_view format_date(const Date& date, Arena& arena);                       ///< 2026-11-21Z
std::string_view format_time(const Time& time, Arena& arena);                       ///< 01:02:03.5Z
std::string_view format_timestamp(const DateTime& at, int fraction, Arena& arena);  ///< 2026-11-21T01:02:03.456Z

struct Interval {
    std::int32_t years = 0;
    std::int32_t months = 0;
    std::int32_t days = 0;
    std::int32_t hours = 0;
    std::int32_t minutes = 0;
    std::int32_t seconds = 0;
    std::int32_t micros = 0;  ///< of the seconds, of the same sign
};
/// IntervalStyle postgres: 1 year 2 mons 3 days -04:05:06.789.
Interval parse_interval(std::string_view text);
/// A month counts 30.4375 days. In floating point, as consumers of MicroDuration are used to.
std::int64_t interval_micros(const Interval& interval) noexcept;
/// Every part, each with its sign: P1Y2M3DT4H5M6.789S.
std::string_view format_interval(const Interval& interval, Arena& arena);

}
