/// What the internal topics' logs say of writes that a worker made while its group had done without it.
#pragma once
#include "connectors/api/errors.hpp"

namespace millrace::cluster {

/// Not written, and never will be: this worker was no member of its group for a while. The same request may be made
/// again, of whoever leads by now.
struct GivenUpException : RetriableException {
    using RetriableException::RetriableException;
};

}
