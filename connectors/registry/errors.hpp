/// What goes wrong with a schema registry, by the reaction it asks for. Messages name what was asked, the registry's
/// own words and its URL.
#pragma once
#include "connectors/api/errors.hpp"

#include <string>

namespace millrace::registry {

/// It cannot be reached, or says that it cannot answer now: another try may fare better.
struct UnavailableException : RetriableException {
    using RetriableException::RetriableException;
};
/// It says no: the schema is incompatible or invalid, or is not there.
struct RefusedException : DataException {
    RefusedException(const std::string& message, long http_status) : DataException(message), status(http_status) {}
    long status;
};
/// It does not know who asks, or does not let them (401, 403).
struct ForbiddenException : PermanentException {
    using PermanentException::PermanentException;
};

/// Throws the exception that is being handled, with `context` before its message, where it is one of these or another
/// DataException; others as they are.
[[noreturn]] void rethrow_with(const std::string& context);

}
