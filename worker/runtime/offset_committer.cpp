#include "worker/runtime/offset_committer.hpp"

#include "worker/runtime/trace.hpp"

#include <algorithm>
#include <thread>

namespace millrace::worker {

OffsetCommitter::OffsetCommitter(OffsetStore& store, std::string connector, std::string task, Options options,
                                 Logger logger, OnCommitted on_committed, Clock::time_point now)
    : store_(store),
      connector_(std::move(connector)),
      task_(std::move(task)),
      options_(std::move(options)),
      logger_(std::move(logger)),
      on_committed_(std::move(on_committed)),
      next_(now + options.interval) {}

void OffsetCommitter::tick(SubmittedRecords& records, Clock::time_point now) {
    if (flight_) {
        if (const auto answer = flight_->answer->look()) {
            settle(records, *answer);
        } else if (!flight_->overdue && now - flight_->begun >= options_.timeout) {
            flight_->overdue = true;
            measure(now - flight_->begun, false);
            logger_.error(
                "WorkerSourceTask{{id={}}} Failed to flush, timed out while waiting for producer to flush "
                "outstanding offsets; still waiting",
                task_);
        }
    }
    if (!flight_ && now >= next_) {
        begin(records, now);
        next_ = now + options_.interval;
    }
}

bool OffsetCommitter::begin(SubmittedRecords& records, Clock::time_point now) {
    auto what = records.take_committable();
    if (what.entries.empty()) {
        measure({}, true);
        return false;
    }
    logger_.info("WorkerSourceTask{{id={}}} Committing offsets for {} acknowledged messages", task_, what.records);
    auto answer = std::make_shared<Answer>();
    auto entries = what.entries;
    flight_ = std::make_unique<Flight>(Flight{.answer = answer, .what = std::move(what), .begun = now});
    try {
        store_.write(connector_, std::move(entries), [answer](std::exception_ptr e) { answer->give(std::move(e)); });
    } catch (const std::exception&) {
        settle(records, std::current_exception());
        return false;
    }
    return true;
}

void OffsetCommitter::measure(Clock::duration took, bool success) const {
    if (options_.measured) options_.measured(took, success);
}

void OffsetCommitter::settle(SubmittedRecords& records, const std::exception_ptr& error) {
    const auto flight = std::exchange(flight_, nullptr);
    if (!error || !flight->overdue) measure(Clock::now() - flight->begun, error == nullptr);
    if (error) {
        logger_.error("WorkerSourceTask{{id={}}} Failed to commit offsets, will try again: {}", task_, trace_of(error));
        records.put_back(flight->what);
        return;
    }
    try {
        for (const auto& [partition, offset] : flight->what.entries) {
            on_committed_(partition.entries(), offset ? offset->entries() : OffsetEntries{});
        }
    } catch (const std::exception& e) {  // the offsets are stored: that the source could not use it harms nothing
        logger_.error(
            "WorkerSourceTask{{id={}}} Exception thrown while telling the source that its offsets are "
            "stored: {}",
            task_, trace_of(e));
    }
}

/// A store that refuses at once, as a full disk does, is asked anew at a pace at which the log can be read.
void OffsetCommitter::finish(SubmittedRecords& records, Clock::time_point deadline) {
    constexpr std::chrono::milliseconds retry_backoff{250};
    for (;;) {
        if (flight_) {
            const auto answer = flight_->answer->wait_until(deadline);
            if (!answer) {
                logger_.error(
                    "WorkerSourceTask{{id={}}} Failed to commit offsets within the time left at stop; their "
                    "records will be sent again",
                    task_);
                return;
            }
            settle(records, *answer);
            if (*answer) std::this_thread::sleep_until(std::min(Clock::now() + retry_backoff, deadline));
        }
        if (Clock::now() >= deadline || !begin(records, Clock::now())) return;
    }
}

}
