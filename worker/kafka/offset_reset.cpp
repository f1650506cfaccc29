#include "worker/kafka/offset_reset.hpp"

#include "connectors/api/config_def.hpp"
#include "connectors/api/errors.hpp"
#include "connectors/support/text.hpp"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <string>

namespace millrace::worker {

namespace {

using std::chrono::milliseconds;

constexpr std::string_view by_duration = "by_duration:";
/// Longer ones begin before any record.
constexpr std::int64_t most = std::int64_t{1} << 52;

struct DurationUnit {
    char letter;
    milliseconds length;
};
constexpr std::array days{DurationUnit{'d', std::chrono::days(1)}};
constexpr std::array times{DurationUnit{'h', std::chrono::hours(1)}, DurationUnit{'m', std::chrono::minutes(1)},
                           DurationUnit{'s', std::chrono::seconds(1)}};

/// Takes "12H30M" off the front of `text`, in the order of the units; false for what cannot be read.
template <std::size_t Count>
bool take_units(std::string_view& text, const std::array<DurationUnit, Count>& units, double& total) {
    std::size_t next = 0;
    while (!text.empty() && text.front() != 't') {
        if (text.front() == '+') text.remove_prefix(1);
        const auto digit = text.starts_with('-') ? 1U : 0U;
        if (text.size() <= digit || text[digit] < '0' || text[digit] > '9') return false;
        double number = 0;
        const auto [end, error] =
            std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
        if (error != std::errc() || end == text.data() + text.size()) return false;
        const auto length = static_cast<std::size_t>(end - text.data());
        const bool whole = text.substr(0, length).find('.') == std::string_view::npos;
        while (next < Count && units[next].letter != *end) ++next;
        if (next == Count || (!whole && *end != 's')) return false;
        total += number * static_cast<double>(units[next++].length.count());
        text.remove_prefix(length + 1);
    }
    return true;
}

std::optional<milliseconds> parse_duration(std::string_view text) {
    if (text.size() < 3 || text.front() != 'p') return std::nullopt;
    text.remove_prefix(1);
    double total = 0;
    if (!take_units(text, days, total)) return std::nullopt;
    if (!text.empty()) {
        text.remove_prefix(1);
        if (text.empty() || !take_units(text, times, total) || !text.empty()) return std::nullopt;
    }
    if (total < 0) return std::nullopt;
    return milliseconds(total < static_cast<double>(most) ? static_cast<std::int64_t>(total) : most);
}

}

std::optional<milliseconds> reset_duration(std::string_view auto_offset_reset) {
    const auto value = lower_case(trim(auto_offset_reset));
    if (!value.starts_with(by_duration)) return std::nullopt;
    const auto duration = parse_duration(std::string_view(value).substr(by_duration.size()));
    if (duration) return duration;
    throw ConfigException(fmt::format(
        "Invalid value {} for configuration auto.offset.reset: what follows 'by_duration:' is a duration that is not "
        "negative, such as PT1H30M or P7D",
        auto_offset_reset));
}

}
