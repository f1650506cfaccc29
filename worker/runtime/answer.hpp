/// What another thread will say: that something is done, or why it failed. Shared by both, so that it may come too
/// late.
#pragma once
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>

namespace millrace::worker {

class Answer {
public:
    void give(std::exception_ptr error) {
        const std::lock_guard lock(mutex_);
        done_ = true;
        error_ = std::move(error);
        arrived_.notify_all();
    }
    /// The outer optional is empty while there is no answer.
    std::optional<std::exception_ptr> look() {
        const std::lock_guard lock(mutex_);
        if (!done_) return std::nullopt;
        return error_;
    }
    std::optional<std::exception_ptr> wait_until(std::chrono::steady_clock::time_point deadline) {
        std::unique_lock lock(mutex_);
        if (!arrived_.wait_until(lock, deadline, [&] { return done_; })) return std::nullopt;
        return error_;
    }

private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    bool done_ = false;
    std::exception_ptr error_;
};

}
