#include "connectors/api/errors.hpp"
#include "connectors/support/civil_date.hpp"
#include "connectors/support/java_date_format.hpp"
#include "connectors/support/java_date_names.hpp"
#include "connectors/support/logical_type.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <span>

namespace millrace {

namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t thursday = 4;  // 1 January 1970

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() && std::ranges::equal(text.substr(0, prefix.size()), prefix, {}, lower, lower);
}

struct Zone {
    std::string_view name;
    std::int64_t offset_minutes;
};
/// Longer names first where one starts another.
constexpr Zone zones[] = {{"Coordinated Universal Time", 0},
                          {"Greenwich Mean Time", 0},
                          {"UTC", 0},
                          {"EST", -300},
                          {"EDT", -240},
                          {"CST", -360},
                          {"CDT", -300},
                          {"MST", -420},
                          {"MDT", -360},
                          {"PST", -480},
                          {"PDT", -420},
                          {"CEST", 120},
                          {"CET", 60}};

bool is_numeric(char letter, int count) noexcept {
    if (letter == 'M' || letter == 'L') return count <= 2;
    return std::string_view("ydkHmsSDFwWhKYu").find(letter) != std::string_view::npos;
}

/// What has been read so far; the defaults are those of a cleared calendar.
struct Fields {
    bool before_christ = false;
    std::int64_t year = 1970;
    std::int64_t month = 0;
    std::optional<std::int64_t> day;
    std::optional<std::int64_t> day_of_year;
    std::optional<std::int64_t> day_of_week;  ///< 0 for Sunday; counts where no day is given
    std::optional<std::int64_t> hour;
    std::optional<std::int64_t> half_hour;
    std::optional<bool> pm;
    bool half_day_last = false;  ///< half_hour or pm came behind hour
    std::int64_t minute = 0, second = 0, millisecond = 0;
    std::int64_t offset_ms = 0;

    std::int64_t epoch_ms() const {
        auto y = before_christ ? 1 - year : year;
        if (!day_of_year) y += month >= 0 ? month / 12 : -((11 - month) / 12);
        const auto m = (month % 12 + 12) % 12;
        const auto first_month = day_of_year ? 1 : static_cast<int>(m) + 1;
        const auto given = before_christ ? 1 - year : year;
        const auto gregorian = epoch_ms_in(days_from_civil(y, first_month, 1));
        const bool is_gregorian = gregorian >= first_gregorian_day * day_ms &&
                                  (given > first_gregorian_year || (given == first_gregorian_year && !day_of_year));
        return (is_gregorian ? gregorian : epoch_ms_in(days_from_julian(y, first_month, 1))) - offset_ms;
    }

private:
    std::int64_t epoch_ms_in(std::int64_t first_day) const {
        std::int64_t days = day.value_or(1) - 1;
        if (day_of_year) {
            days = *day_of_year - 1;
        } else if (day_of_week && !day) {
            days = ((*day_of_week - first_day - thursday) % 7 + 7) % 7;
        }
        return (((first_day + days) * 24 + hours()) * 60 + minute) * minute_ms + second * 1000 + millisecond;
    }
    /// As java.util.Calendar: both hours and the half of the day are needed to count against the hour of the day.
    std::int64_t hours() const {
        if (hour && (!half_hour || !pm || !half_day_last)) return *hour;
        return half_hour.value_or(0) + (pm.value_or(false) ? 12 : 0);
    }
};

}

/// Reads one text. Each function moves behind what it has read and returns false if that is not there.
class JavaDateFormat::Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    bool literal(std::string_view expected) {
        if (!rest().starts_with(expected)) return false;
        at_ += expected.size();
        return true;
    }
    /// `fixed`: another number follows at once, so this one has `count` characters, with the blanks before it.
    bool field(char letter, int count, bool fixed) {
        const auto begin = at_;
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
        if (at_ == text_.size()) return false;
        const bool named =
            letter == 'G' || letter == 'a' || letter == 'E' || ((letter == 'M' || letter == 'L') && count >= 3);
        if (named && at_ != begin) return false;
        switch (letter) {
        case 'G':
            return one_of_two("AD", "BC", fields_.before_christ);
        case 'a':
            fields_.half_day_last = true;
            return one_of_two("AM", "PM", fields_.pm.emplace());
        case 'E':
            return day_name();
        case 'M':
        case 'L':
            if (count >= 3) return month_name();
            break;
        case 'z':
        case 'Z':
            return zone(at_ == begin);
        case 'X':
            return iso_zone(count);
        default:
            break;
        }
        const auto start = at_;
        std::int64_t value = 0;
        const auto end = begin + static_cast<std::size_t>(count);
        if (fixed && (end > text_.size() || end <= start)) return false;
        if (!number(fixed ? end - start : text_.size(), value)) return false;
        set(letter, count, value, text_.substr(start, at_ - start));
        return true;
    }
    std::int64_t epoch_ms() const { return fields_.epoch_ms(); }

