#include "cluster/herder/restart_supervisor.hpp"

#include "tests/pch.hpp"
#include "worker/config/worker_config.hpp"

namespace millrace::cluster {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

worker::RestartPolicy policy() {
    return {.enabled = true,
            .backoff = milliseconds(100),
            .backoff_max = milliseconds(350),
            .attempts = 4,
            .permanent_attempts = 1,
            .reset_after = seconds(10)};
}

}

TEST_CASE("What fails again and again waits longer and longer, and then stays failed", "[restart]") {
    RestartSupervisor supervisor;
    const Supervised task{"orders", 0};
    const RestartSupervisor::Time now{};
    for (const auto wait : {100, 200, 350, 350}) {
        CHECK(supervisor.on_failure(task, policy(), false, now).wait == milliseconds(wait));
        supervisor.on_running(task, now);
    }
    const auto last = supervisor.on_failure(task, policy(), false, now + seconds(1));
    CHECK_FALSE(last.wait);
    CHECK(last.sentence ==
          "Not restarted automatically after 4 restarts in a row; that is as often as millrace.restart.max.attempts "
          "allows.");
    SECTION("running for long enough forgets what was") {
        supervisor.on_running(task, now + seconds(2));
        const auto again = supervisor.on_failure(task, policy(), false, now + seconds(12));
        CHECK(again.wait == milliseconds(100));
        CHECK(again.sentence == "Restarted automatically in 100 ms, restart 1 of 4 in a row.");
    }
    SECTION("so does a restart that a user asked for") {
        supervisor.forget("orders");
        CHECK(supervisor.on_failure(task, policy(), false, now).wait == milliseconds(100));
    }
    SECTION("another task has failures of its own") {
        CHECK(supervisor.on_failure({"orders", 1}, policy(), false, now).wait == milliseconds(100));
        CHECK(supervisor.on_failure({"orders"}, policy(), false, now).wait == milliseconds(100));
    }
}

TEST_CASE("A status says what comes of a failure, and a later failure is told from an earlier one", "[restart]") {
    RestartSupervisor supervisor;
    const Supervised task{"orders", 0};
    const RestartSupervisor::Time now{};
    const Settings on{{"millrace.restart.on.failure", "true"}, {"millrace.restart.backoff.ms", "7"}};
    const Config worker(worker::worker_config_keys(worker::WorkerMode::Standalone), {});
    using Status = worker::StatusListener::Status;
    Status failed{.state = worker::State::Failed, .trace = "Error: x"};
    CHECK(supervisor.on_status(task, failed, &on, worker, now) == milliseconds(7));
    CHECK(failed.trace == "Error: x\nRestarted automatically in 7 ms, restart 1 in a row.");
    const auto first = supervisor.failures(task);
    Status running{.state = worker::State::Running};
    CHECK_FALSE(supervisor.on_status(task, running, &on, worker, now));
    CHECK(supervisor.failures(task) == first);
    Status again{.state = worker::State::Failed, .trace = "Error: y"};
    CHECK(supervisor.on_status(task, again, &on, worker, now) == milliseconds(14));
    CHECK(supervisor.failures(task) != first);
    const Settings off;
    Status quiet{.state = worker::State::Failed, .trace = "Error: z"};
    CHECK_FALSE(supervisor.on_status(task, quiet, &off, worker, now));
    CHECK(quiet.trace == "Error: z");
    CHECK_FALSE(supervisor.on_status(task, quiet, nullptr, worker, now));
}

TEST_CASE("What does not pass by itself is tried once more, not for ever", "[restart]") {
    RestartSupervisor supervisor;
    auto endless = policy();
    endless.attempts = -1;
    const Supervised task{"orders", 0};
    CHECK(supervisor.on_failure(task, endless, true, {}).wait == milliseconds(100));
    const auto last = supervisor.on_failure(task, endless, true, {});
    CHECK_FALSE(last.wait);
    CHECK(last.sentence.find("remedy its cause") != std::string::npos);
    for (int i = 0; i < 100; ++i) CHECK(supervisor.on_failure({"other", 0}, endless, false, {}).wait);
}

TEST_CASE("Without the policy nothing happens and nothing is said", "[restart]") {
    RestartSupervisor supervisor;
    const auto decision = supervisor.on_failure({"orders", 0}, {}, false, {});
    CHECK_FALSE(decision.wait);
    CHECK(decision.sentence.empty());
}

TEST_CASE("A connector's settings override the worker's", "[restart]") {
    const auto parsed = [](Settings worker, const Settings& connector) {
        return worker::restart_policy(
            connector, Config(worker::worker_config_keys(worker::WorkerMode::Distributed), std::move(worker)));
    };
    CHECK_FALSE(parsed({}, {}).enabled);
    CHECK(parsed({{"millrace.restart.on.failure", "true"}}, {}).enabled);
    CHECK_FALSE(parsed({{"millrace.restart.on.failure", "true"}}, {{"millrace.restart.on.failure", "false"}}).enabled);
    CHECK(parsed({}, {{"_aiven.restart.on.failure", "true"}}).enabled);
    CHECK_FALSE(parsed({}, {{"_aiven.restart.on.failure", "true"}, {"millrace.restart.on.failure", "false"}}).enabled);
    const auto mixed = parsed({{"millrace.restart.backoff.ms", "7"}, {"millrace.restart.max.attempts", "3"}},
                              {{"millrace.restart.max.attempts", "5"}, {"millrace.restart.backoff.max.ms", "soon"}});
    CHECK(mixed.backoff == milliseconds(7));
    CHECK(mixed.attempts == 5);
    CHECK(mixed.backoff_max == milliseconds(600'000));
    CHECK(mixed.permanent_attempts == 1);
}

}
