/// A source task on librdkafka's mock of a broker, which can be told to answer wrongly.
#include "connectors/converters/plugin.hpp"
#include "tests/pch.hpp"
#include "tests/unit/worker/kafka/mock_broker.hpp"
#include "tests/unit/worker/runtime/fakes.hpp"
#include "worker/plugins/registry.hpp"
#include "worker/runtime/worker.hpp"

#include <limits>

using namespace millrace;
using namespace millrace::worker;
using namespace millrace::worker::test;

namespace {

// The requests' numbers in Kafka's protocol.
constexpr std::int16_t produce = 0;
constexpr std::int16_t init_producer_id = 22;

/// Also takes what is committed in transactions.
struct TransactionalStore : MemoryOffsetStore {
    TopicRecords records(const std::string& connector, const Entries& entries) override {
        TopicRecords found{.topic = "offsets"};
        found.records.assign(entries.size(), {connector, "offset"});
        return found;
    }
    void after_transaction(const std::string& connector, const Entries& entries) noexcept override {
        write(connector, entries, [](const std::exception_ptr&) {});
    }
};

struct Bench {
    MockBroker broker;
    ParsedWorkerConfig parsed;
    PluginRegistry plugins;
    TransactionalStore offsets;
    RememberingListener listener;
    std::unique_ptr<Worker> worker;

    explicit Bench(const Settings& more = {}) {
        auto settings = worker_settings(broker.address());
        for (const auto& [name, value] : more) settings.insert_or_assign(name, value);
        parsed = parse_worker_config(WorkerMode::Distributed, settings);
        plugins.add(test::manifest());
        plugins.add(converters::manifest());
        worker = std::make_unique<Worker>(WorkerDependencies{
            .config = parsed.config, .plugins = plugins, .offsets = offsets, .listener = listener, .logger = {}});
    }
    void start(const Settings& connector, ProducerGate gate = {}) {
        forget(connector.at("name"));
        worker->start_task({connector.at("name"), 0}, connector, connector, TargetState::Started, std::move(gate));
    }
    void start_exactly_once(const Settings& connector) {
        const auto pass = [](const std::function<void(std::exception_ptr)>& done) { done(nullptr); };
        start(connector, {.fence = pass, .verify = pass});
    }
};

}

TEST_CASE("a producer that has failed for good ends the task, whatever is tolerated", "[source-session]") {
    Bench bench;
    // As brokers answer that do not allow idempotent writes.
    rd_kafka_mock_push_request_errors(bench.broker.cluster, init_producer_id, 1,
                                      RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED);
    auto connector = counting_connector("fatal", "t", 100);
    connector["errors.tolerance"] = "all";
    bench.start(connector);
    REQUIRE(bench.listener.eventually("fatal-0", State::Failed));
    CHECK_THAT(bench.listener.trace("fatal-0"),
               Catch::StartsWith("org.apache.kafka.connect.errors.ConnectException: Unrecoverable exception from "
                                 "producer send callback\nCaused by: "));
    CHECK_FALSE(bench.offsets.stored("fatal"));
}

TEST_CASE("records that brokers refuse are passed over where that is tolerated", "[source-session]") {
    Bench bench;
    rd_kafka_mock_push_request_errors(bench.broker.cluster, produce, 1, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    auto connector = counting_connector("tolerant", "t", 100);
    connector["errors.tolerance"] = "all";
    bench.start(connector);
    CHECK(eventually([&] { return bench.offsets.stored("tolerant") == 99; }));
    CHECK(bench.listener.states("tolerant-0") == std::vector{State::Running});
}

TEST_CASE("a store that refuses offsets at once is not asked without a pause when the task stops", "[source-session]") {
    Bench bench(Settings{{"offset.flush.interval.ms", "60000"}, {"offset.flush.timeout.ms", "1000"}});
    bench.offsets.fail_next = std::numeric_limits<int>::max();
    bench.start(counting_connector("refused", "t", 10));
    CHECK(eventually([&] { return !bench.listener.topics({"refused", 0}).empty(); }));
    bench.worker->stop_all();
    CHECK(bench.offsets.writes() > 1);
    CHECK(bench.offsets.writes() < 10);
}

TEST_CASE("settings of topics to be made mean nothing to a worker that makes none", "[source-session]") {
    Bench bench(Settings{{"topic.creation.enable", "false"}});
    auto connector = counting_connector("no-topics", "t", 10);
    connector["topic.creation.groups"] = "incomplete";
    bench.start(connector);
    CHECK(eventually([&] { return bench.offsets.stored("no-topics") == 9; }));
}

TEST_CASE("a transaction is committed in time while its source is away", "[source-session][exactly-once]") {
    Bench bench;
    auto connector = counting_connector("away", "t", 2000);
    connector["retry.from"] = "2000";
    connector["transaction.boundary"] = "interval";
    connector["transaction.boundary.interval.ms"] = "1000";
    bench.start_exactly_once(connector);
    CHECK(eventually([&] { return bench.offsets.stored("away") == 1999; }));
    CHECK(bench.listener.states("away-0") == std::vector{State::Running});
}

TEST_CASE("a source that cannot use what was committed goes on", "[source-session][exactly-once]") {
    Bench bench;
    auto connector = counting_connector("deaf", "t", 2000);
    connector["confirm.fails"] = "true";
    bench.start_exactly_once(connector);
    CHECK(eventually([&] { return bench.offsets.stored("deaf") == 1999; }));
    CHECK(eventually([&] { return !seen("deaf").committed.empty() && seen("deaf").committed.back() == 1999; }));
    CHECK(bench.listener.states("deaf-0") == std::vector{State::Running});
}
