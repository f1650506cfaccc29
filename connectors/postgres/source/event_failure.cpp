#include "connectors/postgres/source/event_failure.hpp"

#include "connectors/postgres/source/debezium_exception.hpp"

#include <fmt/format.h>

#include <exception>

namespace millrace::postgres {
namespace {

/// A thread's failure, as whoever waits for the thread gets it.
struct ExecutionException : ConnectException, HasJavaClass {
    using ConnectException::ConnectException;
    std::string_view java_class() const noexcept override { return "java.util.concurrent.ExecutionException"; }
};

std::string failure_text(const OffsetState& offset) {
    return "Error while processing event at offset " + java_text(offset);
}

}

void throw_event_failure(const OffsetState& offset) { std::throw_with_nested(ConnectException(failure_text(offset))); }

void throw_snapshot_failure(const OffsetState& offset) {
    // Java names a cause with its class where there is no other text.
    const auto of_thread = "org.apache.kafka.connect.errors.ConnectException: " + failure_text(offset);
    try {
        try {
            throw_event_failure(offset);
        } catch (const ConnectException&) {
            std::throw_with_nested(ExecutionException(of_thread));
        }
    } catch (const ExecutionException& e) {
        std::throw_with_nested(DebeziumException(fmt::format("{}: {}", e.java_class(), of_thread)));
    }
}

}
