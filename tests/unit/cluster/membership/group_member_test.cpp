#include "cluster/assignment/connect_protocol.hpp"
#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"
#include "tests/unit/cluster/membership/fake_broker.hpp"
#include "tests/unit/cluster/membership/test_group.hpp"

#include <thread>

using namespace millrace;
using namespace millrace::cluster;
using namespace std::chrono_literals;

namespace {

/// Shorter than what a busy machine lets a process wait; only for tests in which a session ends.
constexpr auto short_session = 600ms;
/// Within which a coordinator is found on a busy machine, too.
constexpr auto long_heartbeat = 1s;

struct Times {
    std::chrono::milliseconds session{10s};
    std::chrono::milliseconds heartbeat{20};
};

GroupSettings settings(std::uint16_t port, Times times) {
    return {.group_id = "g",
            .client_id = "connect-w1:8083",
            .advertised_url = "http://w1:8083/",
            .bootstrap_servers = {{.host = "127.0.0.1", .port = port}},
            .session_timeout = times.session,
            .heartbeat_interval = times.heartbeat,
            .rebalance_timeout = 1s,
            .retry_backoff = 5ms,
            .retry_backoff_max = 20ms};
}
ConfigView one_connector() { return {.offset = 3, .configured = {{"a"}, {{"a", 0}}}}; }

struct Fixture {
    asio::io_context context;
    FakeBroker broker{context};
    std::optional<TestHerder> herder;
    void start(Times times = {}) { herder.emplace(context, settings(broker.port(), times), one_connector()); }
    void join(Times times = {}) {
        start(times);
        REQUIRE(until([&] { return herder->rounds == 1; }));
    }
    bool until(const std::function<bool()>& condition) { return Running::run_until(context, condition, 60s); }
    /// The member ended by itself: why.
    std::string fatal() {
        start();
        REQUIRE(until([&] { return herder->running.ended(); }));
        REQUIRE(herder->running.error());
        try {
            std::rethrow_exception(herder->running.error());
        } catch (const std::exception& e) {
            return e.what();
        }
    }
};

}

TEST_CASE_METHOD(Fixture, "a first join takes the member id that the broker gives", "[membership]") {
    join();
    CHECK(broker.ids_joined_with == std::vector<std::string>{"", "m1"});
    CHECK(herder->member.member_id() == "m1");
    CHECK_FALSE(decode_metadata(Protocol::Sessioned, broker.metadata_joined_with.back()).allocation);
    CHECK(herder->runs == Work{{"a"}, {{"a", 0}}});
}

TEST_CASE_METHOD(Fixture, "errors that pass are waited out", "[membership]") {
    broker.fail(FindCoordinatorRequest::api, {15, 14});
    broker.fail(JoinGroupRequest::api, {14, 16, 27, 15});
    broker.fail(SyncGroupRequest::api, {27, 16});
    join();
    CHECK(herder->losses == 0);
    CHECK(herder->runs == Work{{"a"}, {{"a", 0}}});
}

TEST_CASE_METHOD(Fixture, "a heartbeat tells of a rebalance: the member joins again and says what it runs",
                 "[membership]") {
    join();
    broker.fail(HeartbeatRequest::api, {27});
    REQUIRE(until([&] { return herder->rounds == 2; }));
    CHECK(broker.ids_joined_with.back() == "m1");
    const auto metadata = decode_metadata(Protocol::Sessioned, broker.metadata_joined_with.back());
    REQUIRE(metadata.allocation);
    CHECK(metadata.allocation->assigned == Work{{"a"}, {{"a", 0}}});
    CHECK(herder->revocations == 0);
    CHECK(herder->runs == Work{{"a"}, {{"a", 0}}});
}

TEST_CASE_METHOD(Fixture, "in the eager protocol everything is stopped before the next join", "[membership]") {
    broker.protocol = "default";
    join();
    herder->member.request_rejoin("test");
    REQUIRE(until([&] { return herder->rounds == 2; }));
    CHECK(herder->revocations == 1);
    CHECK(herder->runs == Work{{"a"}, {{"a", 0}}});
}

TEST_CASE_METHOD(Fixture, "who comes to the eager protocol from another one stops everything too", "[membership]") {
    join();
    broker.protocol = "default";
    herder->member.request_rejoin("test");
    REQUIRE(until([&] { return herder->rounds == 2; }));
    CHECK(herder->revocations == 1);
    CHECK(herder->runs == Work{{"a"}, {{"a", 0}}});
}

TEST_CASE_METHOD(Fixture, "an unknown member joins as a new one, a lost generation with its old id", "[membership]") {
    join();
    broker.fail(HeartbeatRequest::api, {22});
    REQUIRE(until([&] { return herder->rounds == 2; }));
    CHECK(broker.ids_joined_with.back() == "m1");
    broker.fail(HeartbeatRequest::api, {25});
    REQUIRE(until([&] { return herder->rounds == 3; }));
    CHECK(herder->member.member_id() == "m2");
    // Dropping the generation interrupts nothing that runs.
    CHECK(herder->revocations == 0);
    CHECK(herder->losses == 0);
}

