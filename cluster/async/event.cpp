#include "cluster/async/event.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace millrace::cluster {

void Event::set() {
    set_ = true;
    for (auto* waiter : waiters_) waiter->cancel();
}

asio::awaitable<void> Event::wait() { (void)co_await wait_until(Clock::time_point::max()); }

asio::awaitable<bool> Event::wait_until(Clock::time_point deadline) {
    while (!set_) {
        asio::steady_timer timer(executor_, deadline);
        const auto place = waiters_.insert(waiters_.end(), &timer);
        struct Remove {
            std::list<asio::steady_timer*>& list;
            std::list<asio::steady_timer*>::iterator at;
            ~Remove() { list.erase(at); }
        } const remove{waiters_, place};
        const auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
        if (!error) co_return set_;
        // The timer is cancelled by set(), or the coroutine was: only the first of these is an answer.
        if (!set_ && (co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
            throw boost::system::system_error(asio::error::operation_aborted);
    }
    co_return true;
}

asio::awaitable<void> sleep_for(std::chrono::steady_clock::duration duration) {
    asio::steady_timer timer(co_await asio::this_coro::executor, duration);
    co_await timer.async_wait(asio::use_awaitable);
}

}
