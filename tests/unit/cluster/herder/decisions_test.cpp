/// The herder's decisions: signatures, session keys, restarts, catching up.
#include "cluster/herder/decisions.hpp"

#include "cluster/herder/request_signature.hpp"
#include "cluster/herder/restart_plan.hpp"
#include "cluster/herder/session_key.hpp"
#include "cluster/herder/stage.hpp"
#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::cluster;
using namespace std::chrono_literals;

namespace {

std::string key_bytes() {
    std::string key;
    for (char c = 0; c < 32; ++c) key += c;
    return key;
}

int status_of(const RequestSignature& request, const std::optional<SessionKey>& key) {
    try {
        verify_request(request, {"HmacSHA256"}, key);
        return 200;
    } catch (const SignatureException& e) {
        return e.status;
    }
}

}

TEST_CASE("requests are signed as Java workers sign them") {
    CHECK(sign_request("HmacSHA256", key_bytes(), "") == "04tCCW2A9F+Ca0Sp1WB95ySWpBXT9KGoyI47udqNwcs=");
    CHECK(sign_request("HmacSHA256", key_bytes(), R"([{"a":"b"}])") == "Eroe1tB3QaSe5EJ0n/U/3E2UQZRh4D5G73yb9AU1xkM=");
}

TEST_CASE("a signature is checked in Java's order") {
    const SessionKey key{key_bytes(), "HmacSHA256", 0};
    const std::string good = sign_request("HmacSHA256", key.key, "x");
    CHECK(status_of({good, "HmacSHA256", "x"}, key) == 200);
    CHECK(status_of({good, "HmacSHA256", "y"}, key) == 403);
    CHECK(status_of({good, "HmacSHA256", "x"}, std::nullopt) == 503);
    CHECK(status_of({std::nullopt, "HmacSHA256", "x"}, key) == 400);
    CHECK_THROWS_WITH(verify_request({good, "Zork", "x"}, {"HmacSHA256"}, key), "Algorithm Zork not available");
    CHECK_THROWS_WITH(verify_request({"%", "HmacSHA256", "x"}, {"HmacSHA256"}, key), "Illegal base64 character 25");
    CHECK_THROWS_WITH(verify_request({good, "HmacSHA1", "x"}, {"HmacSHA256"}, key),
                      Catch::Contains("does not support the 'HmacSHA1' key signing") &&
                          Catch::Contains("configured to use: [HmacSHA256]"));
}

TEST_CASE("a session key is renewed when it is old, unknown or of another kind") {
    SessionKeySettings settings;
    const auto key = make_session_key(settings, 1000, [](std::size_t count) { return std::string(count, 'k'); });
    CHECK(key.key == std::string(32, 'k'));
    CHECK(needs_new_session_key(std::nullopt, settings, 0));
    CHECK_FALSE(needs_new_session_key(key, settings, 1000 + 3599999));
    CHECK(needs_new_session_key(key, settings, 1000 + 3600000));
    settings.ttl = 0ms;
    CHECK_FALSE(needs_new_session_key(key, settings, 1'000'000'000'000));
    settings.key_size_bits = 512;
    CHECK(needs_new_session_key(key, settings, 1000));
    settings.generation_algorithm = "Zork";
    CHECK_THROWS_AS(session_key_bytes(settings), ConfigException);
}

TEST_CASE("a restart touches what was asked for") {
    const ConnectorStateInfo current{.name = "c",
                                     .connector = {.state = State::Running, .worker_id = "w"},
                                     .tasks = {{0, {.state = State::Failed, .worker_id = "w", .trace = "boom"}},
                                               {1, {.state = State::Running, .worker_id = "w"}}},
                                     .type = "source"};
    const auto failed = make_restart_plan({"c", true, true}, current);
    CHECK_FALSE(failed.restart_connector);
    CHECK(failed.restart_tasks == std::vector<TaskId>{{"c", 0}});
    CHECK(failed.state.tasks[0].second.state == State::Restarting);
    CHECK(failed.state.tasks[0].second.trace == "boom");
    CHECK(make_restart_plan({"c", false, false}, current).restart_connector);
    CHECK(make_restart_plan({"c", false, false}, current).restart_tasks.empty());
    CHECK(make_restart_plan({"c", false, true}, current).restart_tasks.size() == 2);

    CHECK(stronger({"c", true, false}, {"c", true, true}).include_tasks);
    CHECK_FALSE(stronger({"c", false, false}, {"c", true, true}).only_failed);
    CHECK(to_string(RestartRequest{"c", false, true}) ==
          "restart request for {connectorName='c', onlyFailed=false, includeTasks=true}");
}

