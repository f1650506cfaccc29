#include "cluster/async/with_timeout.hpp"

#include <fmt/core.h>

namespace millrace::cluster {

void throw_timeout(const std::string& what, std::chrono::steady_clock::duration limit) {
    throw TimeoutException(fmt::format("{} timed out after {} ms", what,
                                       std::chrono::duration_cast<std::chrono::milliseconds>(limit).count()));
}

}
