/// Exceptions as users of Kafka Connect read them: the text of a FAILED status.
#pragma once
#include "connectors/api/errors.hpp"
#include "connectors/api/java_class.hpp"

#include <exception>
#include <string>

namespace millrace::worker {

/// More task configurations than tasks.max allows.
struct TooManyTasksException : ConnectException, HasJavaClass {
    using ConnectException::ConnectException;
    std::string_view java_class() const noexcept override {
        return "org.apache.kafka.connect.runtime.TooManyTasksException";
    }
};

/// A plugin asks for what is not possible as things are.
struct IllegalStateException : ConnectException, HasJavaClass {
    using ConnectException::ConnectException;
    std::string_view java_class() const noexcept override { return "java.lang.IllegalStateException"; }
};

/// "org.apache.kafka.connect.errors.DataException: message", then a line "Caused by: ..." for each nested exception.
std::string trace_of(const std::exception_ptr& error);
/// Whether the same would happen again, were it tried again at once: settings, credentials, or what a plugin says.
bool is_permanent(const std::exception_ptr& error) noexcept;
std::string trace_of(const std::exception& error);
/// The name of Java's exception for one of ours.
std::string java_exception_name_of(const std::exception& error);

}
