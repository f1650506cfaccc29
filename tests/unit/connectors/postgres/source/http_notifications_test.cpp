#include "connectors/postgres/source/http_notifications.hpp"

#include "connectors/postgres/source/notifications.hpp"
#include "tests/pch.hpp"
#include "tests/unit/connectors/http/fake_http_server.hpp"
#include "tests/unit/connectors/postgres/source/task_fixture.hpp"
#include "tests/unit/eventually.hpp"
#include "tests/unit/log_lines.hpp"

#include <fmt/format.h>

#include <latch>

using namespace millrace;
using namespace millrace::postgres;
using std::chrono::milliseconds;

namespace {

NotificationConfig config_for(const FakeHttpServer& server, int retries = 2) {
    return {.http = true,
            .url = server.url() + "/hook/secret?token=secret",
            .timeout = std::chrono::hours(1),
            .retries = retries,
            .allow_private_networks = true};
}

/// The waits between tries, which take no time here.
struct Waits {
    void operator()(milliseconds time, const std::stop_token&) {
        const std::lock_guard lock(mutex);
        all.push_back(time.count());
    }
    std::vector<std::int64_t> seen() {
        const std::lock_guard lock(mutex);
        return all;
    }
    std::mutex mutex = {};
    std::vector<std::int64_t> all = {};
};

std::vector<std::string> bodies(FakeHttpServer& server) {
    std::vector<std::string> all;
    for (const auto& request : server.seen()) all.push_back(request.body);
    return all;
}

using Bodies = std::vector<std::string>;
using Millis = std::vector<std::int64_t>;

struct Channel {
    explicit Channel(NotificationConfig given, milliseconds last_words = milliseconds(60'000))
        : config(std::move(given)),
          channel(std::make_unique<HttpNotifications>(HttpNotifications::Parts{
              .config = config,
              .logger = Logger(log, "test"),
              .wait = [this](milliseconds time, const std::stop_token& stop) { waits(time, stop); },
              .last_words = last_words})) {}

    NotificationConfig config;
    std::shared_ptr<LogLines> log = std::make_shared<LogLines>();
    Waits waits = {};
    std::unique_ptr<HttpNotifications> channel;
};

}

TEST_CASE("notifications are posted in their order", "[postgres]") {
    FakeHttpServer server([](const SeenRequest&) { return FakeAnswer{204, ""}; });
    Channel channel(config_for(server));
    channel.channel->send("STARTED", "one");
    channel.channel->send("COMPLETED", "two");
    CHECK(eventually([&] { return server.seen().size() == 2; }));
    CHECK(bodies(server) == Bodies{"one", "two"});
    const auto request = server.seen().front();
    CHECK(request.method == "POST");
    CHECK(request.path == "/hook/secret?token=secret");
    CHECK(request.headers.at("content-type") == "application/json");
    channel.channel.reset();
    CHECK(channel.log->all().empty());
}

TEST_CASE("what is not taken is sent again, the last notification of a snapshot three times at least", "[postgres]") {
    FakeHttpServer server([](const SeenRequest& request) {
        return FakeAnswer{request.body == "fine" ? 200 : request.body == "moved" ? 301 : 500, "no"};
    });
    Channel channel(config_for(server, 1));
    channel.channel->send("IN_PROGRESS", "moved");
    channel.channel->send("COMPLETED", "refused");
    channel.channel->send("STARTED", "fine");
    CHECK(eventually([&] { return server.seen().size() == 7; }));
    channel.channel.reset();
    CHECK(bodies(server) == Bodies{"moved", "moved", "refused", "refused", "refused", "refused", "fine"});
    CHECK(channel.waits.seen() == Millis{1000, 1000, 2000, 4000});
    const auto log = channel.log->all();
    CHECK_THAT(log, Catch::Contains("Dropped snapshot notification IN_PROGRESS to http://127.0.0.1:"));
    CHECK_THAT(log, Catch::Contains("after 2 attempts: HTTP 301"));
    CHECK_THAT(log, Catch::Contains("Failed to deliver terminal snapshot notification COMPLETED to http://127.0.0.1:"));
    CHECK_THAT(log, Catch::Contains("after 4 attempts: HTTP 500"));
    CHECK_THAT(log, !Catch::Contains("secret"));
}

TEST_CASE("the waits between tries end at 30 s", "[postgres]") {
    FakeHttpServer server([](const SeenRequest&) { return FakeAnswer{0, ""}; });
    Channel channel(config_for(server, 7));
    channel.channel->send("STARTED", "x");
    CHECK(eventually([&] { return server.seen().size() == 8; }));
    channel.channel.reset();
    CHECK(channel.waits.seen() == Millis{1000, 2000, 4000, 8000, 16000, 30000, 30000});
    CHECK_THAT(channel.log->all(),
               Catch::Contains("after 8 attempts: no answer from http://127.0.0.1:") && !Catch::Contains("secret"));
}

TEST_CASE("nobody waits for a slow endpoint, and what is too much is dropped", "[postgres]") {
    std::latch answers(1);
    FakeHttpServer server([&](const SeenRequest&) {
        answers.wait();
        return FakeAnswer{200, ""};
    });
    Channel channel(config_for(server));
    channel.channel->send("STARTED", "first");
    CHECK(eventually([&] { return server.seen().size() == 1; }));
    for (int i = 0; i < 1001; ++i) channel.channel->send("IN_PROGRESS", std::to_string(i));
    CHECK_THAT(channel.log->all(), Catch::Contains("Dropped snapshot notification IN_PROGRESS to http://127.0.0.1:") &&
                                       Catch::EndsWith(": delivery queue is full\n"));
    answers.count_down();
    CHECK(eventually([&] { return server.seen().size() == 1001; }));
    CHECK(bodies(server).back() == "999");
}

TEST_CASE("what is left at the end is tried once", "[postgres]") {
    FakeHttpServer server([](const SeenRequest&) { return FakeAnswer{503, ""}; });
    std::latch closing(1);
    auto config = config_for(server);
    const auto log = std::make_shared<LogLines>();
    auto channel = std::make_unique<HttpNotifications>(
        HttpNotifications::Parts{.config = config,
                                 .logger = Logger(log, "test"),
                                 .wait =
                                     [&](milliseconds time, const std::stop_token& stop) {
                                         closing.count_down();
                                         wait_or_stop(time * 1000, stop);  // ends with the channel alone
                                     },
                                 .last_words = milliseconds(60'000)});
    channel->send("STARTED", "one");
    closing.wait();
    channel->send("COMPLETED", "two");
    channel.reset();
    CHECK(bodies(server) == Bodies{"one", "one", "two"});
    CHECK_THAT(log->all(), Catch::Contains("notification STARTED") && Catch::Contains("notification COMPLETED"));
}

TEST_CASE("an endpoint that never answers does not hold up the end", "[postgres]") {
    std::latch answers(1);
    FakeHttpServer server([&](const SeenRequest&) {
        answers.wait();
        return FakeAnswer{200, ""};
    });
    Channel channel(config_for(server), milliseconds(1));
    channel.channel->send("STARTED", "one");
    channel.channel->send("COMPLETED", "two");
    CHECK(eventually([&] { return server.seen().size() == 1; }));
    channel.channel.reset();
    CHECK(server.seen().size() == 1);
    CHECK_THAT(channel.log->all(), Catch::Contains("notification COMPLETED"));
    answers.count_down();
}

TEST_CASE("notifications go to public addresses alone unless private ones are allowed", "[postgres]") {
    FakeHttpServer server([](const SeenRequest&) { return FakeAnswer{200, ""}; });
    auto config = config_for(server);
    config.allow_private_networks = false;
    Channel channel(config);
    channel.channel->send("STARTED", "one");
    CHECK(eventually([&] { return !channel.log->all().empty(); }));
    CHECK_THAT(channel.log->all(), Catch::Contains("after 1 attempts: URL resolves to non-public address: 127.0.0.1"));
    CHECK(server.seen().empty());
}

TEST_CASE("a notification is posted with Debezium's names", "[postgres]") {
    FakeHttpServer server([](const SeenRequest&) { return FakeAnswer{200, ""}; });
    const SourceConfig config{.topics = {.prefix = "p"}, .notifications = config_for(server)};
    const Notifier notifier(config, [] { return std::int64_t{12'000'000}; }, Logger());
    BatchBuilder batch("p", {.records = 10, .bytes = 1000});
    notifier.send({.type = "IN_PROGRESS", .id = "some", .data = {{"data_collections", "s.\"t\""}}}, nullptr, batch);
    CHECK(batch.empty());
    CHECK(eventually([&] { return server.seen().size() == 1; }));
    CHECK(bodies(server).front() == R"({"aggregateType":"Initial Snapshot","type":"IN_PROGRESS",)"
                                    R"("additionalData":{"data_collections":"s.\"t\"","connector_name":"p"},)"
                                    R"("timestamp":12,"id":"some"})");
}

TEST_CASE("a snapshot is told over HTTP", "[postgres]") {
    const auto server = test::test_server();
    if (!server) return;
    FakeHttpServer endpoint([](const SeenRequest&) { return FakeAnswer{200, ""}; });
    test::Database database(*server, "millrace_posted");
    database.run("CREATE TABLE t(id int PRIMARY KEY)");
    database.run("INSERT INTO t VALUES (1)");
    test::Harness harness;
    harness.start(database.connector({{"notification.enabled.channels", "http,jmx"},
                                      {"notification.http.url", endpoint.url()},
                                      {"notification.http.allow.private.networks", "true"}}));
    CHECK(harness.take(1).front().id == 1);
    CHECK(eventually([&] {
        const auto all = bodies(endpoint);
        return !all.empty() && all.back().find(R"("type":"COMPLETED")") != std::string::npos;
    }));
    harness.stop();
    CHECK_THAT(bodies(endpoint).front(), Catch::Contains(R"("type":"STARTED")"));
}

TEST_CASE("a stream does not wait for notifications that nobody takes", "[postgres]") {
    const auto server = test::test_server();
    if (!server) return;
    std::latch answers(1);
    FakeHttpServer endpoint([&](const SeenRequest&) {
        answers.wait();
        return FakeAnswer{500, ""};
    });
    test::Database database(*server, "millrace_not_taken");
    database.run("CREATE TABLE t(id int PRIMARY KEY)");
    database.run("INSERT INTO t VALUES (1)");
    test::Harness harness;
    harness.start(database.connector({{"notification.enabled.channels", "http"},
                                      {"notification.http.url", endpoint.url()},
                                      {"notification.http.retries", "0"},
                                      {"notification.http.allow.private.networks", "true"}}));
    CHECK(harness.take(1).front().op == 'r');
    database.run("INSERT INTO t VALUES (2)");
    CHECK(harness.take(1).front().op == 'c');
    answers.count_down();
    harness.stop();
}
