/// A worker with a counting source against a real broker: MILLRACE_TEST_KAFKA=host:port. With
/// MILLRACE_TEST_KAFKA_RESTART, a shell command that restarts that broker with its data, losing it is tried too.
#include "connectors/converters/plugin.hpp"
#include "tests/pch.hpp"
#include "tests/unit/environment.hpp"
#include "tests/unit/worker/runtime/fakes.hpp"
#include "worker/kafka/admin.hpp"
#include "worker/kafka/consumer.hpp"
#include "worker/plugins/registry.hpp"
#include "worker/runtime/lease.hpp"
#include "worker/runtime/worker.hpp"

#include <cstdlib>
#include <future>

using namespace millrace;
using namespace millrace::worker;
using namespace millrace::worker::test;
using namespace std::chrono_literals;

namespace {

std::string unique_topic(const std::string& stem) {
    return stem + "-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
}

/// -1 if the broker does not say it in time.
std::int64_t end_offset(Admin& admin, const std::string& topic) {
    if (!admin.partition_count(topic)) return 0;
    std::int64_t offset = -1;
    eventually([&] {
        try {
            offset = admin.offsets(topic, 1, Admin::OffsetSpec::Latest).at(0);
            return true;
        } catch (const RetriableKafkaException&) {  // a new topic's leader is not ready yet
            return false;
        }
    });
    return offset;
}

std::vector<std::int64_t> numbers_in(const std::string& brokers, const std::string& topic, std::size_t count) {
    Consumer consumer(translate(ClientKind::Consumer, {{"bootstrap.servers", brokers}}), {});
    const std::vector<Consumer::Assignment> all{{.partition = {topic, 0}}};
    consumer.assign(all);
    std::vector<std::int64_t> numbers;
    eventually([&] {
        consumer.poll(100ms, [&](const ConsumerRecord& r) { numbers.push_back(std::stoll(std::string(*r.value))); });
        return numbers.size() >= count;
    });
    return numbers;
}

/// A worker and what it needs, on one broker.
struct Bench {
    std::string brokers;
    ParsedWorkerConfig parsed;
    PluginRegistry plugins;
    MemoryOffsetStore offsets;
    RememberingListener listener;
    Admin admin;
    std::unique_ptr<Worker> worker;

    explicit Bench(const std::string& where, Settings more = {})
        : brokers(where),
          parsed(parse_worker_config(WorkerMode::Distributed,
                                     [&] {
                                         auto settings = worker_settings(where);
                                         for (const auto& [k, v] : more) settings[k] = v;
                                         return settings;
                                     }())),
          admin(translate(ClientKind::Admin, {{"bootstrap.servers", where}}), {}, 30s) {
        plugins.add(test::manifest());
        plugins.add(converters::manifest());
        worker = std::make_unique<Worker>(WorkerDependencies{
            .config = parsed.config, .plugins = plugins, .offsets = offsets, .listener = listener, .logger = {}});
    }
    void start(const Settings& connector, TargetState target = TargetState::Started) {
        worker->start_task({connector.at("name"), 0}, connector, connector, target);
    }
    std::chrono::milliseconds stop(const std::string& name) {
        const auto begin = std::chrono::steady_clock::now();
        const auto done = std::make_shared<std::promise<void>>();
        worker->stop_tasks({{name, 0}}, [done](const std::exception_ptr&) { done->set_value(); });
        done->get_future().wait();
        return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
    }
};

}

