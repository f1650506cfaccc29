/// How long this worker may be sure that no other worker runs its connectors and tasks: as long as its group counts it
/// as a member. A machine that stood still wakes behind that time, and its threads go on before anybody tells them so:
/// hence tasks look here before they write.
///
/// State    Held without an end until extend() is called first: a standalone worker's always is.
/// Threads  any
/// Facts    KIP-62 (the session of a group's member)
#pragma once
#include <atomic>
#include <chrono>

namespace millrace::worker {

class Lease {
public:
    using Clock = std::chrono::steady_clock;

    void extend(Clock::time_point until) noexcept { until_.store(until, std::memory_order_relaxed); }
    bool held() const noexcept { return Clock::now() < until_.load(std::memory_order_relaxed); }

private:
    std::atomic<Clock::time_point> until_ = Clock::time_point::max();
};

}
