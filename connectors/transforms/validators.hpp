/// Rows and checks that the settings of several transformations share.
#pragma once
#include "connectors/api/config_def.hpp"

#include <string>
#include <string_view>

namespace millrace::transforms {

// Validators; see Validator in connectors/api/config_def.hpp.
std::string non_empty_distinct_list(std::string_view value);  ///< at least one, none empty, none twice
std::string distinct_list(std::string_view value);            ///< may be empty
std::string non_empty_list(std::string_view value);
std::string non_empty_string(std::string_view value);
std::string java_regex(std::string_view value);
/// "String must be one of: a, b".
std::string one_of(std::string_view value, std::initializer_list<std::string_view> allowed);

inline constexpr std::string_view null_list = "values must not be null.";
inline constexpr std::string_view null_regex =
    "Invalid regex: Cannot invoke \"String.isEmpty()\" because \"this.pattern\" is null";

inline constexpr ConfigKey replace_null_key{
    .name = "replace.null.with.default",
    .type = ConfigType::Boolean,
    .default_value = "true",
    .importance = Importance::Medium,
    .doc =
        "Whether to replace fields that have a default value and that are null to the default value. When set to "
        "true, the default value is used, otherwise null is used."};

}
