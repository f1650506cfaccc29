/// Calls functions at their time, on a thread of its own. For what must not wait for a plugin that hangs.
#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace millrace::worker {

class Deadlines {
public:
    using Clock = std::chrono::steady_clock;

    Deadlines();
    ~Deadlines();  ///< what has not come yet is not called any more
    Deadlines(const Deadlines&) = delete;
    Deadlines& operator=(const Deadlines&) = delete;

    /// `call` must be short and must not throw.
    void at(Clock::time_point time, std::function<void()> call);
    void after(std::chrono::milliseconds time, std::function<void()> call) { at(Clock::now() + time, std::move(call)); }

private:
    void run(const std::stop_token& stop);

    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::multimap<Clock::time_point, std::function<void()>> calls_;
    std::jthread thread_;  ///< last: it uses the others
};

}
