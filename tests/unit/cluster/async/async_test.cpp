#include "cluster/async/await_callback.hpp"
#include "cluster/async/event.hpp"
#include "cluster/async/scope.hpp"
#include "cluster/async/with_timeout.hpp"
#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"
#include "tests/unit/cluster/async/run.hpp"

#include <boost/asio/this_coro.hpp>

#include <atomic>
#include <thread>

using namespace millrace;
using namespace millrace::cluster;
using namespace std::chrono_literals;

namespace {

asio::awaitable<void> forever(int* ended) {
    struct AtEnd {
        int* count;
        ~AtEnd() { ++*count; }
    } at_end{ended};
    Event never(co_await asio::this_coro::executor);
    co_await never.wait();
}
asio::awaitable<void> failing() {
    co_await asio::post(asio::use_awaitable);  // not at once: its caller waits by then
    throw DataException("broken");
}
asio::awaitable<int> number() {
    co_await asio::post(asio::use_awaitable);
    co_return 42;
}

}

SCENARIO("a Scope ends its children", "[async]") {
    asio::io_context context;
    int ended = 0;
    std::vector<std::string> failures;
    Scope scope(context.get_executor(), [&](std::exception_ptr error) {
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& e) {
            failures.emplace_back(e.what());
        }
    });
    scope.spawn(forever(&ended));
    scope.spawn(forever(&ended));
    scope.spawn(failing());
    REQUIRE(Running::run_until(context, [&] { return !failures.empty(); }));

    THEN("it tells of a child that failed, and keeps the others") {
        CHECK(failures == std::vector<std::string>{"broken"});
        CHECK(scope.size() == 2);
    }
    run(context, scope.stop());
    THEN("stop() returns after the last, and cancellation is no failure") {
        CHECK(ended == 2);
        CHECK(scope.size() == 0);
        CHECK(failures.size() == 1);
    }
    THEN("nothing is started after it") {
        scope.spawn(forever(&ended));
        CHECK(scope.size() == 0);
    }
}

TEST_CASE("a child of a Scope that is cancelled before it begins does not begin", "[async]") {
    asio::io_context context;
    int begun = 0;
    std::vector<std::exception_ptr> failures;
    Scope scope(context.get_executor(), [&](std::exception_ptr error) { failures.push_back(std::move(error)); });
    scope.spawn([](int& count) -> asio::awaitable<void> {
        ++count;
        co_return;
    }(begun));
    scope.cancel();
    run(context, scope.stop());
    CHECK(scope.size() == 0);
    CHECK(failures.empty());
    CHECK(begun == 0);
}

TEST_CASE("with_timeout gives the result, the error or the time-out, whichever comes first", "[async]") {
    asio::io_context context;
    run(context, [](bool in_time) -> asio::awaitable<void> {
        CHECK(co_await with_timeout(10s, number(), "counting") == 42);
        CHECK(in_time);
    }(true));
    CHECK_THROWS_AS(run(context, with_timeout(10s, failing(), "failing")), DataException);
    int ended = 0;
    CHECK_THROWS_WITH(run(context, with_timeout(5ms, forever(&ended), "Sleeping")), "Sleeping timed out after 5 ms");
    CHECK(ended == 1);
}

TEST_CASE("whoever is cancelled in with_timeout sees a cancellation, not a time-out", "[async]") {
    asio::io_context context;
    int ended = 0;
    Running running(context, with_timeout(1h, forever(&ended), "Sleeping"));
    context.run_for(1ms);
    running.cancel();
    REQUIRE(Running::run_until(context, [&] { return running.ended(); }));
    CHECK(ended == 1);
    CHECK(is_cancelled(running.error()));
}

TEST_CASE("an Event wakes all that wait", "[async]") {
    asio::io_context context;
    Event event(context.get_executor());
    Running first(context, event.wait());
    Running second(context, event.wait());
    context.run_for(1ms);
    CHECK_FALSE(first.ended());
    event.set();
    REQUIRE(Running::run_until(context, [&] { return first.ended() && second.ended(); }));
    run(context, event.wait());  // stays set
    event.clear();
    run(context, [](Event* e) -> asio::awaitable<void> { CHECK_FALSE(co_await e->wait_for(1ms)); }(&event));
    Running third(context, event.wait());
    context.run_for(1ms);
    third.cancel();
    REQUIRE(Running::run_until(context, [&] { return third.ended(); }));
    CHECK(is_cancelled(third.error()));
}

TEST_CASE("a callback of another thread is awaited on the control thread", "[async]") {
    asio::io_context context;
    const auto control = std::this_thread::get_id();
    std::thread::id resumed_on;
    std::thread other;
    const auto ask = [](std::thread* thread, std::thread::id* where) -> asio::awaitable<void> {
        const auto text = co_await await_callback<std::string>(
            [thread](auto done) { *thread = std::thread([done] { done(nullptr, "answer"); }); });
        CHECK(text == "answer");
        *where = std::this_thread::get_id();
    };
    run(context, ask(&other, &resumed_on));
    other.join();
    CHECK(resumed_on == control);

    CHECK_THROWS_WITH(
        run(context, await_done([](auto done) { done(std::make_exception_ptr(ConnectException("refused"))); })),
        "refused");
}

TEST_CASE("waiting for a callback can be cancelled, and the late callback does nothing", "[async]") {
    asio::io_context context;
    std::function<void(std::exception_ptr)> late;
    Running running(context, await_done([&late](auto done) { late = std::move(done); }));
    context.run_for(1ms);
    REQUIRE(late);
    running.cancel();
    REQUIRE(Running::run_until(context, [&] { return running.ended(); }));
    CHECK(is_cancelled(running.error()));
    late(nullptr);
    context.restart();
    context.run_for(1ms);
}
