/// Failures, sorted by what the caller does next. Thrown anywhere; caught only at the boundaries: one stage of one
/// record, a task's loop, the herder's tick, the REST error mapping, the plugin loader, main.
/// Messages name the key or object, the value and the way out; never a secret.
#pragma once
#include <stdexcept>
#include <string>

namespace millrace {

/// The task or connector becomes FAILED; what() is the first line of the trace in its status.
struct ConnectException : std::runtime_error {
    using std::runtime_error::runtime_error;
};
/// FAILED as well, and the same would happen again: somebody has to change settings or the outside system first.
struct PermanentException : ConnectException {
    using ConnectException::ConnectException;
};
/// The same call again, after a back-off.
struct RetriableException : ConnectException {
    using ConnectException::ConnectException;
};
/// This record is bad, the next may be good.
struct DataException : ConnectException {
    using ConnectException::ConnectException;
};
/// A schema cannot be built, a field's name given twice for instance; about this record as well.
struct SchemaBuilderException : DataException {
    using DataException::DataException;
};
/// A setting will not do: 400 from REST, exit status 2 at start.
struct ConfigException : ConnectException {
    using ConnectException::ConnectException;
};
/// 404 from REST.
struct NotFoundException : ConnectException {
    using ConnectException::ConnectException;
};
/// 409 from REST: exists already, or a rebalance is under way.
struct ConflictException : ConnectException {
    using ConnectException::ConnectException;
};

/// Prints the broken promise and aborts, in release builds too: for our own bugs, never for input.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;

}
#define MILLRACE_ASSERT(expression) \
    ((expression) ? static_cast<void>(0) : ::millrace::assertion_failed(#expression, __FILE__, __LINE__))