TEST_CASE_METHOD(Fixture, "a heartbeat that fails is repeated, and the session goes on", "[membership]") {
    join();
    const auto before = broker.requests(HeartbeatRequest::api);
    broker.fail(HeartbeatRequest::api, {14, 14, 30});
    REQUIRE(until([&] { return broker.requests(HeartbeatRequest::api) > before + 5; }));
    CHECK(herder->rounds == 1);
}

TEST_CASE_METHOD(Fixture, "when the coordinator cannot be reached all work stops, and begins again when it can",
                 "[membership]") {
    join();
    broker.stop();
    REQUIRE(until([&] { return herder->losses == 1; }));
    CHECK(herder->runs.empty());
    CHECK_FALSE(herder->member.assignment());
    broker.start();
    REQUIRE(until([&] { return herder->rounds == 2; }));
    CHECK_FALSE(decode_metadata(Protocol::Sessioned, broker.metadata_joined_with.back()).allocation);
    CHECK(herder->losses == 1);
}

TEST_CASE_METHOD(Fixture, "a broker that is there at the second try costs no work", "[membership]") {
    join({.heartbeat = long_heartbeat});
    broker.fail(HeartbeatRequest::api, {16});
    REQUIRE(until([&] { return herder->diary->has("Rediscovery will be attempted"); }));
    const auto before = broker.requests(HeartbeatRequest::api);
    REQUIRE(until([&] { return broker.requests(HeartbeatRequest::api) > before + 2; }));
    CHECK(herder->losses == 0);
    CHECK(herder->rounds == 1);
}

TEST_CASE_METHOD(Fixture, "a coordinator that answers nothing is given up after the session time-out", "[membership]") {
    join({.session = short_session});
    broker.silent = true;
    const auto searches = broker.requests(FindCoordinatorRequest::api);
    REQUIRE(until([&] { return herder->losses == 1; }));
    CHECK(broker.requests(FindCoordinatorRequest::api) == searches);  // a leader's work stops before it searches
    broker.silent = false;
    CHECK(until([&] { return herder->rounds == 2; }));
}

TEST_CASE_METHOD(Fixture, "no broker at the start is waited for", "[membership]") {
    broker.stop();
    start();
    REQUIRE(until([&] { return herder->diary->has("Connection refused"); }));
    broker.start();
    REQUIRE(until([&] { return herder->rounds == 1; }));
    CHECK(herder->losses == 0);
}

TEST_CASE_METHOD(Fixture, "what cannot be cured ends the member with the reason", "[membership]") {
    SECTION("a group that is forbidden") {
        broker.fail(FindCoordinatorRequest::api, {30});
        CHECK(fatal() == "Not authorized to access group: g");
    }
    SECTION("a group of something else") {
        broker.fail(JoinGroupRequest::api, {23});
        CHECK_THAT(fatal(), Catch::Contains("INCONSISTENT_GROUP_PROTOCOL (23)"));
    }
    SECTION("a name that is none") {
        broker.fail(JoinGroupRequest::api, {24});
        CHECK(fatal() == "group.id: the broker takes no group of the name 'g'");
    }
    SECTION("an error of the future") {
        broker.fail(JoinGroupRequest::api, {1234});
        CHECK_THAT(fatal(), Catch::Contains("error 1234"));
    }
}

TEST_CASE_METHOD(Fixture, "empty bytes instead of an assignment mean: join again", "[membership]") {
    broker.assignment = Bytes{};
    start();
    REQUIRE(until([&] { return herder->diary->has("no assignment that this worker can read"); }));
    broker.assignment.reset();
    CHECK(until([&] { return herder->rounds == 1; }));
}

TEST_CASE_METHOD(Fixture, "revoked work has ended before the member joins again", "[membership]") {
    join();
    Assignment order{.leader = "m1", .leader_url = "http://w1:8083/", .config_offset = 3, .revoked = {{}, {{"a", 0}}}};
    broker.assignment = encode_assignment(order);
    herder->member.request_rejoin("test");
    REQUIRE(until([&] { return herder->rounds == 2; }));
    broker.assignment.reset();
    CHECK(herder->revocations == 1);
    CHECK(herder->last_assignment.revoked == Work{{}, {{"a", 0}}});
    CHECK(herder->runs == Work{{"a"}, {}});
    REQUIRE(until([&] { return herder->rounds == 3; }));
    const auto metadata = decode_metadata(Protocol::Sessioned, broker.metadata_joined_with.back());
    REQUIRE(metadata.allocation);
    CHECK(metadata.allocation->assigned == Work{{"a"}, {}});
}