TEST_CASE("an assignment is caught up with before its work starts") {
    const SteadyTime now{};
    CHECK_FALSE(plan_catch_up({.assignment_offset = 5, .applied_offset = 5}, now).read_to_end);
    CHECK(plan_catch_up({.assignment_offset = 6, .applied_offset = 5}, now).read_to_end);
    const auto failed =
        plan_catch_up({.failed = true, .leader = true, .assignment_offset = 5, .applied_offset = 5}, now);
    CHECK((failed.read_to_end && failed.rejoin));
    CHECK_FALSE(plan_catch_up({.failed = true, .assignment_offset = 5, .applied_offset = 5}, now).read_to_end);
    CHECK(plan_catch_up({.scheduled_rebalance = now}, now).rejoin);
    CHECK_FALSE(plan_catch_up({.scheduled_rebalance = now + 1ms}, now).rejoin);
}

TEST_CASE("task configurations are written only when something differs") {
    ClusterConfigState state;
    state.connector_configs["c"] = {{"a", "1"}};
    state.applied_configs["c"] = {{"a", "1"}};
    state.task_counts["c"] = 1;
    state.task_configs[{"c", 0}] = {{"t", "1"}};
    CHECK_FALSE(task_configs_changed(state, "c", {{{"t", "1"}}}));
    CHECK(task_configs_changed(state, "c", {{{"t", "2"}}}));
    CHECK(task_configs_changed(state, "c", {}));
    state.connector_configs["c"] = {{"a", "2"}};
    CHECK(task_configs_changed(state, "c", {{{"t", "1"}}}));
}

TEST_CASE("back-offs grow and end") {
    CHECK(reconfiguration_backoff(0) == 250ms);
    CHECK(reconfiguration_backoff(3) == 2000ms);
    CHECK(reconfiguration_backoff(100) == 60000ms);
    const std::vector<int> pauses{6000, 7500, 10000, 15000, 30000};
    for (int i = 0; i < 5; ++i)
        CHECK(catch_up_backoff(i + 1, 300000ms) == std::chrono::milliseconds(pauses[static_cast<std::size_t>(i)]));
    CHECK_FALSE(catch_up_backoff(6, 300000ms));
}

TEST_CASE("the stage says what the worker does, and since when") {
    StageLog log;
    CHECK(log.sentence().empty());
    const StageLog::Time t{1795227401228ms};
    log.begin("shutting down", t);
    CHECK(log.sentence() == "The worker is currently shutting down, which began at 2026-11-21T02:16:41.228Z.");
    log.complete(t + 772ms);
    CHECK(log.sentence() ==
          "The last operation the worker completed was shutting down, which began at "
          "2026-11-21T02:16:41.228Z and completed at 2026-11-21T02:16:42Z.");
}

TEST_CASE("a leader that speaks of another config topic is doubted") {
    const AssignmentView behind{.assignment_offset = 7, .applied_offset = 1};
    const AssignmentView ahead{.failed = true, .assignment_offset = 7, .applied_offset = 7};
    CHECK(doubts_topic(behind));
    CHECK(doubts_topic(ahead));
    CHECK_FALSE(doubts_topic({.assignment_offset = 7, .applied_offset = 7}));
    CHECK_FALSE(doubts_topic({.assignment_offset = 7, .applied_offset = 8}));  // it has gone on
    CHECK_FALSE(doubts_topic({.failed = true, .leader = true, .assignment_offset = 7, .applied_offset = 7}));
    CHECK_FALSE(doubts_topic({.failed = true, .assignment_offset = 9, .applied_offset = 7}));  // another one is ahead

    const auto about = [](const AssignmentView& view, bool proven, int doubts, int leaves) {
        const auto doubt = about_topic(view, proven, doubts, leaves, 5min);
        return std::pair(doubt.leave, doubt.pause);
    };
    CHECK(about(behind, false, 1, 0) == std::pair(true, 2000ms));
    CHECK(about(behind, false, 1, 1) == std::pair(true, 300'000ms));
    const AssignmentView leading{.failed = true, .leader = true, .assignment_offset = 7, .applied_offset = 1};
    CHECK(doubts_topic(leading));
    CHECK(about(leading, false, 1, 0) == std::pair(false, 200ms));
    CHECK(about(leading, true, 100, 0) == std::pair(false, 3200ms));
    CHECK(plan_catch_up({.leader = true, .doubts_members = true}, {}).read_to_end);
    CHECK_FALSE(plan_catch_up({.doubts_members = true}, {}).read_to_end);
    for (const auto& [view, proven] : {std::pair(behind, true), std::pair(ahead, false)}) {
        CHECK(about(view, proven, 1, 0) == std::pair(false, 200ms));
        CHECK(about(view, proven, 5, 0) == std::pair(false, 3200ms));
        CHECK(about(view, proven, 6, 0) == std::pair(true, 2000ms));
    }
}
