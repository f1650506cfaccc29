/// What the stores write of a worker that its group has done without for a while, against a real broker:
/// MILLRACE_TEST_KAFKA=host:port.
#include "cluster/storage/config_backing_store.hpp"
#include "cluster/storage/status_backing_store.hpp"
#include "tests/pch.hpp"
#include "tests/unit/cluster/async/run.hpp"
#include "tests/unit/cluster/storage/internal_topic.hpp"
#include "tests/unit/cluster/storage/log_result.hpp"
#include "tests/unit/environment.hpp"

using namespace millrace;
using namespace millrace::cluster;
using namespace std::chrono_literals;
using worker::State;
using worker::TaskId;

namespace {

constexpr auto member = 1h;

ObjectStatus status(State state, const std::string& worker, int generation) {
    return {.state = state, .worker_id = worker, .generation = generation};
}

}

TEST_CASE("who was no member for a while writes no status over another worker's", "[kafka][storage]") {
    const auto brokers = from_environment("MILLRACE_TEST_KAFKA");
    if (!brokers) return;
    asio::io_context context;
    const auto lease = std::make_shared<worker::Lease>();
    const auto topic = internal_topic(*brokers, "status", lease);
    auto others_options = topic;
    others_options.lease = std::make_shared<worker::Lease>();
    StatusBackingStore thawed(context.get_executor(), topic);
    StatusBackingStore other(context.get_executor(), others_options);
    run(context, thawed.start());
    run(context, other.start());
    const auto state_of = [&](const TaskId& task) {
        const auto* known = other.table().task(task);
        return known ? known->state : State::Destroyed;
    };
    const TaskId moved{"a", 0};
    const TaskId kept{"a", 1};

    lease->end();
    thawed.put(moved, status(State::Failed, "thawed:1", 1), StatusBackingStore::Mode::Safe);
    thawed.put(kept, status(State::Failed, "thawed:1", 1), StatusBackingStore::Mode::Safe);
    other.put(moved, status(State::Running, "other:1", 2), StatusBackingStore::Mode::Always);
    run(context, other.settle(60s));
    REQUIRE(state_of(moved) == State::Running);

    lease->extend(worker::Lease::Clock::now() + member);
    REQUIRE(Running::run_until(context, [&] { return state_of(kept) == State::Failed; }));
    run(context, thawed.settle(60s));
    run(context, other.settle(60s));
    CHECK(state_of(moved) == State::Running);
}

TEST_CASE("a leader's write that was pending when its session ended is not made later", "[kafka][storage]") {
    const auto brokers = from_environment("MILLRACE_TEST_KAFKA");
    if (!brokers) return;
    asio::io_context context;
    const auto lease = std::make_shared<worker::Lease>();
    ConfigBackingStore configs(context.get_executor(), internal_topic(*brokers, "configs", lease));
    run(context, configs.start());
    run(context, configs.put_connector_config("a", {{"name", "a"}, {"note", "before"}}, std::nullopt));

    lease->end();
    Running change(context, configs.put_connector_config("a", {{"name", "a"}, {"note", "too late"}}, std::nullopt));
    Running deletion(context, configs.remove_connector_config("a"));
    context.restart();
    context.poll();  // both are with the log now
    lease->extend(worker::Lease::Clock::now() + member);
    REQUIRE(Running::run_until(context, [&] { return change.ended() && deletion.ended(); }));
    CHECK(is_given_up(change.error()));
    CHECK(is_given_up(deletion.error()));

    run(context, configs.put_connector_config("b", {{"name", "b"}}, std::nullopt));  // reads to the end
    const auto* config = configs.snapshot()->connector_config("a");
    REQUIRE(config);
    CHECK(config->at("note") == "before");
}