TEST_CASE("records arrive in order and offsets follow acknowledgements", "[kafka]") {
    const auto brokers = from_environment("MILLRACE_TEST_KAFKA");
    if (!brokers) return;
    forget("order");
    Bench bench(*brokers);
    const auto topic = unique_topic("order");
    bench.admin.create_topic({.name = topic, .partitions = 1, .replication_factor = 1});
    std::vector<std::pair<std::int64_t, std::int64_t>> early;  // stored offset, records in the topic then
    bench.offsets.on_write = [&](std::int64_t n) {
        const auto there = end_offset(bench.admin, topic);
        if (there <= n) early.emplace_back(n, there);
    };
    constexpr int count = 20'000;
    bench.start(counting_connector("order", topic, count));
    REQUIRE(eventually([&] { return bench.offsets.stored("order") == count - 1; }));
    CHECK(eventually([&] { return !seen("order").committed.empty() && seen("order").committed.back() == count - 1; }));
    CHECK(early.empty());
    const auto numbers = numbers_in(*brokers, topic, count);
    REQUIRE(numbers.size() == count);
    CHECK(std::ranges::is_sorted(numbers));
    CHECK(bench.listener.topics({"order", 0}) == std::vector<std::string>{topic});
    CHECK(bench.stop("order") < 2s);
    CHECK(bench.listener.states("order-0") == std::vector{State::Running, State::Unassigned});
    CHECK(seen("order").stopped == 1);

    // Started again, it goes on where it was.
    auto more = counting_connector("order", topic, count + 10);
    bench.start(more);
    REQUIRE(eventually([&] { return bench.offsets.stored("order") == count + 9; }));
    CHECK(end_offset(bench.admin, topic) == count + 10);
    bench.stop("order");
}

TEST_CASE("an offset without a record is stored behind the records before it", "[kafka]") {
    const auto brokers = from_environment("MILLRACE_TEST_KAFKA");
    if (!brokers) return;
    forget("alone");
    Bench bench(*brokers);
    const auto topic = unique_topic("alone");
    bench.admin.create_topic({.name = topic, .partitions = 1, .replication_factor = 1});
    constexpr int count = 700;
    std::vector<std::int64_t> early;
    bench.offsets.on_write = [&](std::int64_t n) {
        if (n >= count && end_offset(bench.admin, topic) < count) early.push_back(n);
    };
    auto connector = counting_connector("alone", topic, count);
    connector["alone"] = "5000";
    bench.start(connector);
    REQUIRE(eventually([&] { return bench.offsets.stored("alone") == 5000; }));
    CHECK(early.empty());
    CHECK(eventually([&] { return !seen("alone").committed.empty() && seen("alone").committed.back() == 5000; }));
    CHECK(end_offset(bench.admin, topic) == count);
    bench.stop("alone");
}

TEST_CASE("nothing is written while other workers may run the task", "[kafka]") {
    const auto brokers = from_environment("MILLRACE_TEST_KAFKA");
    if (!brokers) return;
    forget("lease");
    Bench bench(*brokers);
    const auto topic = unique_topic("lease");
    bench.admin.create_topic({.name = topic, .partitions = 1, .replication_factor = 1});
    constexpr int count = 100;
    bench.worker->lease().extend(Lease::Clock::now() - 1ms);
    bench.start(counting_connector("lease", topic, count));
    REQUIRE(eventually([&] { return seen("lease").started == 1; }));
    bench.stop("lease");
    CHECK(end_offset(bench.admin, topic) == 0);
    CHECK(!bench.offsets.stored("lease"));

    bench.start(counting_connector("lease", topic, count));
    REQUIRE(eventually([&] { return seen("lease").started == 2; }));
    bench.worker->lease().extend(Lease::Clock::now() + 1h);
    REQUIRE(eventually([&] { return bench.offsets.stored("lease") == count - 1; }));
    CHECK(end_offset(bench.admin, topic) == count);
    bench.stop("lease");
}

TEST_CASE("a stop stores the offsets of what was acknowledged", "[kafka]") {
    const auto brokers = from_environment("MILLRACE_TEST_KAFKA");
    if (!brokers) return;
    Bench bench(*brokers, {{"offset.flush.interval.ms", "3600000"}});
    const auto topic = unique_topic("stop");
    bench.start(counting_connector("stop", topic, 1000));
    REQUIRE(eventually([&] { return end_offset(bench.admin, topic) == 1000; }));
    CHECK(!bench.offsets.stored("stop"));
    bench.stop("stop");
    CHECK(bench.offsets.stored("stop") == 999);
    CHECK(seen("stop").committed.back() == 999);
}