private:
    std::string_view rest() const noexcept { return text_.substr(at_); }

    bool number(std::size_t most, std::int64_t& value) {
        const auto part = rest().substr(0, most);
        std::size_t i = part.starts_with('-') ? 1 : 0;
        const auto first = i;
        for (; i < part.size() && is_digit(part[i]); ++i) {
            value = std::min<std::int64_t>(value * 10 + (part[i] - '0'), std::numeric_limits<std::int32_t>::max());
        }
        if (i == first) return false;
        if (first == 1) value = -value;
        at_ += i;
        return true;
    }

    void set(char letter, int count, std::int64_t value, std::string_view source) {
        switch (letter) {
        case 'y':
            fields_.year = count <= 2 && source.size() == 2 && is_digit(source[0]) ? in_this_century(value) : value;
            break;
        case 'M':
        case 'L':
            fields_.month = value - 1;
            break;
        case 'd':
            fields_.day = value;
            fields_.day_of_year.reset();
            break;
        case 'D':
            fields_.day_of_year = value;
            break;
        case 'H':
        case 'k':
            fields_.hour = letter == 'k' && value == 24 ? 0 : value;
            fields_.half_day_last = false;
            break;
        case 'K':
        case 'h':
            fields_.half_hour = letter == 'h' && value == 12 ? 0 : value;
            fields_.half_day_last = true;
            break;
        case 'm':
            fields_.minute = value;
            break;
        case 's':
            fields_.second = value;
            break;
        case 'S':
            fields_.millisecond = value;
            break;
        default:  // u: Monday is 1; Java takes what is no day of the week for its own number, in which Sunday is 1
            fields_.day_of_week = value >= 1 && value <= 7 ? value : value - 1;
            break;
        }
    }

    /// Two digits are within 80 years before and 20 years after now.
    static std::int64_t in_this_century(std::int64_t value) {
        const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
        const std::int64_t first = int{std::chrono::year_month_day(today).year()} - 80;
        return value + first / 100 * 100 + (value < first % 100 ? 100 : 0);
    }

    bool one_of_two(std::string_view no, std::string_view yes, bool& flag) {
        flag = starts_with_ignoring_case(rest(), yes);
        if (!flag && !starts_with_ignoring_case(rest(), no)) return false;
        at_ += yes.size();
        return true;
    }
    /// Which of the names stands here, whole or its first three letters.
    std::optional<std::size_t> name(std::span<const std::string_view> names) {
        for (const bool whole : {true, false}) {
            for (std::size_t i = 0; i < names.size(); ++i) {
                const auto candidate = whole ? names[i] : names[i].substr(0, 3);
                if (!starts_with_ignoring_case(rest(), candidate)) continue;
                at_ += candidate.size();
                return i;
            }
        }
        return std::nullopt;
    }
    bool month_name() {
        const auto month = name(month_names);
        if (month) fields_.month = static_cast<std::int64_t>(*month);
        return month.has_value();
    }

    bool day_name() {
        const auto day = name(day_names);
        if (day) fields_.day_of_week = static_cast<std::int64_t>(*day);
        return day.has_value();
    }

    int take_sign() {
        if (!rest().starts_with('+') && !rest().starts_with('-')) return 0;
        return text_[at_++] == '+' ? 1 : -1;
    }
    /// `named`: it may be a name, as no blanks have been passed over.
    bool zone(bool named) {
        if (const int sign = take_sign())
            return offset(sign, {.one_digit_hour = false, .minutes = true, .colon = false});
        if (!named) return false;
        if (starts_with_ignoring_case(rest(), "GMT")) {
            at_ += 3;
            const int sign = take_sign();
            return sign == 0 || offset(sign, {.one_digit_hour = true, .minutes = true, .colon = true});
        }
        for (const auto& known : zones) {
            if (!starts_with_ignoring_case(rest(), known.name)) continue;
            at_ += known.name.size();
            fields_.offset_ms = known.offset_minutes * minute_ms;
            return true;
        }
        return false;
    }
    bool iso_zone(int count) {
        if (literal("Z")) return true;
        const int sign = take_sign();
        return sign != 0 && offset(sign, {.one_digit_hour = false, .minutes = count > 1, .colon = count == 3});
    }

    struct OffsetForm {
        bool one_digit_hour;
        bool minutes;
        bool colon;
    };
    bool two_digits(std::int64_t& value, bool or_one) {
        const auto part = rest();
        if (part.empty() || !is_digit(part[0])) return false;
        const bool two = part.size() > 1 && is_digit(part[1]);
        if (!two && !or_one) return false;
        value = part[0] - '0';
        if (two) value = value * 10 + (part[1] - '0');
        at_ += two ? 2 : 1;
        return true;
    }
    bool offset(int sign, OffsetForm form) {
        std::int64_t hours = 0;
        std::int64_t minutes = 0;
        if (!two_digits(hours, form.one_digit_hour) || hours > 23) return false;
        if (form.minutes) {
            if (form.colon && !literal(":")) return false;
            if (!two_digits(minutes, false) || minutes > 59) return false;
        }
        fields_.offset_ms = sign * (hours * 60 + minutes) * minute_ms;
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    Fields fields_;
};

std::optional<std::int64_t> JavaDateFormat::parse(std::string_view text) const {
    Reader reader(text);
    for (std::size_t i = 0; i < items_.size(); ++i) {
        const auto& item = items_[i];
        if (std::string_view("YwWF").find(item.letter) != std::string_view::npos && item.letter != 0) {
            throw DataException(
                fmt::format("Times cannot be read with the pattern {}: '{}' names a week, not a day. Use "
                            "y, M and d.",
                            pattern_, item.letter));
        }
        const bool fixed = i + 1 < items_.size() && is_numeric(items_[i + 1].letter, items_[i + 1].count);
        const bool read =
            item.letter == 0 ? reader.literal(item.literal) : reader.field(item.letter, item.count, fixed);
        if (!read) return std::nullopt;
    }
    return reader.epoch_ms();
}

}