TEST_CASE_METHOD(Fixture,
                 "who cannot stop revoked work within the rebalance time-out leaves, and joins as a new member",
                 "[membership]") {
    join();
    herder->hold.emplace(context.get_executor());
    Assignment order{.leader = "m1", .leader_url = "http://w1:8083/", .config_offset = 3, .revoked = {{}, {{"a", 0}}}};
    broker.assignment = encode_assignment(order);
    herder->member.request_rejoin("test");
    REQUIRE(until([&] { return !broker.members_that_left.empty(); }));
    CHECK(herder->diary->has("stopping revoked work timed out after 1000 ms"));
    CHECK(broker.members_that_left == std::vector<std::string>{"m1"});
    broker.assignment.reset();
    herder->hold.reset();
    REQUIRE(until([&] { return herder->rounds == 2; }));
    CHECK(herder->member.member_id() == "m2");
}

TEST_CASE_METHOD(Fixture, "a coordinator that moves is followed, and no work stops", "[membership]") {
    join({.heartbeat = long_heartbeat});
    FakeBroker other(context);
    broker.coordinator = other.port();
    broker.fail(HeartbeatRequest::api, {16});
    REQUIRE(until([&] { return other.requests(HeartbeatRequest::api) > 2; }));
    CHECK(herder->losses == 0);
    CHECK(herder->rounds == 1);
    CHECK(herder->runs == Work{{"a"}, {{"a", 0}}});
    herder->running.cancel();
    REQUIRE(until([&] { return herder->running.ended(); }));
    CHECK(other.members_that_left == std::vector<std::string>{"m1"});
}

TEST_CASE_METHOD(Fixture, "a member that is stopped says goodbye, whatever it is doing", "[membership]") {
    join({.heartbeat = 3s});  // a goodbye has so long
    SECTION("heartbeating") {}
    SECTION("joining, while the broker is silent") {
        broker.silent = true;
        const auto before = broker.requests(JoinGroupRequest::api);
        herder->member.request_rejoin("test");
        REQUIRE(until([&] { return broker.requests(JoinGroupRequest::api) > before; }));
        broker.silent = false;
    }
    herder->running.cancel();
    REQUIRE(until([&] { return herder->running.ended(); }));
    CHECK_FALSE(herder->running.error());
    CHECK(broker.members_that_left == std::vector<std::string>{"m1"});
}

TEST_CASE_METHOD(Fixture, "a herder that hangs leaves the group until it goes on", "[membership]") {
    join();
    herder->member.mark_progress();
    REQUIRE(until([&] { return !broker.members_that_left.empty(); }));
    CHECK(herder->member.generation() == -1);
    herder->member.mark_progress();
    CHECK(until([&] { return herder->rounds == 2; }));
}

TEST_CASE_METHOD(Fixture, "a leader that was suspended past its session stops its work before it joins again",
                 "[membership]") {
    join({.session = short_session});
    const auto suspended = std::chrono::steady_clock::now();
    std::this_thread::sleep_until(suspended + short_session + 100ms);  // what SIGSTOP does to the process
    REQUIRE(until([&] { return herder->rounds == 2; }));
    CHECK(herder->losses == 1);
    CHECK_FALSE(decode_metadata(Protocol::Sessioned, broker.metadata_joined_with.back()).allocation);
}

TEST_CASE_METHOD(Fixture, "a session that is over begins again when the group has answered", "[membership]") {
    join({.session = short_session});
    const auto suspended = std::chrono::steady_clock::now();
    std::this_thread::sleep_until(suspended + short_session + 100ms);
    const auto thawed = std::chrono::steady_clock::now();
    const auto joins = broker.ids_joined_with.size();
    SECTION("when it has found its coordinator, and asks to join") {
        REQUIRE(until([&] { return broker.ids_joined_with.size() > joins; }));
        CHECK(herder->member_until <= thawed);
    }
    SECTION("when it has joined") {
        REQUIRE(until([&] { return herder->rounds == 2; }));
        CHECK(herder->member_until > thawed);
    }
}

TEST_CASE_METHOD(Fixture, "an unknown member's session is over", "[membership]") {
    join({.heartbeat = 1s});
    REQUIRE(herder->member_until > std::chrono::steady_clock::now());
    broker.fail(HeartbeatRequest::api, {25});
    REQUIRE(until([&] { return herder->diary->has("encountered UNKNOWN_MEMBER_ID"); }));
    CHECK(herder->member_until <= std::chrono::steady_clock::now());
    REQUIRE(until([&] { return herder->rounds == 2; }));
    CHECK(herder->member_until > std::chrono::steady_clock::now());
}

TEST_CASE_METHOD(Fixture, "in the eager protocol work of a session that is over is not stopped gently",
                 "[membership]") {
    broker.protocol = "default";
    join();
    broker.fail(HeartbeatRequest::api, {25});
    REQUIRE(until([&] { return herder->rounds == 2; }));
    CHECK(herder->losses == 1);
    CHECK(herder->revocations == 0);
}
