#include "connectors/transforms/java_date_format.hpp"

#include "connectors/support/logical_type.hpp"
#include "connectors/transforms/civil_date.hpp"
#include "connectors/transforms/java_date_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace millrace::transforms {

namespace {

constexpr std::string_view letters = "GyMdkHmsSEDFwWahKzZYuXL";

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// A moment, taken apart as a calendar of the United States does: weeks start on Sunday, 1 January is in week 1.
struct Moment {
    explicit Moment(std::int64_t ms) {
        const auto of_day = ((ms % day_ms) + day_ms) % day_ms;
        const auto days = (ms - of_day) / day_ms;
        const auto date = civil_from_days(days);
        year = date.year;
        month = date.month;
        day = date.day;
        weekday = static_cast<int>(((days + 4) % 7 + 7) % 7);  // 1970-01-01 was a Thursday
        const auto first = days_from_civil(year, 1, 1);
        day_of_year = static_cast<int>(days - first) + 1;
        next_week_year = day_of_year + (6 - weekday) > days_from_civil(year + 1, 1, 1) - first;
        hour = static_cast<int>(of_day / 3'600'000);
        minute = static_cast<int>(of_day / 60'000 % 60);
        second = static_cast<int>(of_day / 1000 % 60);
        millisecond = static_cast<int>(of_day % 1000);
    }
    int week_of_year() const noexcept { return next_week_year ? 1 : week_of(day_of_year); }
    int week_of_month() const noexcept { return week_of(day); }
    static std::int64_t year_of_era(std::int64_t of) noexcept { return of > 0 ? of : 1 - of; }

    std::int64_t year;
    int month, day;
    int weekday;  ///< 0 is Sunday
    int day_of_year;
    bool next_week_year;
    int hour, minute, second, millisecond;

private:
    /// `n` counts from 1 in the year or month.
    int week_of(int n) const noexcept {
        const int first_weekday = ((weekday - (n - 1)) % 7 + 7) % 7;
        return (n - 1 + first_weekday) / 7 + 1;
    }
};

void append_year(std::string& out, std::int64_t year, int count) {
    if (count == 2) year %= 100;
    fmt::format_to(std::back_inserter(out), "{:0{}}", year, count);
}

void append_name(std::string& out, std::string_view name, bool whole) { out += whole ? name : name.substr(0, 3); }

/// The number that a letter stands for.
int number_of(char letter, const Moment& at) {
    switch (letter) {
    case 'd':
        return at.day;
    case 'D':
        return at.day_of_year;
    case 'F':
        return (at.day - 1) / 7 + 1;
    case 'w':
        return at.week_of_year();
    case 'W':
        return at.week_of_month();
    case 'u':
        return at.weekday == 0 ? 7 : at.weekday;
    case 'H':
        return at.hour;
    case 'k':
        return at.hour == 0 ? 24 : at.hour;
    case 'K':
        return at.hour % 12;
    case 'h':
        return at.hour % 12 == 0 ? 12 : at.hour % 12;
    case 'm':
        return at.minute;
    case 's':
        return at.second;
    default:
        return at.millisecond;
    }
}

void append_item(std::string& out, char letter, int count, const Moment& at) {
    switch (letter) {
    case 'G':
        out += at.year > 0 ? "AD" : "BC";
        return;
    case 'y':
        return append_year(out, Moment::year_of_era(at.year), count);
    case 'Y':
        return append_year(out, Moment::year_of_era(at.year + (at.next_week_year ? 1 : 0)), count);
    case 'M':
    case 'L':
        if (count >= 3) return append_name(out, month_names[static_cast<std::size_t>(at.month - 1)], count >= 4);
        fmt::format_to(std::back_inserter(out), "{:0{}}", at.month, count);
        return;
    case 'E':
        return append_name(out, day_names[static_cast<std::size_t>(at.weekday)], count >= 4);
    case 'a':
        out += at.hour < 12 ? "AM" : "PM";
        return;
    case 'z':
        out += count >= 4 ? "Coordinated Universal Time" : "UTC";
        return;
    case 'Z':
        out += "+0000";
        return;
    case 'X':
        out += 'Z';
        return;
    default:
        fmt::format_to(std::back_inserter(out), "{:0{}}", number_of(letter, at), count);
    }
}

}

void JavaDateFormat::add_literal(std::string_view text) {
    if (items_.empty() || items_.back().letter != 0) items_.emplace_back();
    items_.back().literal += text;
}

JavaDateFormat::JavaDateFormat(std::string_view pattern) : pattern_(pattern) {
    bool quoted = false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const char c = pattern[i];
        if (c == '\'') {
            if (pattern.substr(i + 1).starts_with('\'')) {
                add_literal("'");
                ++i;
            } else {
                quoted = !quoted;
            }
        } else if (quoted || !is_letter(c)) {
            add_literal(pattern.substr(i, 1));
        } else if (letters.find(c) == std::string_view::npos) {
            throw std::invalid_argument(fmt::format("Illegal pattern character '{}'", c));
        } else {
            const auto end = std::min(pattern.find_first_not_of(c, i), pattern.size());
            items_.push_back({.letter = c, .count = static_cast<int>(end - i)});
            if (c == 'X' && end - i > 3) {
                throw std::invalid_argument(fmt::format("invalid ISO 8601 format: length={}", end - i));
            }
            i = end - 1;
        }
    }
    if (quoted) throw std::invalid_argument("Unterminated quote");
}

void JavaDateFormat::append(std::string& out, std::int64_t epoch_ms) const {
    const Moment at(epoch_ms);
    for (const auto& item : items_) {
        if (item.letter == 0) {
            out += item.literal;
        } else {
            append_item(out, item.letter, item.count, at);
        }
    }
}

}
