/// Waits in a coroutine for a callback that comes from another thread.
///
///     const auto configs = co_await await_callback<std::vector<Settings>>(
///         [&](auto done) { worker.task_configs(name, std::move(done)); });
///
/// The coroutine goes on at its own executor. When it is cancelled it stops waiting at once, and the callback, whenever
/// it comes, does nothing. The executor's context must outlive the callback.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace millrace::cluster {

namespace asio = boost::asio;

namespace detail {

/// Completes the handler once, on the executor: by the callback or by cancellation, whichever is first.
template <class Handler, class... Result>
struct PendingCallback {
    PendingCallback(Handler h, const asio::any_io_executor& executor)
        : handler(std::move(h)), work(asio::make_work_guard(executor)) {}
    void complete(std::exception_ptr error, Result... result) {
        if (!handler) return;
        auto slot = asio::get_associated_cancellation_slot(*handler);
        slot.clear();
        auto last = std::move(*handler);
        handler.reset();
        work.reset();
        std::move(last)(std::move(error), std::move(result)...);
    }
    std::optional<Handler> handler;
    asio::executor_work_guard<asio::any_io_executor> work;
};

template <class... Result>
auto initiate_callback(asio::any_io_executor executor,
                       std::function<void(std::function<void(std::exception_ptr, Result...)>)> start) {
    return asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr, Result...)>(
        [executor](auto handler, const auto& begin) {
            using Pending = PendingCallback<decltype(handler), Result...>;
            auto slot = asio::get_associated_cancellation_slot(handler);
            auto pending = std::make_shared<Pending>(std::move(handler), executor);
            if (slot.is_connected())
                slot.assign([weak = std::weak_ptr<Pending>(pending), executor](asio::cancellation_type) {
                    asio::post(executor, [weak] {
                        if (const auto alive = weak.lock())
                            alive->complete(
                                std::make_exception_ptr(boost::system::system_error(asio::error::operation_aborted)),
                                Result{}...);
                    });
                });
            begin([pending, executor](const std::exception_ptr& error, Result... result) {
                asio::post(executor, [pending, error, ... moved = std::move(result)]() mutable {
                    pending->complete(error, std::move(moved)...);
                });
            });
        },
        asio::use_awaitable, std::move(start));
}

}

template <class T>
asio::awaitable<T> await_callback(std::function<void(std::function<void(std::exception_ptr, T)>)> start) {
    co_return co_await detail::initiate_callback<T>(co_await asio::this_coro::executor, std::move(start));
}

/// The same for a callback that brings no result.
inline asio::awaitable<void> await_done(std::function<void(std::function<void(std::exception_ptr)>)> start) {
    co_await detail::initiate_callback<>(co_await asio::this_coro::executor, std::move(start));
}

}
