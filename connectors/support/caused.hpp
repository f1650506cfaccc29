/// Failures whose message is Kafka Connect's, word for word, and whose cause says more: where, and of what.
#pragma once
#include "connectors/api/errors.hpp"

#include <exception>
#include <string>

namespace millrace {

/// Throws a DataException that has another one as its cause.
[[noreturn]] inline void throw_caused(const std::string& message, const std::string& cause) {
    try {
        throw DataException(cause);
    } catch (const DataException&) {
        std::throw_with_nested(DataException(message));
    }
}

}
