#include "connectors/transforms/validators.hpp"

#include "connectors/support/regex.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::transforms {

std::string distinct_list(std::string_view value) {
    auto parts = split_list(value);
    const bool has_empty = std::ranges::find(parts, "") != parts.end();
    std::ranges::sort(parts);
    if (std::ranges::adjacent_find(parts) != parts.end()) return "values must not be duplicated.";
    return has_empty ? "values must not be empty." : "";
}

std::string non_empty_distinct_list(std::string_view value) {
    if (split_list(value).empty()) return "must not be empty. Valid values include: any non-empty value";
    return distinct_list(value);
}

std::string non_empty_list(std::string_view value) { return split_list(value).empty() ? "Empty list" : ""; }

std::string non_empty_string(std::string_view value) { return value.empty() ? "String must be non-empty" : ""; }

std::string java_regex(std::string_view value) { return regex_complaint(value); }

std::string one_of(std::string_view value, std::initializer_list<std::string_view> allowed) {
    if (std::ranges::find(allowed, value) != allowed.end()) return "";
    return fmt::format("String must be one of: {}", fmt::join(allowed, ", "));
}

}
