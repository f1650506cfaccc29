/// How long this worker may be sure that no other worker does its work: as long as its group counts it as a member. A
/// machine that stood still wakes behind that time, and its threads go on before anybody tells them so: hence whoever
/// writes looks here first.
///
/// Terms    When it ends and begins again, that is another term. What was to be written in an earlier one may meanwhile
///          have been done, or decided otherwise, by another worker.
/// State    Held without an end until extend() or end() is called first: a standalone worker's always is.
/// Threads  any; extend() and end() belong to one
/// Facts    KIP-62 (the session of a group's member)
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>

namespace millrace::worker {

class Lease {
public:
    using Clock = std::chrono::steady_clock;
    using Term = std::uint64_t;

    void extend(Clock::time_point until) noexcept {
        if (!held()) ++term_;
        until_ = until;
    }
    void end() noexcept { until_ = Clock::time_point::min(); }

    Term term() const noexcept { return term_; }
    bool held() const noexcept { return Clock::now() < until_.load(); }
    /// In that term, which is the present one.
    bool held(Term term) const noexcept { return held() && term == term_; }

private:
    std::atomic<Clock::time_point> until_ = Clock::time_point::max();
    std::atomic<Term> term_ = 0;
};

}
