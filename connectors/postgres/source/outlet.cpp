#include "connectors/postgres/source/outlet.hpp"

#include "connectors/postgres/client/connection.hpp"

#include <poll.h>

#include <algorithm>

namespace millrace::postgres {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds queue_patience{200};
constexpr std::int64_t longest_poll_ms = 1'000'000'000;

}

void Outlet::deliver(SourceBatch batch, const std::function<void()>& while_waiting) {
    while (!queue_.push(batch, queue_patience)) {
        throw_if_stopping();
        if (while_waiting) while_waiting();
    }
    progress_ = true;
}

void Outlet::pause(milliseconds time) const {
    using Clock = std::chrono::steady_clock;
    pollfd fd{.fd = stop_signal_.descriptor(), .events = POLLIN, .revents = 0};
    const auto end = Clock::now() + time;
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(end - Clock::now());
        const int ready = ::poll(&fd, 1, static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, longest_poll_ms)));
        throw_if_stopping();
        if (ready == 0) return;
    }
}

void Outlet::throw_if_stopping() const {
    if (stopping()) throw Interrupted();
}

void Outlet::stop() noexcept {
    stopping_ = true;
    stop_signal_.signal();
    queue_.close();
}

}
