/// What tests/run says of the services that it started.
#pragma once
#include "tests/pch.hpp"

#include <cstdlib>

namespace millrace {

/// None, with a warning that the test is skipped, if the variable is not set.
inline std::optional<std::string> from_environment(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody changes it
    if (value != nullptr && *value != '\0') return std::string(value);
    WARN("skipped: " << name << " is not set");
    return std::nullopt;
}

inline std::string environment_or(const char* name, const char* otherwise) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody changes it
    return value != nullptr ? value : otherwise;
}

}