TEST_CASE("a failed store of offsets is tried again", "[kafka]") {
    const auto brokers = from_environment("MILLRACE_TEST_KAFKA");
    if (!brokers) return;
    Bench bench(*brokers);
    bench.offsets.fail_next = 3;
    bench.start(counting_connector("retry", unique_topic("retry"), 100));
    CHECK(eventually([&] { return bench.offsets.stored("retry") == 99; }));
    CHECK(bench.offsets.writes() >= 4);
    bench.stop("retry");
}

TEST_CASE("a paused task rests and a resumed one goes on", "[kafka]") {
    const auto brokers = from_environment("MILLRACE_TEST_KAFKA");
    if (!brokers) return;
    forget("pause");
    Bench bench(*brokers);
    const auto topic = unique_topic("pause");
    bench.start(counting_connector("pause", topic, 100), TargetState::Paused);
    REQUIRE(bench.listener.eventually("pause-0", State::Paused));
    CHECK(seen("pause").started == 0);
    bench.worker->set_task_states("pause", TargetState::Started);
    REQUIRE(bench.listener.eventually("pause-0", State::Running));
    CHECK(eventually([&] { return bench.offsets.stored("pause") == 99; }));
    bench.worker->set_task_states("pause", TargetState::Paused);
    REQUIRE(bench.listener.eventually("pause-0", State::Paused));
    bench.stop("pause");
    CHECK(bench.listener.states("pause-0") ==
          std::vector{State::Paused, State::Running, State::Paused, State::Unassigned});
}

TEST_CASE("a task that throws is FAILED with a trace, and what it sent is kept", "[kafka]") {
    const auto brokers = from_environment("MILLRACE_TEST_KAFKA");
    if (!brokers) return;
    Bench bench(*brokers);
    auto connector = counting_connector("fails", unique_topic("fails"), 100);
    connector["fail.at"] = "50";
    bench.start(connector);
    REQUIRE(bench.listener.eventually("fails-0", State::Failed));
    CHECK_THAT(bench.listener.trace("fails-0"),
               Catch::StartsWith("org.apache.kafka.connect.errors.ConnectException: this source ends badly"));
    CHECK(bench.offsets.stored("fails") == 49);
    CHECK(bench.worker->has_task({"fails", 0}));
    bench.stop("fails");
    CHECK(bench.listener.states("fails-0").back() == State::Failed);
}

TEST_CASE("transformations and tolerance decide what reaches the topic", "[kafka]") {
    const auto brokers = from_environment("MILLRACE_TEST_KAFKA");
    if (!brokers) return;
    Bench bench(*brokers);
    auto connector = counting_connector("chain", unique_topic("chain"), 20);
    connector["transforms"] = "even,bad";
    connector["transforms.even.type"] = "DropOdd";
    connector["transforms.even.predicate"] = "seven";
    connector["transforms.even.negate"] = "true";
    connector["transforms.bad.type"] = "test.FailAt";
    connector["transforms.bad.at"] = "4";
    connector["predicates"] = "seven";
    connector["predicates.seven.type"] = "EndsIn";
    connector["predicates.seven.digit"] = "7";
    connector["errors.tolerance"] = "all";
    bench.start(connector);
    CHECK(eventually([&] { return bench.offsets.stored("chain") == 19; }));
    bench.stop("chain");
    CHECK(numbers_in(*brokers, connector.at("topic"), 11) ==
          std::vector<std::int64_t>{0, 2, 6, 7, 8, 10, 12, 14, 16, 17, 18});

    connector["name"] = "intolerant";
    connector["topic"] = unique_topic("intolerant");
    connector.erase("errors.tolerance");
    bench.start(connector);
    REQUIRE(bench.listener.eventually("intolerant-0", State::Failed));
    CHECK_THAT(bench.listener.trace("intolerant-0"),
               Catch::Equals("org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded in error handler\n"
                             "Caused by: org.apache.kafka.connect.errors.DataException: this record is bad: 4"));
}

