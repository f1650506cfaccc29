/// Stores the offsets of one source task every offset.flush.interval.ms, without holding up its polling: the store
/// answers on another thread, the task's thread looks whether it has.
///
/// A commit that fails is kept and tried again with the next, newer offsets winning. While one is on its way no other
/// begins. Belongs to the task's thread.
#pragma once
#include "connectors/api/log.hpp"
#include "worker/runtime/answer.hpp"
#include "worker/runtime/submitted_records.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace millrace::worker {

class OffsetCommitter {
public:
    using Clock = std::chrono::steady_clock;
    /// Told of each offset that is durably stored, on the task's thread.
    using OnCommitted = std::function<void(OffsetEntries partition, OffsetEntries offset)>;
    struct Options {
        std::chrono::milliseconds interval;
        std::chrono::milliseconds timeout;
        /// Told how each commit went, one without anything to store included. One that takes longer than `timeout` has
        /// failed, and has succeeded once it is answered after all.
        std::function<void(Clock::duration took, bool success)> measured = {};
    };

    OffsetCommitter(OffsetStore& store, std::string connector, std::string task, Options options, Logger logger,
                    OnCommitted on_committed, Clock::time_point now);

    /// Takes note of an answer; begins a commit when it is time.
    void tick(SubmittedRecords& records, Clock::time_point now);
    /// The last commit: stores what is committable and waits for the answer, at most until `deadline`.
    void finish(SubmittedRecords& records, Clock::time_point deadline);
    bool in_flight() const noexcept { return flight_ != nullptr; }
    Clock::time_point next() const noexcept { return next_; }

private:
    struct Flight {
        std::shared_ptr<Answer> answer;
        SubmittedRecords::Committable what;
        Clock::time_point begun;
        bool overdue = false;
    };

    bool begin(SubmittedRecords& records, Clock::time_point now);
    void measure(Clock::duration took, bool success) const;
    void settle(SubmittedRecords& records, const std::exception_ptr& error);

    OffsetStore& store_;
    std::string connector_;
    std::string task_;
    Options options_;
    Logger logger_;
    OnCommitted on_committed_;
    Clock::time_point next_;
    std::unique_ptr<Flight> flight_;
};

}
