/// Structured concurrency for the control thread: who starts a coroutine also sees it end.
#pragma once
#include "cluster/async/event.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <exception>
#include <functional>
#include <list>
#include <memory>

namespace millrace::cluster {

/// Owns child coroutines: none outlives its Scope, and stop() ends them all. Belongs to one executor thread.
class Scope {
public:
    /// `on_failure` is called with whatever a child throws, cancellation excepted.
    Scope(asio::any_io_executor executor, std::function<void(std::exception_ptr)> on_failure);
    ~Scope();  ///< asserts that no child is left
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

    /// Starts a child. After stop() has begun it is not started any more.
    void spawn(asio::awaitable<void> child);
    /// Asks every child to end; does not wait.
    void cancel();
    /// Cancels every child and returns when the last has returned; cannot itself be cancelled. A coroutine that has
    /// been cancelled already must reset its cancellation state before it can await anything, this too.
    asio::awaitable<void> stop();
    std::size_t size() const noexcept { return children_.size(); }

private:
    /// Asio 1.81 throws out of the executor's loop when what is cancelled before it begins ends: it is not begun then.
    struct Child {
        asio::cancellation_signal signal;
        bool begun = false;
        bool cancelled = false;
    };
    using Children = std::list<std::shared_ptr<Child>>;

    static asio::awaitable<void> begin(std::shared_ptr<Child> child, asio::awaitable<void> work);
    void on_end(Children::iterator child, const std::exception_ptr& error);

    asio::any_io_executor executor_;
    std::function<void(std::exception_ptr)> on_failure_;
    Children children_;
    Event idle_;
    bool stopping_ = false;
};

/// True for the error of an operation that was cancelled.
bool is_cancelled(const std::exception_ptr& error) noexcept;

/// Runs `operation` to its end even if the awaiting coroutine is cancelled meanwhile, or was before. The cancellation
/// is noticed at the next thing that the coroutine awaits.
asio::awaitable<void> uncancelled(asio::awaitable<void> operation);

}
