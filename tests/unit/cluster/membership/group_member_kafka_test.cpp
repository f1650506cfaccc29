// Against a real broker: MILLRACE_TEST_KAFKA=host:port.
#include "cluster/wire/error_code.hpp"
#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"
#include "tests/unit/cluster/membership/test_group.hpp"
#include "tests/unit/environment.hpp"

#include <random>

using namespace millrace;
using namespace millrace::cluster;
using namespace std::chrono_literals;

namespace {

std::optional<std::string> broker() { return from_environment("MILLRACE_TEST_KAFKA"); }

GroupSettings settings(const std::string& bootstrap, const std::string& group, const std::string& name) {
    return {.group_id = group,
            .client_id = "connect-" + name,
            .advertised_url = "http://" + name + "/",
            .bootstrap_servers = parse_bootstrap_servers(bootstrap),
            .session_timeout = 6s,
            .heartbeat_interval = 300ms,
            .rebalance_timeout = 10s,
            .scheduled_rebalance_max_delay = 0ms};
}

std::string fresh_group() { return "millrace-test-" + std::to_string(std::random_device{}()); }

ConfigView two_connectors() {
    return {.offset = 7, .configured = {{"a", "b"}, {{"a", 0}, {"a", 1}, {"b", 0}, {"b", 1}}}};
}

DescribeGroupsResponse::Group describe(asio::io_context& context, const std::string& bootstrap,
                                       const std::string& group) {
    DescribeGroupsResponse answer;
    const auto ask = [](std::string address, std::string id, DescribeGroupsResponse* out) -> asio::awaitable<void> {
        const ConnectionSettings connection_settings{.client_id = "test"};
        const auto connection =
            co_await Connection::open(parse_bootstrap_servers(address).front(), connection_settings);
        DescribeGroupsRequest request;
        request.groups.push_back(id);
        *out = co_await connection->call(std::move(request));
    };
    run(context, ask(bootstrap, group, &answer));
    return answer.groups.at(0);
}

}

