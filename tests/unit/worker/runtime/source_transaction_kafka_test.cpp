/// Transactions of a source task on a real broker: MILLRACE_TEST_KAFKA=host:port.
#include "tests/pch.hpp"
#include "tests/unit/environment.hpp"
#include "worker/kafka/client_config.hpp"
#include "worker/runtime/source_transaction.hpp"

#include <chrono>

using namespace millrace;
using namespace millrace::worker;
using namespace std::chrono_literals;

namespace {

constexpr auto topic = "millrace-transaction-test";
constexpr auto offset_topic = "millrace-transaction-test-offsets";

Producer producer_of(const std::string& broker) {
    return Producer(
        translate(ClientKind::Producer, transactional({{"bootstrap.servers", broker}}, "millrace-transaction-test-0")),
        {}, [](const Delivery&) {});
}

struct Store : OffsetStore {
    std::optional<OffsetMap> read(const std::string&, OffsetEntries) override { return std::nullopt; }
    std::vector<std::pair<OffsetMap, OffsetMap>> list(const std::string&) override { return {}; }
    void write(const std::string&, Entries, std::function<void(std::exception_ptr)>) override {}
    TopicRecords records(const std::string& connector, const Entries& entries) override {
        TopicRecords found{.topic = offset_topic};
        found.records.assign(entries.size(), {connector, "offset"});
        return found;
    }
    void after_transaction(const std::string&, const Entries& entries) noexcept override { stored += entries.size(); }
    std::size_t stored = 0;
};

struct Fixture {
    Fixture(const std::string& broker, TransactionBoundary boundary, std::chrono::milliseconds interval = 1h)
        : producer(producer_of(broker)),
          transaction(
              producer, store, "connector", {.boundary = boundary, .interval = interval, .longest = 1h},
              [this](OffsetEntries, OffsetEntries offset) { committed.push_back(offset[0].value.as_integer()); }) {
        producer.init_transactions(30s);
    }
    /// A batch of records with the offsets from `first` on, sent.
    void send(std::int64_t first, std::size_t count) {
        SourceBatch batch;
        batch.offsets = std::make_shared<Arena>();
        batch.partitions.push_back(partition.entries());
        std::vector<OffsetMap> offsets(count);
        for (std::size_t i = 0; i < count; ++i) {
            offsets[i].set("n", Value::int64(first + static_cast<std::int64_t>(i)));
            auto& record = batch.records.emplace_back();
            record.topic = topic;
            record.source_offset = offsets[i].entries();
        }
        std::size_t staged = 0;
        for (std::size_t i = 0; i < count; ++i) {
            transaction.begin(topic);
            producer.send({.topic = topic, .value = "v"});
            if (!transaction.ends_after(i)) continue;
            transaction.stage(batch, std::exchange(staged, i + 1), i + 1);
            transaction.end_after(i);
        }
        transaction.stage(batch, staged, count);
        transaction.after_batch();
    }

    Store store;
    Producer producer;
    std::vector<std::int64_t> committed;
    OffsetMap partition = [] {
        OffsetMap map;
        map.set("p", Value::int64(1));
        return map;
    }();
    SourceTransaction transaction;
};

}

TEST_CASE("with the boundary poll what came is committed when nothing more comes", "[exactly-once]") {
    const auto broker = from_environment("MILLRACE_TEST_KAFKA");
    if (!broker) return;
    Fixture f(*broker, TransactionBoundary::Poll);
    f.send(1, 3);
    f.transaction.when_idle();
    CHECK(f.committed.back() == 3);
    CHECK_FALSE(f.transaction.is_open());
    f.send(4, 1);
    f.transaction.finish();
    CHECK(f.committed.back() == 4);
    CHECK(f.store.stored == f.committed.size());
}

TEST_CASE("with the boundary interval a transaction lasts until it is over", "[exactly-once]") {
    const auto broker = from_environment("MILLRACE_TEST_KAFKA");
    if (!broker) return;
    Fixture f(*broker, TransactionBoundary::Interval);
    f.send(1, 3);
    f.transaction.when_idle();
    f.send(4, 2);
    CHECK(f.committed.empty());
    CHECK(f.transaction.is_open());
    f.transaction.finish();
    CHECK(f.committed == std::vector<std::int64_t>{5});
}

TEST_CASE("the connector says where its transactions end", "[exactly-once]") {
    const auto broker = from_environment("MILLRACE_TEST_KAFKA");
    if (!broker) return;
    Fixture f(*broker, TransactionBoundary::Connector);
    f.send(1, 3);
    f.transaction.when_idle();
    CHECK(f.committed.empty());
    SECTION("after a batch") {
        f.transaction.commit_transaction();
        f.send(4, 1);
        CHECK(f.committed == std::vector<std::int64_t>{4});
    }
    SECTION("after a record") {
        f.transaction.commit_transaction_after(1);
        f.send(4, 3);
        CHECK(f.committed == std::vector<std::int64_t>{5});
        CHECK(f.transaction.is_open());
    }
    SECTION("an aborted one leaves its offsets") {
        f.transaction.abort_transaction();
        f.send(4, 1);
        CHECK(f.committed == std::vector<std::int64_t>{4});
        CHECK_FALSE(f.transaction.is_open());
    }
    SECTION("what it did not end is not whole") {
        f.transaction.finish();
        CHECK(f.committed.empty());
        CHECK_FALSE(f.transaction.is_open());
    }
}

TEST_CASE("what is abandoned is not committed", "[exactly-once]") {
    const auto broker = from_environment("MILLRACE_TEST_KAFKA");
    if (!broker) return;
    Fixture f(*broker, TransactionBoundary::Interval);
    f.send(1, 3);
    f.transaction.abandon();
    f.transaction.finish();
    CHECK(f.committed.empty());
}

TEST_CASE("records may not go among the offsets", "[exactly-once]") {
    const auto broker = from_environment("MILLRACE_TEST_KAFKA");
    if (!broker) return;
    Fixture f(*broker, TransactionBoundary::Poll);
    CHECK_THROWS_WITH(f.transaction.begin(offset_topic), Catch::Contains("the topic of its offsets"));
}

TEST_CASE("a newer producer of the id ends the older one", "[exactly-once]") {
    const auto broker = from_environment("MILLRACE_TEST_KAFKA");
    if (!broker) return;
    Fixture f(*broker, TransactionBoundary::Interval);
    f.send(1, 3);
    auto newer = producer_of(*broker);
    newer.init_transactions(30s);
    CHECK_THROWS_AS(f.transaction.finish(), KafkaException);
    CHECK(f.committed.empty());
}
