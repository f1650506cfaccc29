#include "connectors/postgres/types/temporal.hpp"
#include "connectors/postgres/types/text_cursor.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>

namespace millrace::postgres {

namespace {

constexpr double days_per_month = 365.25 / 12.0;
constexpr double micros_per_second = 1e6;

/// The text in front of the unit or the time: +5, -12, 100.
std::int32_t signed_number(TextCursor& in) {
    const bool negative = in.peek() == '-';
    if (negative || in.peek() == '+') in.advance();
    const auto digits = in.rest();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end == digits.data() || *digits.data() == '-') in.fail("a number was expected");
    in.advance(static_cast<std::size_t>(end - digits.data()));
    if (negative) value = -value;
    if (value < std::numeric_limits<std::int32_t>::min() || value > std::numeric_limits<std::int32_t>::max())
        in.fail("a number is too large");
    return static_cast<std::int32_t>(value);
}

void read_time(TextCursor& in, bool negative, std::int32_t hours, Interval& out) {
    const std::int32_t sign = negative ? -1 : 1;
    out.hours = hours;
    in.expect(':');
    out.minutes = sign * in.two_digits();
    if (in.skip(':')) out.seconds = sign * in.two_digits();
    if (in.skip('.')) out.micros = sign * in.fraction(6);
}

void read_unit(TextCursor& in, std::int32_t value, Interval& out) {
    in.expect(' ');
    if (in.skip("year"))
        out.years = value;
    else if (in.skip("mon"))
        out.months = value;
    else if (in.skip("day"))
        out.days = value;
    else
        in.fail("a unit was expected");
    in.skip('s');
}

/// Seconds as Java's PGInterval has them.
double seconds_of(const Interval& i) noexcept { return i.seconds + static_cast<double>(i.micros) / micros_per_second; }

}

Interval parse_interval(std::string_view text) {
    TextCursor in(text, "interval");
    Interval interval;
    do {
        const bool negative = in.peek() == '-';
        const auto value = signed_number(in);
        if (in.peek() == ':') {
            read_time(in, negative, value, interval);
            break;
        }
        read_unit(in, value, interval);
    } while (in.skip(' '));
    in.expect_end();
    return interval;
}

std::int64_t interval_micros(const Interval& i) noexcept {
    const double days = static_cast<double>(std::int64_t{i.years} * 12 + i.months) * days_per_month + i.days;
    const double seconds = (((days * 24 + i.hours) * 60) + i.minutes) * 60 + seconds_of(i);
    const double micros = seconds * micros_per_second;
    constexpr double limit = 9223372036854775808.0;
    if (micros >= limit) return std::numeric_limits<std::int64_t>::max();
    if (micros <= -limit) return std::numeric_limits<std::int64_t>::min();
    return static_cast<std::int64_t>(micros);
}

std::string_view format_interval(const Interval& i, Arena& arena) {
    constexpr std::size_t longest = 128;
    constexpr std::size_t decimals = 9;
    auto* const begin = arena.make_array<char>(longest);
    auto* at = fmt::format_to_n(begin, longest, "P{}Y{}M{}DT{}H{}M", i.years, i.months, i.days, i.hours, i.minutes).out;
    const double seconds = seconds_of(i);
    if (seconds == 0) {
        *at++ = '0';
    } else {
        auto* const number = at;
        at = std::to_chars(at, begin + longest, seconds, std::chars_format::fixed).ptr;
        const std::string_view written(number, static_cast<std::size_t>(at - number));
        if (const auto point = written.find('.'); point != std::string_view::npos) {
            if (written.size() - point - 1 > decimals) at = number + point + 1 + decimals;
            while (at[-1] == '0') --at;
            if (at[-1] == '.') --at;
        }
    }
    *at++ = 'S';
    return {begin, static_cast<std::size_t>(at - begin)};
}

}
