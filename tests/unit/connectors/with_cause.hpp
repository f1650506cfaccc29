#pragma once
#include "tests/pch.hpp"

#include <exception>
#include <string>

namespace millrace {

/// The message of a failure and that of its cause.
inline std::string with_cause(const std::exception& error) {
    std::string text = error.what();
    try {
        std::rethrow_if_nested(error);
    } catch (const std::exception& cause) {
        text += fmt::format("; {}", cause.what());
    }
    return text;
}

}
