#include "connectors/postgres/client/wakeup.hpp"

#include "connectors/api/errors.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

namespace millrace::postgres {

Wakeup::Wakeup() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (descriptor_ < 0) {
        throw ConnectException(std::string("Cannot make an eventfd: ") + std::strerror(errno) +
                               "; raise the limit of open files (ulimit -n)");
    }
}

Wakeup::~Wakeup() { ::close(descriptor_); }

void Wakeup::signal() noexcept {
    const std::uint64_t one = 1;
    // A full counter is a signal already.
    if (::write(descriptor_, &one, sizeof one) < 0) return;
}

void Wakeup::clear() noexcept {
    std::uint64_t count = 0;
    if (::read(descriptor_, &count, sizeof count) < 0) return;
}

}
