#pragma once
#include "tests/pch.hpp"

#include <exception>
#include <string>

namespace millrace {

/// The messages of a failure and of its causes.
inline std::string with_cause(const std::exception& error) {
    std::string text = error.what();
    try {
        std::rethrow_if_nested(error);
    } catch (const std::exception& cause) {
        text += "; " + with_cause(cause);
    }
    return text;
}

}
