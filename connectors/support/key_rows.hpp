/// Rows of tables of settings, a line each.
#pragma once
#include "connectors/support/settings.hpp"

#include <string_view>

namespace millrace::rows {

using enum ConfigType;
using enum Importance;

inline constexpr DefaultValue null{};

constexpr ConfigKey row(std::string_view name, ConfigType type, DefaultValue default_value, Importance importance,
                        std::string_view doc, Validator valid = nullptr) {
    return {.name = name,
            .type = type,
            .default_value = default_value,
            .valid = valid,
            .importance = importance,
            .doc = doc};
}

}
