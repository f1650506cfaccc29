/// Runs a coroutine of a test to its end, with a limit: a test that hangs fails and says so.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <stdexcept>
#include <utility>

namespace millrace::cluster {

/// A coroutine that a test started and may cancel.
class Running {
public:
    Running(boost::asio::io_context& context, boost::asio::awaitable<void> coroutine) : context_(context) {
        boost::asio::co_spawn(context_, std::move(coroutine),
                              boost::asio::bind_cancellation_slot(signal_.slot(), [this](std::exception_ptr error) {
                                  ended_ = true;
                                  error_ = std::move(error);
                              }));
    }
    ~Running() {
        if (ended_) return;
        cancel();
        run_until(context_, [this] { return ended_; });
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    void cancel() { signal_.emit(boost::asio::cancellation_type::terminal); }
    bool ended() const noexcept { return ended_; }
    std::exception_ptr error() const noexcept { return error_; }

    /// Handles events until `condition` holds; false after `limit`.
    static bool run_until(boost::asio::io_context& context, const std::function<bool()>& condition,
                          std::chrono::milliseconds limit = std::chrono::seconds(60)) {
        const auto deadline = std::chrono::steady_clock::now() + limit;
        while (!condition()) {
            const auto now = std::chrono::steady_clock::now();
            if (now >= deadline) return false;
            context.restart();
            context.run_one_for(
                std::min<std::chrono::steady_clock::duration>(deadline - now, std::chrono::milliseconds(50)));
        }
        return true;
    }

private:
    boost::asio::io_context& context_;
    boost::asio::cancellation_signal signal_;
    bool ended_ = false;
    std::exception_ptr error_;
};

/// Throws what the coroutine throws.
inline void run(boost::asio::io_context& context, boost::asio::awaitable<void> coroutine) {
    Running running(context, std::move(coroutine));
    if (!Running::run_until(context, [&] { return running.ended(); })) throw std::runtime_error("the coroutine hangs");
    if (running.error()) std::rethrow_exception(running.error());
}

}
