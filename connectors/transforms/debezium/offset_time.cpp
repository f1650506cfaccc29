#include "connectors/transforms/debezium/offset_time.hpp"

#include "connectors/support/civil_date.hpp"

#include <fmt/format.h>

#include <charconv>

namespace millrace::transforms {

namespace {

constexpr std::int64_t day_seconds = 86'400;

/// Takes text from the front; each function returns false if what it wants is not there.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    bool character(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    /// Exactly `digits`, or all there are if 0.
    bool number(std::size_t digits, std::int64_t& value) {
        const auto length = digits ? digits : std::min(rest_.find_first_not_of("0123456789"), rest_.size());
        if (length == 0 || rest_.size() < length) return false;
        const auto part = rest_.substr(0, length);
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
        if (end != part.data() + part.size() || error != std::errc{}) return false;
        rest_.remove_prefix(length);
        return true;
    }
    std::size_t size() const noexcept { return rest_.size(); }

private:
    std::string_view rest_;
};

bool read_date(Scanner& in, std::int64_t& days) {
    const bool negative = in.character('-');
    if (!negative) in.character('+');
    std::int64_t year = 0;
    std::int64_t month = 0;
    std::int64_t day = 0;
    if (!in.number(0, year) || !in.character('-') || !in.number(2, month)) return false;
    if (!in.character('-') || !in.number(2, day) || !in.character('T')) return false;
    days = days_from_civil(negative ? -year : year, static_cast<int>(month), static_cast<int>(day));
    return true;
}

bool read_fraction(Scanner& in, std::int32_t& nanoseconds) {
    const auto before = in.size();
    std::int64_t value = 0;
    if (!in.number(0, value) || before - in.size() > 9) return false;
    for (auto digits = before - in.size(); digits < 9; ++digits) value *= 10;
    nanoseconds = static_cast<std::int32_t>(value);
    return true;
}

bool read_time(Scanner& in, OffsetTime& time) {
    std::int64_t hour = 0;
    std::int64_t minute = 0;
    std::int64_t second = 0;
    if (!in.number(2, hour) || !in.character(':') || !in.number(2, minute)) return false;
    if (in.character(':') && !in.number(2, second)) return false;
    time.local_seconds += hour * 3600 + minute * 60 + second;
    return !in.character('.') || read_fraction(in, time.nanoseconds);
}

bool read_offset(Scanner& in, std::int64_t& seconds) {
    if (in.character('Z')) return true;
    const bool negative = in.character('-');
    if (!negative && !in.character('+')) return false;
    std::int64_t hours = 0;
    std::int64_t minutes = 0;
    std::int64_t rest = 0;
    if (!in.number(2, hours) || !in.character(':') || !in.number(2, minutes)) return false;
    if (in.character(':') && !in.number(2, rest)) return false;
    seconds = (hours * 3600 + minutes * 60 + rest) * (negative ? -1 : 1);
    return true;
}

void append_offset(std::string& out, std::int64_t seconds) {
    if (seconds == 0) {
        out += 'Z';
        return;
    }
    const auto size = seconds < 0 ? -seconds : seconds;
    fmt::format_to(std::back_inserter(out), "{}{:02}:{:02}", seconds < 0 ? '-' : '+', size / 3600, size / 60 % 60);
    if (size % 60 != 0) fmt::format_to(std::back_inserter(out), ":{:02}", size % 60);
}

}

std::optional<OffsetTime> OffsetTime::parse(std::string_view text) {
    OffsetTime time;
    Scanner in(text);
    time.has_date = text.find('T') != std::string_view::npos;
    std::int64_t days = 0;
    if (time.has_date && !read_date(in, days)) return std::nullopt;
    time.local_seconds = days * day_seconds;
    if (!read_time(in, time) || !read_offset(in, time.offset_seconds) || in.size() > 0) return std::nullopt;
    return time;
}

OffsetTime OffsetTime::at_offset(std::int64_t seconds) const {
    auto moved = *this;
    moved.local_seconds += seconds - offset_seconds;
    moved.offset_seconds = seconds;
    if (!has_date) moved.local_seconds = (moved.local_seconds % day_seconds + day_seconds) % day_seconds;
    return moved;
}

void OffsetTime::append(std::string& out) const {
    const auto of_day = (local_seconds % day_seconds + day_seconds) % day_seconds;
    if (has_date) {
        const auto date = civil_from_days((local_seconds - of_day) / day_seconds);
        if (date.year > 9999) out += '+';
        fmt::format_to(std::back_inserter(out), "{}{:04}-{:02}-{:02}T", date.year < 0 ? "-" : "",
                       date.year < 0 ? -date.year : date.year, date.month, date.day);
    }
    fmt::format_to(std::back_inserter(out), "{:02}:{:02}:{:02}", of_day / 3600, of_day / 60 % 60, of_day % 60);
    if (nanoseconds > 0) {
        auto fraction = fmt::format("{:09}", nanoseconds);
        fraction.erase(fraction.find_last_not_of('0') + 1);
        out += '.' + fraction;
    }
    append_offset(out, offset_seconds);
}

}