TEST_CASE("topic.creation settings make the topic", "[kafka]") {
    const auto brokers = from_environment("MILLRACE_TEST_KAFKA");
    if (!brokers) return;
    Bench bench(*brokers);
    auto connector = counting_connector("creates", unique_topic("creates"), 10);
    connector["topic.creation.default.partitions"] = "3";
    connector["topic.creation.default.replication.factor"] = "-1";
    connector["topic.creation.default.retention.ms"] = "123456789";
    bench.start(connector);
    CHECK(eventually([&] { return bench.offsets.stored("creates") == 9; }));
    CHECK(bench.admin.partition_count(connector.at("topic")) == 3);
    CHECK(bench.admin.topic_settings(connector.at("topic")).value().at("retention.ms") == "123456789");
    bench.stop("creates");
}

TEST_CASE("a worker without a broker stops promptly and stores nothing") {
    Bench bench("127.0.0.1:1", {{"task.shutdown.graceful.timeout.ms", "4000"}, {"offset.flush.timeout.ms", "500"}});
    bench.start(counting_connector("lonely", "nowhere", 1'000'000));
    REQUIRE(bench.listener.eventually("lonely-0", State::Running));
    CHECK(bench.stop("lonely") < 3s);
    CHECK(!bench.offsets.stored("lonely"));
    CHECK(bench.listener.states("lonely-0").back() == State::Unassigned);
}

TEST_CASE("a task that does not stop in time is cancelled and says no more") {
    Bench bench("127.0.0.1:1", {{"task.shutdown.graceful.timeout.ms", "200"}, {"offset.flush.timeout.ms", "3000"}});
    bench.start(counting_connector("slow", "nowhere", 1000));
    REQUIRE(bench.listener.eventually("slow-0", State::Running));
    CHECK(bench.stop("slow") < 1s);
    CHECK(eventually([&] { return seen("slow").stopped == 1; }));
    CHECK(bench.listener.states("slow-0") == std::vector{State::Running});
}

TEST_CASE("a broker that is restarted costs no record", "[kafka]") {
    const auto brokers = from_environment("MILLRACE_TEST_KAFKA");
    const auto restart = from_environment("MILLRACE_TEST_KAFKA_RESTART");
    if (!brokers || !restart) return;
    Bench bench(*brokers);
    const auto topic = unique_topic("lost");
    bench.admin.create_topic({.name = topic, .partitions = 1, .replication_factor = 1});
    constexpr int count = 1'500'000;
    bench.start(counting_connector("lost", topic, count));
    REQUIRE(eventually([&] { return bench.offsets.stored("lost").value_or(0) > 1000; }));
    REQUIRE(std::system(restart->c_str()) == 0);  // NOLINT(concurrency-mt-unsafe): the test's own command
    const auto stored_then = bench.offsets.stored("lost").value_or(0);
    CHECK(stored_then < count - 1);                         // else it was restarted too late to show anything
    for (auto stored = stored_then; stored < count - 1;) {  // a busy machine needs its time
        const auto before = stored;
        REQUIRE(eventually([&] { return (stored = bench.offsets.stored("lost").value_or(0)) > before; }));
    }
    const auto numbers = numbers_in(*brokers, topic, static_cast<std::size_t>(end_offset(bench.admin, topic)));
    std::int64_t next = 0;  // a repeated record is allowed, a missing one is not
    for (const auto n : numbers) {
        if (n == next) ++next;
        if (n > next) break;
    }
    CHECK(next == count);
    bench.stop("lost");
}
