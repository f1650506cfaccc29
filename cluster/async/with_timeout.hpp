/// A limit on how long anything may take.
#pragma once
#include "connectors/api/errors.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <chrono>
#include <exception>
#include <string>
#include <type_traits>
#include <utility>

namespace millrace::cluster {

namespace asio = boost::asio;

/// Something took longer than it may; the message says what, and how long it may take.
struct TimeoutException : RetriableException {
    using RetriableException::RetriableException;
};

[[noreturn]] void throw_timeout(const std::string& what, std::chrono::steady_clock::duration limit);

/// The result of `operation`, which is cancelled and awaited when it takes longer than `limit`: then TimeoutException
/// "<what> timed out after 3000 ms". `what` is a phrase such as "Heartbeat to 10.0.0.1:9092".
template <class T>
asio::awaitable<T> with_timeout(std::chrono::steady_clock::duration limit, asio::awaitable<T> operation,
                                std::string what) {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, limit);
    auto group = asio::experimental::make_parallel_group(asio::co_spawn(executor, std::move(operation), asio::deferred),
                                                         timer.async_wait(asio::deferred));
    if constexpr (std::is_void_v<T>) {
        const auto [order, error, timer_error] =
            co_await group.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
        if (order[0] == 1 && error && !timer_error) throw_timeout(what, limit);
        if (error) std::rethrow_exception(error);
    } else {
        auto [order, error, result, timer_error] =
            co_await group.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
        if (order[0] == 1 && error && !timer_error) throw_timeout(what, limit);
        if (error) std::rethrow_exception(error);
        co_return std::move(result);
    }
}

}
