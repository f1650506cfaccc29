#include "worker/runtime/deadlines.hpp"

namespace millrace::worker {

Deadlines::Deadlines() : thread_([this](const std::stop_token& stop) { run(stop); }) {}

Deadlines::~Deadlines() {
    thread_.request_stop();
    thread_.join();
}

void Deadlines::at(Clock::time_point time, std::function<void()> call) {
    const std::lock_guard lock(mutex_);
    calls_.emplace(time, std::move(call));
    changed_.notify_all();
}

void Deadlines::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        if (calls_.empty()) {
            changed_.wait(lock, stop, [&] { return !calls_.empty(); });
            continue;
        }
        const auto next = calls_.begin()->first;
        if (Clock::now() < next) {
            changed_.wait_until(lock, stop, next, [&] { return calls_.empty() || calls_.begin()->first < next; });
            continue;
        }
        auto call = std::move(calls_.extract(calls_.begin()).mapped());
        lock.unlock();
        call();
        lock.lock();
    }
}

}
