#include "connectors/postgres/types/temporal.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/postgres/types/text_cursor.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace millrace::postgres {

namespace {

constexpr std::int64_t seconds_per_day = 86'400;
constexpr std::int64_t micros_per_second = 1'000'000;
constexpr std::size_t max_formatted = 40;  // +292278994-08-16T23:00:00.123456Z

constexpr int max_year_digits = 7;

/// Output of a few characters whose number is not known before.
class Writer {
public:
    explicit Writer(Arena& arena) : begin_(arena.make_array<char>(max_formatted)), at_(begin_) {}
    void put(char c) { *at_++ = c; }
    void digits(std::int64_t value, int width) {
        for (int i = width - 1; i >= 0; --i) {
            at_[i] = static_cast<char>('0' + value % 10);
            value /= 10;
        }
        at_ += width;
    }
    void year(std::int64_t value) {
        constexpr std::int64_t padded_up_to = 9'999;
        if (value < 0) put('-');
        if (value > padded_up_to) put('+');
        value = value < 0 ? -value : value;
        if (value <= padded_up_to)
            digits(value, 4);
        else
            number(value);
    }
    void number(std::int64_t value) { at_ = std::to_chars(at_, begin_ + max_formatted, value).ptr; }
    void fraction(std::int32_t micros, int width) {
        if (width == 0 || (width == shortest_fraction && micros == 0)) return;
        put('.');
        digits(micros, 6);
        if (width != shortest_fraction)
            at_ -= 6 - width;
        else
            while (at_[-1] == '0') --at_;
    }
    std::string_view text() const { return {begin_, static_cast<std::size_t>(at_ - begin_)}; }

private:
    char* begin_;
    char* at_;
};

void write_date(Writer& out, const Date& date) {
    out.year(date.year);
    out.put('-');
    out.digits(date.month, 2);
    out.put('-');
    out.digits(date.day, 2);
}

void write_time(Writer& out, const Time& time, int fraction) {
    out.digits(time.hour, 2);
    out.put(':');
    out.digits(time.minute, 2);
    out.put(':');
    out.digits(time.second, 2);
    out.fraction(time.micros, fraction);
}

bool is_leap(std::int64_t year) noexcept { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

std::int32_t days_of_month(std::int64_t year, std::int32_t month) noexcept {
    constexpr std::array<std::int8_t, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[static_cast<std::size_t>(month - 1)];
}

Date read_date(TextCursor& in) {
    Date date;
    date.year = in.digits(4, max_year_digits);
    in.expect('-');
    date.month = in.two_digits();
    in.expect('-');
    date.day = in.two_digits();
    return date;
}

/// The era comes last, after time and offset.
void read_era(TextCursor& in, Date& date) {
    if (in.skip(" BC")) date.year = 1 - date.year;
    in.expect_end();
    if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > days_of_month(date.year, date.month))
        in.fail("there is no such day");
}

Time read_time(TextCursor& in) {
    Time time;
    time.hour = in.two_digits();
    in.expect(':');
    time.minute = in.two_digits();
    in.expect(':');
    time.second = in.two_digits();
    if (in.skip('.')) time.micros = in.fraction(6);
    if (time.hour > 24 || time.minute > 59 || time.second > 60 ||
        (time.hour == 24 && (time.minute | time.second | time.micros) != 0))
        in.fail("there is no such time");
    return time;
}

std::int32_t read_offset(TextCursor& in) {
    const bool west = in.peek() == '-';
    if (!west && in.peek() != '+') in.fail("it has no offset");
    in.advance();
    std::int32_t seconds = in.two_digits() * 3600;
    if (in.skip(':')) seconds += in.two_digits() * 60;
    if (in.skip(':')) seconds += in.two_digits();
    return west ? -seconds : seconds;
}

Infinity infinity_of(std::string_view text) noexcept {
    if (text == "infinity") return Infinity::Positive;
    if (text == "-infinity") return Infinity::Negative;
    return Infinity::None;
}

DateTime read_timestamp(std::string_view text, bool zone) {
    if (const auto infinity = infinity_of(text); infinity != Infinity::None)
        return {.date = {.infinity = infinity}, .time = {}};
    TextCursor in(text, "timestamp");
    DateTime at;
    at.date = read_date(in);
    in.expect(' ');
    at.time = read_time(in);
    if (zone) at.time.offset_seconds = read_offset(in);
    read_era(in, at.date);
    return at;
}

}

Date parse_date(std::string_view text) {
    if (const auto infinity = infinity_of(text); infinity != Infinity::None) return {.infinity = infinity};
    TextCursor in(text, "date");
    auto date = read_date(in);
    read_era(in, date);
    return date;
}

Time parse_time(std::string_view text) {
    TextCursor in(text, "time");
    const auto time = read_time(in);
    in.expect_end();
    return time;
}