SCENARIO("a group of one", "[kafka][membership]") {
    const auto bootstrap = broker();
    if (!bootstrap) return;
    const auto protocol = GENERATE(Protocol::Sessioned, Protocol::Compatible, Protocol::Eager);
    asio::io_context context;
    const auto group = fresh_group();
    auto with = settings(*bootstrap, group, "w1:8083");
    with.protocol = protocol;
    TestHerder herder(context, with, two_connectors());
    REQUIRE(Running::run_until(context, [&] { return herder.rounds == 1; }));

    THEN("it leads itself and runs everything") {
        CHECK(herder.member.is_leader());
        CHECK(herder.member.protocol() == protocol);
        CHECK(herder.member.leader_url() == "http://w1:8083/");
        CHECK(herder.member.member_id().starts_with("connect-w1:8083-"));
        CHECK(herder.runs.connectors.size() == 2);
        CHECK(herder.runs.tasks.size() == 4);
        CHECK(herder.member.owner_url(std::string("a")) == "http://w1:8083/");
        CHECK(herder.member.owner_url(TaskId{"b", 1}) == "http://w1:8083/");
        CHECK(herder.diary->has(
            "Successfully joined group with generation Generation{generationId=1, memberId='connect-w1:8083-"));
        CHECK(herder.diary->has("Joined group at generation 1 with protocol version"));
        CHECK(describe(context, *bootstrap, group).group_state == "Stable");
    }
    THEN("its metrics tell what its connections carried") {
        worker::MetricsPage page(worker::MetricNames::Strimzi);
        herder.member.collect_metrics(page);
        const auto text = page.text();
        const auto value = [&](const std::string& name) {
            const auto line = "\nkafka_connect_" + name + "{clientId=\"connect-w1:8083\"} ";
            const auto at = text.find(line);
            INFO(name << " in " << text);
            REQUIRE(at != std::string::npos);
            return std::stod(text.substr(at + line.size()));
        };
        CHECK(value("connection_count") == 1);
        CHECK(value("connection_creation_total") == 1 + value("connection_close_total"));
        CHECK(value("request_total") >= 5);  // FindCoordinator, Metadata, two JoinGroup, SyncGroup
        CHECK(value("response_total") <= value("request_total"));
        CHECK(value("outgoing_byte_total") >= value("request_total") * value("request_size_avg") * 0.99);
        CHECK(value("incoming_byte_total") > value("response_total"));
        CHECK(value("request_latency_max") >= value("request_latency_avg"));
        CHECK(value("successful_authentication_total") == value("connection_creation_total"));
        CHECK(value("successful_authentication_no_reauth_total") == value("successful_authentication_total"));
        CHECK(value("failed_authentication_total") == 0);
        CHECK(value("successful_reauthentication_total") == 0);
        const auto of_node = [&](const std::string& name, const std::string& node) {
            const auto line =
                fmt::format("\nkafka_connect_node_{}{{clientId=\"connect-w1:8083\",nodeId=\"node-{}\"}} ", name, node);
            const auto at = text.find(line);
            INFO(line << " in " << text);
            REQUIRE(at != std::string::npos);
            return std::stod(text.substr(at + line.size()));
        };
        const auto to_bootstrap = of_node("request_total", "-1");
        CHECK(to_bootstrap >= 3);  // ApiVersions, FindCoordinator, Metadata
        CHECK(of_node("request_total", "2147483646") + to_bootstrap == value("request_total"));
        CHECK(of_node("incoming_byte_total", "2147483646") < value("incoming_byte_total"));
    }
    WHEN("the configuration changes") {
        herder.view = {.offset = 9, .configured = {{"a", "c"}, {{"a", 0}, {"c", 0}}}};
        herder.member.request_rejoin("connectors changed");
        REQUIRE(Running::run_until(
            context, [&] { return herder.runs.connectors.size() == 2 && herder.runs.tasks.size() == 2; }));
        THEN("it runs what is configured now") {
            auto connectors = herder.runs.connectors;
            std::sort(connectors.begin(), connectors.end());
            CHECK(connectors == std::vector<std::string>{"a", "c"});
            CHECK(herder.last_generation > 1);
            CHECK(herder.last_assignment.config_offset == 9);
        }
    }
    WHEN("it heartbeats for longer than its session") {
        const auto until = std::chrono::steady_clock::now() + with.session_timeout + 1s;
        REQUIRE(Running::run_until(context, [&] { return std::chrono::steady_clock::now() > until; }));
        THEN("it still is the same member") {
            CHECK(herder.rounds == 1);
            const auto now = std::chrono::steady_clock::now();
            CHECK(herder.member_until > now);
            CHECK(herder.member_until <= now + with.session_timeout);
            CHECK(herder.member.state() == GroupMember::State::Stable);
            CHECK(describe(context, *bootstrap, group).members.size() == 1);
        }
    }
    WHEN("it is stopped") {
        herder.running.cancel();
        REQUIRE(Running::run_until(context, [&] { return herder.running.ended(); }));
        THEN("the group is empty at once") {
            CHECK_FALSE(herder.running.error());
            CHECK(describe(context, *bootstrap, group).members.empty());
        }
    }
    WHEN("it leaves for a while") {
        herder.member.request_leave("reading takes too long");
        REQUIRE(Running::run_until(context, [&] { return herder.member.generation() == -1; }));
        REQUIRE(Running::run_until(context, [&] { return herder.diary->has("sending LeaveGroup request"); }));
        const auto left = [&] { return describe(context, *bootstrap, group).members.empty(); };
        while (!left()) context.run_one_for(std::chrono::milliseconds{10});
        herder.member.request_rejoin("it has read to the end");
        REQUIRE(Running::run_until(context, [&] { return herder.rounds == 2; }));
        THEN("it is a member again and runs the same") { CHECK(herder.runs.tasks.size() == 4); }
    }
}

