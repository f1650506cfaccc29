#include "connectors/protobuf/logical_messages.hpp"

#include "connectors/protobuf/wire.hpp"
#include "connectors/support/decimal.hpp"
#include "connectors/support/logical_type.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace millrace::protobuf {

namespace {

constexpr std::int64_t second_ms = 1000;
constexpr std::int64_t minute_ms = 60 * second_ms;
constexpr std::int64_t hour_ms = 60 * minute_ms;
constexpr std::int64_t millisecond_ns = 1'000'000;

void put_number(std::string& out, std::uint32_t number, std::int64_t value) {
    if (value == 0) return;
    put_tag(out, number, WireType::Varint);
    put_varint(out, static_cast<std::uint64_t>(value));
}

/// The numbers of fields 1 to 4; others are skipped.
std::array<std::int64_t, 5> read_numbers(std::string_view message) {
    std::array<std::int64_t, 5> found{};
    WireReader in(message);
    while (!in.at_end()) {
        const auto [number, type] = read_tag(in);
        if (number < found.size() && type == WireType::Varint) {
            found[number] = static_cast<std::int64_t>(in.varint());
        } else {
            in.skip(number, type);
        }
    }
    return found;
}

void expect(bool fits, std::string_view what) {
    if (!fits) throw DataException(fmt::format("Invalid {} in Protobuf data", what));
}

/// BigInteger.toByteArray has no byte that says nothing.
std::string_view shortest(std::string_view unscaled) {
    const auto sign = [](char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; };
    while (unscaled.size() > 1 && (unscaled[0] == '\0' || unscaled[0] == '\xFF') &&
           sign(unscaled[0]) == sign(unscaled[1]))
        unscaled.remove_prefix(1);
    return unscaled;
}

}

void put_decimal(std::string& out, std::string_view unscaled, std::int32_t scale) {
    const auto bytes = shortest(unscaled);
    std::string digits;
    append_decimal(digits, bytes, 0);
    put_tag(out, 1, WireType::Length);
    put_varint(out, bytes.size());
    out += bytes;
    put_number(out, 2, static_cast<std::int64_t>(digits.size()) - (digits.starts_with('-') ? 1 : 0));
    put_number(out, 3, scale);
}

void put_date(std::string& out, std::int64_t days) {
    using namespace std::chrono;
    constexpr auto first = sys_days{year::min() / January / 1}.time_since_epoch().count();
    constexpr auto last = sys_days{year::max() / December / 31}.time_since_epoch().count();
    expect(days >= first && days <= last, "date");
    const year_month_day date{sys_days{std::chrono::days{days}}};
    put_number(out, 1, int{date.year()});
    put_number(out, 2, unsigned{date.month()});
    put_number(out, 3, unsigned{date.day()});
}

void put_time_of_day(std::string& out, std::int64_t milliseconds) {
    if (milliseconds < 0 || milliseconds > day_ms)
        throw DataException("Time values must use number of millis greater than 0 and less than 86400000");
    put_number(out, 1, milliseconds / hour_ms % 24);
    put_number(out, 2, milliseconds % hour_ms / minute_ms);
    put_number(out, 3, milliseconds % minute_ms / second_ms);
    put_number(out, 4, milliseconds % second_ms * millisecond_ns);
}

void put_timestamp(std::string& out, std::int64_t milliseconds) {
    const auto rest = (milliseconds % second_ms + second_ms) % second_ms;
    put_number(out, 1, (milliseconds - rest) / second_ms);
    put_number(out, 2, rest * millisecond_ns);
}

std::string_view read_decimal(std::string_view message, std::int32_t scale, Arena& arena) {
    std::string_view unscaled;
    std::int32_t found = 0;
    WireReader in(message);
    while (!in.at_end()) {
        const auto [number, type] = read_tag(in);
        if (number == 1 && type == WireType::Length) {
            unscaled = in.length_delimited();
        } else if (number == 3 && type == WireType::Varint) {
            found = static_cast<std::int32_t>(in.varint());
        } else {
            in.skip(number, type);
        }
    }
    if (unscaled.empty()) unscaled = std::string_view("\0", 1);
    if (found == scale) return unscaled;
    std::string text;
    append_decimal(text, unscaled, found);
    const auto bytes = decimal_bytes(text, scale);
    if (!bytes) throw DataException(fmt::format("The decimal {} does not fit the scale {} of its schema", text, scale));
    return arena.copy(*bytes);
}

std::int32_t read_date(std::string_view message) {
    using namespace std::chrono;
    const auto numbers = read_numbers(message);
    const auto in_year = [](std::int64_t value) { return value >= int{year::min()} && value <= int{year::max()}; };
    expect(in_year(numbers[1]) && numbers[2] >= 1 && numbers[2] <= 12 && numbers[3] >= 1 && numbers[3] <= 31, "date");
    const auto date = year{static_cast<int>(numbers[1])} / month{static_cast<unsigned>(numbers[2])} /
                      day{static_cast<unsigned>(numbers[3])};
    expect(date.ok(), "date");
    return static_cast<std::int32_t>(sys_days{date}.time_since_epoch().count());
}

std::int32_t read_time_of_day(std::string_view message) {
    const auto numbers = read_numbers(message);
    const auto below = [&](std::size_t at, std::int64_t limit) { return numbers[at] >= 0 && numbers[at] < limit; };
    expect(below(1, 24) && below(2, 60) && below(3, 60) && below(4, second_ms * millisecond_ns), "time of day");
    return static_cast<std::int32_t>(numbers[1] * hour_ms + numbers[2] * minute_ms + numbers[3] * second_ms +
                                     numbers[4] / millisecond_ns);
}

std::int64_t read_timestamp(std::string_view message) {
    const auto numbers = read_numbers(message);
    constexpr auto most_seconds = INT64_MAX / second_ms - 1;
    expect(numbers[1] >= -most_seconds && numbers[1] <= most_seconds && numbers[2] >= 0 &&
               numbers[2] < second_ms * millisecond_ns,
           "timestamp");
    return numbers[1] * second_ms + numbers[2] / millisecond_ns;
}

}
