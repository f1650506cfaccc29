/// Checks of the rows of the tables of settings in this folder.
#pragma once
#include "connectors/support/key_rows.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::worker::rows {

using namespace millrace::rows;

inline std::int64_t whole(std::string_view text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

template <std::int64_t Least>
std::string at_least(std::string_view value) {
    return whole(value) >= Least ? "" : "Value must be at least " + std::to_string(Least);
}
template <std::int64_t Least, std::int64_t Most>
std::string between(std::string_view value) {
    return whole(value) > Most ? "Value must be no more than " + std::to_string(Most) : at_least<Least>(value);
}
inline std::string replication_factor(std::string_view value) {
    const auto n = whole(value);
    return n == -1 || n >= 1 ? ""
                             : "Replication factor must be positive and not larger than the number of brokers in the "
                               "Kafka cluster, or -1 to use the broker's default";
}
inline std::string partitions(std::string_view value) {
    const auto n = whole(value);
    return n == -1 || n >= 1 ? "" : "Number of partitions must be positive, or -1 to use the broker's default";
}
/// Of a list, which may be empty.
inline std::string no_blanks(std::string_view value) {
    const auto parts = split_list(value);
    return std::ranges::find(parts, "") == parts.end() ? "" : "values must not be empty.";
}
inline std::string not_empty(std::string_view value) { return trim(value).empty() ? "String must be non-empty" : ""; }

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

template <const auto& Names>
std::string one_of(std::string_view value) {
    std::string list;
    for (const std::string_view name : Names) {
        if (name == value) return "";
        list += (list.empty() ? "" : ", ") + std::string(name);
    }
    return "String must be one of: " + list;
}
template <const auto& Names>
std::string one_of_any_case(std::string_view value) {
    std::string list;
    for (const std::string_view name : Names) {
        if (equal_ignoring_case(name, value)) return "";
        list += (list.empty() ? "" : ", ") + std::string(name);
    }
    return "String must be one of (case insensitive): " + list;
}

}
