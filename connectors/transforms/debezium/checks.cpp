#include "connectors/transforms/debezium/checks.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::transforms {

void refuse_value(std::string_view key, std::string_view value, std::string_view why) {
    throw ConfigException(
        fmt::format("Invalid value {0} for configuration {1}: The '{1}' value is invalid: {2}", value, key, why));
}

std::string required_value(const Config& config, std::string_view key) {
    const auto value = config.find(key);
    if (!value || value->empty()) refuse_value(key, "null", "A value is required");
    return *value;
}

std::vector<std::string> required_list(const Config& config, std::string_view key) {
    const auto value = required_value(config, key);
    auto list = split_list(value);
    if (std::ranges::find(list, "") != list.end()) refuse_value(key, value, "Empty string element(s) not permitted");
    return list;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::size_t choice(const Config& config, std::string_view key, std::initializer_list<std::string_view> names) {
    const auto value = required_value(config, key);
    const auto found = std::ranges::find_if(names, [&](auto name) { return equal_ignoring_case(name, value); });
    if (found == names.end()) {
        refuse_value(key, value, fmt::format("Value must be one of {}", fmt::join(names, ", ")));
    }
    return static_cast<std::size_t>(found - names.begin());
}

}
