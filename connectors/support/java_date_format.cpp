#include "connectors/support/java_date_format.hpp"

#include "connectors/support/civil_date.hpp"
#include "connectors/support/java_date_names.hpp"
#include "connectors/support/logical_type.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

namespace millrace {

namespace {

constexpr std::string_view letters = "GyMdkHmsSEDFwWahKzZYuXL";

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// A moment, taken apart as a calendar of the United States does: weeks start on Sunday, 1 January is in week 1.
struct Moment {
    explicit Moment(std::int64_t ms) {
        const auto days = ms / day_ms - (ms % day_ms < 0 ? 1 : 0);
        const auto of_day = static_cast<int>(ms - days * day_ms);
        const auto date = java_date_from_days(days);
        year = date.year;
        month = date.month;
        day = date.day;
        day_of_epoch = days;
        hour = of_day / 3'600'000;
        minute = of_day / 60'000 % 60;
        second = of_day / 1000 % 60;
        millisecond = of_day % 1000;
    }
    /// 0 is Sunday.
    int weekday() const noexcept {
        return static_cast<int>(((day_of_epoch + 4) % 7 + 7) % 7);  // 1970-01-01 was a Thursday
    }
    /// True if the week belongs to the next year.
    bool next_week_year() const noexcept {
        return day_of_year() + (6 - weekday()) > java_new_year(year + 1) - java_new_year(year);
    }
    int week_of_year() const noexcept { return next_week_year() ? 1 : week_of(day_of_year()); }
    int day_of_year() const noexcept { return static_cast<int>(day_of_epoch - java_new_year(year)) + 1; }
    int week_of_month() const noexcept { return week_of(nth_day_of_month()); }
    /// Days that were left out do not count.
    int nth_day_of_month() const noexcept {
        const bool gap = day_of_epoch >= first_gregorian_day && day_of_epoch <= first_gregorian_day + 16;
        return gap ? day - 10 : day;
    }

    std::int64_t year;
    int month, day;
    std::int64_t day_of_epoch;
    int hour, minute, second, millisecond;

private:
    /// `n` counts from 1 in the year or month.
    int week_of(int n) const noexcept {
        const int first_weekday = ((weekday() - (n - 1)) % 7 + 7) % 7;
        return (n - 1 + first_weekday) / 7 + 1;
    }
};

constexpr std::size_t most_digits = 20;      // of a number, however short it may be
constexpr std::size_t most_name_bytes = 26;  // "Coordinated Universal Time"

// Each writes to where there is room, and returns where it ended.
char* put(char* at, std::string_view text) {
    for (const char c : text) *at++ = c;  // a few bytes: a call would cost more
    return at;
}

char* put_two_digits(char* at, unsigned number) {
    *at++ = static_cast<char>('0' + number / 10);
    *at++ = static_cast<char>('0' + number % 10);
    return at;
}

char* put_padded(char* at, std::int64_t number, int width) {
    if (width == 2 && number >= 0 && number < 100) return put_two_digits(at, static_cast<unsigned>(number));
    if (width == 4 && number >= 0 && number < 10'000) {
        const auto digits = static_cast<unsigned>(number);
        return put_two_digits(put_two_digits(at, digits / 100), digits % 100);
    }
    std::array<char, most_digits> digits;
    const auto* end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    const auto* begin = static_cast<const char*>(digits.data());
    if (number < 0) *at++ = *begin++;
    for (auto missing = width - (end - begin); missing > 0; --missing) *at++ = '0';
    return std::copy(begin, end, at);
}

char* put_year(char* at, std::int64_t year, int count) { return put_padded(at, count == 2 ? year % 100 : year, count); }

char* put_name(char* at, std::string_view name, bool whole) { return put(at, whole ? name : name.substr(0, 3)); }

/// The number that a letter stands for.
int number_of(char letter, const Moment& at) {
    switch (letter) {
    case 'd':
        return at.day;
    case 'D':
        return at.day_of_year();
    case 'F':
        return (at.nth_day_of_month() - 1) / 7 + 1;
    case 'w':
        return at.week_of_year();
    case 'W':
        return at.week_of_month();
    case 'u':
        return at.weekday() == 0 ? 7 : at.weekday();
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

/// Where an item of two letters ended that is two digits at any time; null for other items, which take longer.
char* put_two_letters(char* at, char letter, const Moment& moment) {
    const auto put_part = [at](int part) { return put_two_digits(at, static_cast<unsigned>(part)); };
    switch (letter) {
    case 'M':
        return put_part(moment.month);
    case 'd':
        return put_part(moment.day);
    case 'H':
        return put_part(moment.hour);
    case 'm':
        return put_part(moment.minute);
    case 's':
        return put_part(moment.second);
    default:
        return nullptr;
    }
}

char* put_item(char* at, char letter, int count, const Moment& moment) {
    if (auto* end = count == 2 ? put_two_letters(at, letter, moment) : nullptr) return end;
    switch (letter) {
    case 'G':
        return put(at, moment.year > 0 ? "AD" : "BC");
    case 'y':
        return put_year(at, year_of_era(moment.year), count);
    case 'Y':
        return put_year(at, moment.year + (moment.next_week_year() ? 1 : 0), count);
    case 'M':
    case 'L':
        if (count >= 3) return put_name(at, month_names[static_cast<std::size_t>(moment.month - 1)], count >= 4);
        return put_padded(at, moment.month, count);
    case 'E':
        return put_name(at, day_names[static_cast<std::size_t>(moment.weekday())], count >= 4);
    case 'a':
        return put(at, moment.hour < 12 ? "AM" : "PM");
    case 'z':
        return put(at, count >= 4 ? "Coordinated Universal Time" : "UTC");
    case 'Z':
        return put(at, "+0000");
    case 'X':
        return put(at, "Z");
    default:
        return put_padded(at, number_of(letter, moment), count);
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
    for (const auto& item : items_)
        most_bytes_ +=
            item.literal.size() + std::max({static_cast<std::size_t>(item.count) + 1, most_digits, most_name_bytes});
}

std::int64_t JavaDateFormat::period_ms() const noexcept {
    auto shortest = day_ms;
    for (const auto& item : items_) {
        switch (item.letter) {
        case 'S':
            return 1;
        case 's':
            shortest = std::min<std::int64_t>(shortest, 1000);
            break;
        case 'm':
            shortest = std::min<std::int64_t>(shortest, 60'000);
            break;
        case 'H':
        case 'k':
        case 'K':
        case 'h':
        case 'a':
            shortest = std::min<std::int64_t>(shortest, 3'600'000);
            break;
        default:
            break;
        }
    }
    return shortest;
}

char* JavaDateFormat::write(char* to, std::int64_t epoch_ms) const {
    const Moment moment(epoch_ms);
    for (const auto& item : items_)
        to = item.letter == 0 ? put(to, item.literal) : put_item(to, item.letter, item.count, moment);
    return to;
}

void JavaDateFormat::append(std::string& out, std::int64_t epoch_ms) const {
    const auto before = out.size();
    out.resize(before + most_bytes_);
    const auto* end = write(out.data() + before, epoch_ms);
    out.resize(static_cast<std::size_t>(end - out.data()));
}

}
