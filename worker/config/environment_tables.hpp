/// Which environment variables stand for what, row by row.
#pragma once
#include "worker/config/environment.hpp"

#include <span>
#include <string_view>

namespace millrace::worker::environment {

inline constexpr std::string_view prefix = "CONNECT_";

/// A short name of debezium/connect.
struct ShortName {
    std::string_view variable;
    std::string_view setting;
    std::string_view value = {};    ///< that holds where the variable is not set; empty: none
    std::string_view problem = {};  ///< what is said when there is no value, and the worker does not start
    std::string_view warning = {};  ///< what is said when there is no value
};
std::span<const ShortName> short_names() noexcept;

/// What debezium/connect has in its file before the environment is looked at.
struct FileValue {
    std::string_view setting;
    std::string_view value;
};
std::span<const FileValue> sample_file() noexcept;

/// Those without which cp-kafka-connect does not start.
std::span<const std::string_view> required_variables() noexcept;

/// A variable that does nothing here.
struct WithoutEffect {
    std::string_view variable;  ///< ends with *: all that begin so
    std::string_view why;
    std::string_view harmless = {};  ///< a value that asks for nothing
};
const WithoutEffect* find_without_effect(std::string_view variable) noexcept;

/// CONNECT_ variables whose values debezium/connect hides unless SENSITIVE_PROPERTIES says which.
std::string_view sensitive_variables() noexcept;

}
