#include "connectors/postgres/types/type_options.hpp"

#include "connectors/postgres/types/hex.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace millrace::postgres {

namespace {

bool same(std::string_view a, std::string_view lower) noexcept {
    return std::ranges::equal(a, lower,
                              [](char x, char y) { return (x >= 'A' && x <= 'Z' ? x + ('a' - 'A') : x) == y; });
}

template <class T, std::size_t N>
std::optional<T> pick(std::string_view text, const std::array<std::pair<std::string_view, T>, N>& names) noexcept {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return std::nullopt;
    text = text.substr(first, text.find_last_not_of(" \t") - first + 1);
    for (const auto& [name, value] : names)
        if (same(text, name)) return value;
    return std::nullopt;
}

template <class T>
using Name = std::pair<std::string_view, T>;

}

std::optional<TimePrecision> parse_time_precision(std::string_view text) noexcept {
    using enum TimePrecision;
    static constexpr std::array<Name<TimePrecision>, 7> names{{{"adaptive", Adaptive},
                                                               {"adaptive_time_microseconds", AdaptiveTimeMicroseconds},
                                                               {"connect", Connect},
                                                               {"microseconds", Microseconds},
                                                               {"nanoseconds", Nanoseconds},
                                                               {"isostring", IsoString},
                                                               {"structured", Structured}}};
    return pick(text, names);
}

std::optional<DecimalHandling> parse_decimal_handling(std::string_view text) noexcept {
    using enum DecimalHandling;
    static constexpr std::array<Name<DecimalHandling>, 3> names{
        {{"precise", Precise}, {"double", Double}, {"string", String}}};
    return pick(text, names);
}

std::optional<BinaryHandling> parse_binary_handling(std::string_view text) noexcept {
    using enum BinaryHandling;
    static constexpr std::array<Name<BinaryHandling>, 4> names{
        {{"bytes", Bytes}, {"base64", Base64}, {"base64-url-safe", Base64UrlSafe}, {"hex", Hex}}};
    return pick(text, names);
}

std::optional<IntervalHandling> parse_interval_handling(std::string_view text) noexcept {
    using enum IntervalHandling;
    static constexpr std::array<Name<IntervalHandling>, 2> names{{{"numeric", Numeric}, {"string", String}}};
    return pick(text, names);
}

std::optional<HstoreHandling> parse_hstore_handling(std::string_view text) noexcept {
    using enum HstoreHandling;
    static constexpr std::array<Name<HstoreHandling>, 2> names{{{"json", Json}, {"map", Map}}};
    return pick(text, names);
}

std::optional<ConversionFailure> parse_conversion_failure(std::string_view text) noexcept {
    using enum ConversionFailure;
    static constexpr std::array<Name<ConversionFailure>, 3> names{{{"warn", Warn}, {"skip", Skip}, {"fail", Fail}}};
    return pick(text, names);
}

std::optional<std::string> parse_placeholder(std::string_view text) {
    constexpr std::string_view prefix = "hex:";
    if (!text.starts_with(prefix)) return std::string(text);
    const auto digits = text.substr(prefix.size());
    std::string bytes(digits.size() / 2, '\0');
    if (!decode_hex(digits, bytes.data())) return std::nullopt;
    return bytes;
}

}
