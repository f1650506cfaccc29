/// Checks of settings that Debezium makes when a task starts, not when a configuration is validated.
///
/// Throws  ConfigException "Invalid value V for configuration K: The 'K' value is invalid: ...".
/// Facts   Debezium: io.debezium.config.Field, SmtManager.validate.
#pragma once
#include "connectors/api/config_def.hpp"

#include <exception>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::transforms {

std::string required_value(const Config& config, std::string_view key);
/// A list that is given and has no empty element.
std::vector<std::string> required_list(const Config& config, std::string_view key);
/// Which of these names the value is, whatever its case.
std::size_t choice(const Config& config, std::string_view key, std::initializer_list<std::string_view> names);
[[noreturn]] void refuse_value(std::string_view key, std::string_view value, std::string_view why);

/// Runs `check`. What it finds becomes the cause of `words`, which are Debezium's: it writes the rest to its log alone.
template <class Check>
void validate(const char* words, Check check) {
    try {
        check();
    } catch (const ConfigException&) {
        std::throw_with_nested(ConnectException(words));
    }
}
inline constexpr auto cannot_validate = "Unable to validate config.";

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

}
