/// The queue between the decoder's thread and the task's: batches, bounded in bytes and records, so that a transaction
/// of any size passes through constant memory.
#pragma once
#include "connectors/api/record.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <stop_token>

namespace millrace::postgres {

class BatchQueue {
public:
    struct Limits {
        std::size_t bytes;
        std::size_t records;
    };
    explicit BatchQueue(Limits limits) : limits_(limits) {}

    /// Waits up to `patience` for room; false, and `batch` untouched, if there was none. One batch always fits.
    bool push(SourceBatch& batch, std::chrono::milliseconds patience);
    /// The oldest batch, or none after `wait` or a stop. Rethrows the failure once everything before it was taken.
    std::optional<SourceBatch> pop(std::stop_token stop, std::chrono::milliseconds wait);
    /// The producer has ended: pop throws `failure` from now on, after the rest of the queue.
    void fail(std::exception_ptr failure) noexcept;
    struct Fill {
        Limits limits;
        std::size_t bytes;
        std::size_t records;
    };
    Fill fill() const;
    /// Wakes a waiting push, which then reports that there is no room.
    void close() noexcept;

private:
    struct Item {
        SourceBatch batch;
        std::size_t bytes;
    };
    bool has_room() const noexcept { return items_.empty() || (bytes_ < limits_.bytes && records_ < limits_.records); }

    Limits limits_;
    mutable std::mutex mutex_;
    std::condition_variable_any filled_;
    std::condition_variable_any taken_;
    std::deque<Item> items_;
    std::size_t bytes_ = 0;
    std::size_t records_ = 0;
    std::exception_ptr failure_;
    bool closed_ = false;
};

}
