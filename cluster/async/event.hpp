/// A condition that coroutines of one executor thread wait for.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <list>

namespace millrace::cluster {

namespace asio = boost::asio;

/// Stays set until it is cleared. Belongs to one executor thread; outlives whoever waits for it.
class Event {
public:
    using Clock = std::chrono::steady_clock;

    explicit Event(asio::any_io_executor executor) : executor_(std::move(executor)) {}
    void set();
    void clear() noexcept { set_ = false; }
    bool is_set() const noexcept { return set_; }

    /// Returns when set; throws boost::system::system_error (operation_aborted) when cancelled.
    asio::awaitable<void> wait();
    /// True when set, false when `deadline` came first.
    asio::awaitable<bool> wait_until(Clock::time_point deadline);
    asio::awaitable<bool> wait_for(Clock::duration duration) { return wait_until(Clock::now() + duration); }

private:
    asio::any_io_executor executor_;
    bool set_ = false;
    std::list<asio::steady_timer*> waiters_;
};

/// Waits; throws operation_aborted when cancelled.
asio::awaitable<void> sleep_for(std::chrono::steady_clock::duration duration);

}
