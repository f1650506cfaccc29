#include "cluster/async/scope.hpp"

#include "connectors/api/errors.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <utility>
#include <vector>

namespace millrace::cluster {

Scope::Scope(asio::any_io_executor executor, std::function<void(std::exception_ptr)> on_failure)
    : executor_(std::move(executor)), on_failure_(std::move(on_failure)), idle_(executor_) {
    idle_.set();
}

Scope::~Scope() { MILLRACE_ASSERT(children_.empty()); }

void Scope::spawn(asio::awaitable<void> child) {
    if (stopping_) return;
    idle_.clear();
    const auto place = children_.insert(children_.end(), std::make_shared<Child>());
    asio::co_spawn(
        executor_, begin(*place, std::move(child)),
        asio::bind_cancellation_slot((*place)->signal.slot(),
                                     [this, place](const std::exception_ptr& error) { on_end(place, error); }));
}

asio::awaitable<void> Scope::begin(std::shared_ptr<Child> child, asio::awaitable<void> work) {
    if (child->cancelled) co_return;
    child->begun = true;
    co_await std::move(work);
}

void Scope::on_end(Children::iterator child, const std::exception_ptr& error) {
    children_.erase(child);
    if (children_.empty()) idle_.set();
    if (error && !is_cancelled(error)) on_failure_(error);
}

void Scope::cancel() {
    // A child may end while it is being told: the copies keep the signals alive.
    const std::vector<std::shared_ptr<Child>> children(children_.begin(), children_.end());
    for (const auto& child : children) {
        child->cancelled = true;
        if (child->begun) child->signal.emit(asio::cancellation_type::terminal);
    }
}

asio::awaitable<void> Scope::stop() {
    stopping_ = true;
    cancel();
    co_await uncancelled(idle_.wait());
}

bool is_cancelled(const std::exception_ptr& error) noexcept {
    try {
        if (error) std::rethrow_exception(error);
    } catch (const boost::system::system_error& e) {
        return e.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
    return false;
}

asio::awaitable<void> uncancelled(asio::awaitable<void> operation) {
    const auto executor = co_await asio::this_coro::executor;
    const bool throwing = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    std::exception_ptr error;
    try {
        co_await asio::co_spawn(executor, std::move(operation),
                                asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable));
    } catch (...) {
        error = std::current_exception();
    }
    co_await asio::this_coro::throw_if_cancelled(throwing);
    if (error) std::rethrow_exception(error);
}

}