Time parse_time_with_zone(std::string_view text) {
    TextCursor in(text, "time with time zone");
    auto time = read_time(in);
    time.offset_seconds = read_offset(in);
    in.expect_end();
    return time;
}

DateTime parse_timestamp(std::string_view text) { return read_timestamp(text, false); }
DateTime parse_timestamp_with_zone(std::string_view text) { return read_timestamp(text, true); }

DateTime parse_timestamp_leniently(std::string_view text) {
    if (const auto infinity = infinity_of(text); infinity != Infinity::None)
        return {.date = {.infinity = infinity}, .time = {}};
    TextCursor in(text, "timestamp");
    DateTime at;
    at.date = read_date(in);
    if (in.peek() == ' ' && !in.starts_with(" BC")) {
        in.advance();
        at.time = read_time(in);
    }
    if (in.peek() == '+' || in.peek() == '-') at.time.offset_seconds = read_offset(in);
    read_era(in, at.date);
    return at;
}

std::int64_t epoch_days(const Date& date) noexcept {
    // Years begin in March here, so that the leap day is the last of its year; an era is 400 years.
    constexpr std::int64_t days_per_era = 146'097;
    constexpr std::int64_t epoch_in_era_0 = 719'468;
    const std::int64_t year = std::int64_t{date.year} - (date.month <= 2 ? 1 : 0);
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * days_per_era + day_of_era - epoch_in_era_0;
}

std::int64_t julian_epoch_days(const Date& date) noexcept {
    constexpr std::int64_t epoch_in_march_0 = 719'470;
    const std::int64_t year = std::int64_t{date.year} - (date.month <= 2 ? 1 : 0);
    const std::int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    const std::int64_t leap_days = (year >= 0 ? year : year - 3) / 4;
    return year * 365 + leap_days + day_of_year - epoch_in_march_0;
}

Date date_of_epoch_day(std::int64_t days) noexcept {
    constexpr std::int64_t days_per_era = 146'097;
    const std::int64_t z = days + 719'468;
    const std::int64_t era = (z >= 0 ? z : z - (days_per_era - 1)) / days_per_era;
    const std::int64_t day_of_era = z - era * days_per_era;
    const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month = (5 * day_of_year + 2) / 153;
    const auto calendar_month = static_cast<std::int32_t>(month < 10 ? month + 3 : month - 9);
    return {.year = static_cast<std::int32_t>(year_of_era + era * 400 + (calendar_month <= 2 ? 1 : 0)),
            .month = calendar_month,
            .day = static_cast<std::int32_t>(day_of_year - (153 * month + 2) / 5 + 1)};
}

std::int64_t micros_of_day(const Time& time) noexcept {
    return ((std::int64_t{time.hour} * 60 + time.minute) * 60 + time.second) * micros_per_second + time.micros;
}

std::int64_t epoch_seconds(const DateTime& at) noexcept {
    return epoch_days(at.date) * seconds_per_day + (std::int64_t{at.time.hour} * 60 + at.time.minute) * 60 +
           at.time.second - at.time.offset_seconds;
}

namespace {

Time time_of_second(std::int64_t second_of_day, std::int32_t micros) noexcept {
    return {.hour = static_cast<std::int32_t>(second_of_day / 3600),
            .minute = static_cast<std::int32_t>(second_of_day / 60 % 60),
            .second = static_cast<std::int32_t>(second_of_day % 60),
            .micros = micros};
}

}

DateTime to_utc(const DateTime& at) noexcept {
    if (at.date.infinity != Infinity::None) return at;
    if (at.time.offset_seconds == 0 && at.time.hour < 24 && at.time.second < 60) return at;
    const auto seconds = epoch_seconds(at);
    const auto second_of_day = ((seconds % seconds_per_day) + seconds_per_day) % seconds_per_day;
    return {.date = date_of_epoch_day((seconds - second_of_day) / seconds_per_day),
            .time = time_of_second(second_of_day, at.time.micros)};
}

Time to_utc(const Time& time) noexcept {
    if (time.offset_seconds == 0) return time;
    const auto seconds = (std::int64_t{time.hour} * 60 + time.minute) * 60 + time.second - time.offset_seconds;
    return time_of_second(((seconds % seconds_per_day) + seconds_per_day) % seconds_per_day, time.micros);
}

std::string_view format_date(const Date& date, Arena& arena) {
    Writer out(arena);
    write_date(out, date);
    out.put('Z');
    return out.text();
}

std::string_view format_time(const Time& time, Arena& arena) {
    Writer out(arena);
    write_time(out, time, shortest_fraction);
    out.put('Z');
    return out.text();
}

std::string_view format_timestamp(const DateTime& at, int fraction, Arena& arena) {
    Writer out(arena);
    write_date(out, at.date);
    out.put('T');
    write_time(out, at.time, fraction);
    out.put('Z');
    return out.text();
}

}
