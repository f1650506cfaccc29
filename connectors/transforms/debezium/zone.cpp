#include "connectors/transforms/debezium/zone.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/support/civil_date.hpp"

#include <date/tz.h>
#include <fmt/format.h>

namespace millrace::transforms {

namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// +hh:mm or +hh:mm:ss.
bool parse_offset(std::string_view text, std::int64_t& seconds) {
    if (text.size() != 6 && text.size() != 9) return false;
    if (text[0] != '+' && text[0] != '-') return false;
    std::int64_t parts[3] = {};
    for (std::size_t i = 0; 1 + 3 * i < text.size(); ++i) {
        const auto part = text.substr(1 + 3 * i, 2);
        if (!is_digit(part[0]) || !is_digit(part[1])) return false;
        if (i > 0 && text[3 * i] != ':') return false;
        parts[i] = (part[0] - '0') * 10 + (part[1] - '0');
    }
    const auto check = [&](std::string_view what, std::int64_t value, std::int64_t most) {
        const auto given = text[0] == '-' ? -value : value;
        if (value <= most) return;
        throw ConfigException(fmt::format("Zone offset {} not in valid range: value {} is not in the range -{} to {}",
                                          what, given, most, most));
    };
    check("hours", parts[0], 18);
    check("minutes", parts[1], 59);
    check("seconds", parts[2], 59);
    if (parts[0] == 18 && parts[1] + parts[2] > 0) {
        throw ConfigException("Zone offset not in valid range: -18:00 to +18:00");
    }
    seconds = (parts[0] * 3600 + parts[1] * 60 + parts[2]) * (text[0] == '-' ? -1 : 1);
    return true;
}

/// The zone files end in 2037, the rules go on: an equal year before, one that starts on the same weekday and has as
/// many days, says what holds then.
std::int64_t within_known_years(std::int64_t seconds) {
    constexpr std::int64_t day_seconds = 86'400;
    constexpr std::int64_t last_year = 2037;
    const auto days = seconds / day_seconds;
    const auto year = civil_from_days(days).year;
    if (year <= last_year) return seconds;
    const auto first_day = days_from_civil(year, 1, 1);
    const auto length = days_from_civil(year + 1, 1, 1) - first_day;
    for (auto known = last_year;; --known) {
        const auto known_first = days_from_civil(known, 1, 1);
        const bool equal =
            (first_day - known_first) % 7 == 0 && days_from_civil(known + 1, 1, 1) - known_first == length;
        if (equal) return seconds - (first_day - known_first) * day_seconds;
    }
}

}

Zone::Zone(std::string_view name) {
    if (parse_offset(name, fixed_offset_)) return;
    try {
        zone_ = date::locate_zone(std::string(name));
    } catch (const std::runtime_error&) {
        throw ConfigException(
            "Invalid timezone format. Please specify either a geographic timezone (e.g. America/Los_Angeles) or a UTC "
            "offset in the format of +/-hh:mm, (e.g. +08:00).");
    }
}

std::int64_t Zone::offset_at(std::int64_t epoch_seconds) const {
    if (!zone_) return fixed_offset_;
    return zone_->get_info(date::sys_seconds(std::chrono::seconds(within_known_years(epoch_seconds)))).offset.count();
}

std::int64_t Zone::offset_at_local(std::int64_t local_seconds) const {
    if (!zone_) return fixed_offset_;
    return zone_->get_info(date::local_seconds(std::chrono::seconds(within_known_years(local_seconds))))
        .first.offset.count();
}

}