SCENARIO("two members share, and take over from each other", "[kafka][membership]") {
    const auto bootstrap = broker();
    if (!bootstrap) return;
    const auto protocol = GENERATE(Protocol::Sessioned, Protocol::Eager);
    asio::io_context context;
    const auto group = fresh_group();
    auto with = settings(*bootstrap, group, "w1:8083");
    with.protocol = protocol;
    TestHerder first(context, with, two_connectors());
    REQUIRE(Running::run_until(context, [&] { return first.runs.tasks.size() == 4; }));
    with.client_id = "connect-w2:8083";
    with.advertised_url = "http://w2:8083/";
    auto second = std::make_unique<TestHerder>(context, with, two_connectors());
    const auto shared = [&] {
        return first.runs.tasks.size() == 2 && second->runs.tasks.size() == 2 && first.runs.connectors.size() == 1 &&
               second->runs.connectors.size() == 1;
    };
    REQUIRE(Running::run_until(context, shared));
    CHECK(first.member.leader_id() == second->member.leader_id());
    CHECK(first.member.is_leader() != second->member.is_leader());

    WHEN("one leaves") {
        second.reset();
        THEN("the other has everything") {
            CHECK(Running::run_until(
                context, [&] { return first.runs.tasks.size() == 4 && first.runs.connectors.size() == 2; }));
        }
    }
    WHEN("the follower has read the config topic further than the leader") {
        auto& leader = first.member.is_leader() ? first : *second;
        auto& follower = first.member.is_leader() ? *second : first;
        follower.view.offset = 20;
        follower.member.request_rejoin("new connector");
        const auto rounds = leader.rounds;
        THEN("nobody starts anything until the leader has read as far") {
            REQUIRE(Running::run_until(context, [&] {
                return leader.rounds > rounds + 1 && leader.last_assignment.config_offset == 20 &&
                       !leader.last_assignment.failed();
            }));
            CHECK(leader.diary->has("Assignment{error=1"));
            CHECK(Running::run_until(context, shared));
        }
    }
}

SCENARIO("one protocol is found that all members speak", "[kafka][membership]") {
    const auto bootstrap = broker();
    if (!bootstrap) return;
    asio::io_context context;
    const auto group = fresh_group();
    auto with = settings(*bootstrap, group, "w1:8083");
    TestHerder sessioned(context, with, two_connectors());
    REQUIRE(Running::run_until(context, [&] { return sessioned.runs.tasks.size() == 4; }));
    with.protocol = Protocol::Eager;
    with.client_id = "connect-w2:8083";
    TestHerder eager(context, with, two_connectors());
    REQUIRE(
        Running::run_until(context, [&] { return sessioned.runs.tasks.size() == 2 && eager.runs.tasks.size() == 2; }));
    CHECK(sessioned.member.protocol() == Protocol::Eager);
    CHECK(eager.member.protocol() == Protocol::Eager);
}

TEST_CASE("a worker of another cluster gets no work, and both sides say why", "[kafka][membership]") {
    const auto bootstrap = broker();
    if (!bootstrap) return;
    const auto protocol = GENERATE(Protocol::Sessioned, Protocol::Compatible);
    asio::io_context context;
    const auto group = fresh_group();
    auto with = settings(*bootstrap, group, "w1:8083");
    with.protocol = protocol;
    with.config_topic = "ours-configs";
    TestHerder ours(context, with, two_connectors());
    REQUIRE(Running::run_until(context, [&] { return ours.runs.tasks.size() == 4; }));
    with.advertised_url = "http://w2:8083/";
    with.config_topic = "their-configs";
    auto further = two_connectors();
    further.offset = 1000;  // of another topic: no reason for the leader to read on
    TestHerder stranger(context, with, further);
    REQUIRE(Running::run_until(context, [&] { return stranger.rounds == 1 && ours.rounds == 2; }));
    CHECK(ours.member.is_leader());
    CHECK(ours.runs.tasks.size() == 4);
    CHECK(stranger.runs.empty());
    CHECK(!stranger.last_assignment.failed());
    CHECK_THROWS_WITH(stranger.member.leader_url(), Catch::Contains(group) &&
                                                        Catch::Contains("config.storage.topic 'their-configs'") &&
                                                        Catch::Contains("http://w1:8083/ in 'ours-configs'"));
    CHECK(ours.diary->has("the worker http://w2:8083/ in 'their-configs'"));
    CHECK(stranger.diary->has("Give one of the clusters another group.id"));

    TestHerder colleague(context, settings(*bootstrap, group, "w3:8083"), two_connectors());  // one of Java, say
    REQUIRE(
        Running::run_until(context, [&] { return ours.runs.tasks.size() == 2 && colleague.runs.tasks.size() == 2; }));
    CHECK(stranger.runs.empty());
}

TEST_CASE("a session timeout that the broker refuses ends the member with a clear message", "[kafka][membership]") {
    const auto bootstrap = broker();
    if (!bootstrap) return;
    asio::io_context context;
    auto with = settings(*bootstrap, fresh_group(), "w1:8083");
    with.session_timeout = 10ms;
    TestHerder herder(context, with, two_connectors());
    REQUIRE(Running::run_until(context, [&] { return herder.running.ended(); }));
    REQUIRE(herder.running.error());
    CHECK_THROWS_WITH(std::rethrow_exception(herder.running.error()),
                      Catch::Contains("session.timeout.ms: 10 is not within"));
}
