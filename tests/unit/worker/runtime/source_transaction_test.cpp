/// Transactions while brokers are away, on librdkafka's mock of one.
#include "tests/pch.hpp"
#include "tests/unit/worker/kafka/mock_broker.hpp"
#include "tests/unit/worker/runtime/transaction_fixture.hpp"

#include <thread>

using namespace millrace;
using namespace millrace::worker;
using namespace millrace::worker::test;

namespace {

constexpr std::int16_t end_txn = 26;  // the request's number in Kafka's protocol

/// Far below the 60 s after which a transaction times out, and far above what the end of a wait takes.
constexpr auto limit = 30s;

/// What a task does while its only broker is away, and how long it took.
template <class Work>
std::chrono::steady_clock::duration time_without_broker(MockBroker& broker, Work work) {
    rd_kafka_mock_broker_set_down(broker.cluster, 1);
    const auto begun = std::chrono::steady_clock::now();
    work();
    return std::chrono::steady_clock::now() - begun;
}

}

SCENARIO("a transaction holds its thread no longer than somebody waits for it", "[exactly-once]") {
    MockBroker broker;
    TransactionFixture f(broker.address(), TransactionBoundary::Interval);
    f.send(1, 3);
    REQUIRE(f.producer.flush(60s));  // so that the broker has part in it
    WHEN("it is abandoned while the broker is away") {
        CHECK(time_without_broker(broker, [&] { f.transaction.abandon(); }) < limit);
        THEN("it is over, and nothing of it counts") {
            CHECK_FALSE(f.transaction.is_open());
            CHECK(f.committed.empty());
        }
    }
    WHEN("it is to be committed, and its task is given up") {
        std::jthread later;
        const auto took = time_without_broker(broker, [&] {
            later = std::jthread([&f] { f.given_up = true; });
            CHECK_THROWS_AS(f.transaction.finish(), RetriableKafkaException);
        });
        CHECK(took < limit);
        CHECK(f.committed.empty());
    }
    WHEN("it is to be committed, and the broker comes back") {
        std::jthread later;
        time_without_broker(broker, [&] {
            later = std::jthread([&broker] { rd_kafka_mock_broker_set_up(broker.cluster, 1); });
            f.transaction.finish();
        });
        THEN("it is") { CHECK(f.committed == std::vector<std::int64_t>{3}); }
    }
}

TEST_CASE("a pause ends a transaction, but not where the task alone knows what belongs together", "[exactly-once]") {
    MockBroker broker;
    SECTION("with the boundary interval") {
        TransactionFixture f(broker.address(), TransactionBoundary::Interval);
        f.send(1, 3);
        f.transaction.pause();
        CHECK(f.committed == std::vector<std::int64_t>{3});
    }
    SECTION("with the boundary connector") {
        TransactionFixture f(broker.address(), TransactionBoundary::Connector);
        f.send(1, 3);
        f.transaction.pause();
        CHECK(f.committed.empty());
        CHECK(f.transaction.is_open());
        f.transaction.commit_transaction();
        f.transaction.pause();
        CHECK(f.committed == std::vector<std::int64_t>{3});
    }
}

TEST_CASE("a poll may wait for records until the transaction is to end", "[exactly-once]") {
    MockBroker broker;
    const auto now = SourceTransaction::Clock::now();
    SECTION("with the boundary poll not at all, once it is open") {
        TransactionFixture f(broker.address(), TransactionBoundary::Poll);
        CHECK(f.transaction.until_due(now) > 24h);
        f.transaction.begin(topic);
        CHECK(f.transaction.until_due(now) == 0ms);
    }
    SECTION("with the boundary interval until that is over") {
        TransactionFixture f(broker.address(), TransactionBoundary::Interval, 1h, 24h);
        CHECK(f.transaction.until_due(now) > 24h);
        f.send(1, 1);
        CHECK(f.transaction.until_due(now) > 59min);
        CHECK(f.transaction.until_due(now) <= 61min);
        CHECK(f.transaction.until_due(now + 2h) == 0ms);
    }
    SECTION("with the boundary interval until brokers would end it") {
        TransactionFixture f(broker.address(), TransactionBoundary::Interval, 24h, 1h);
        f.send(1, 1);
        CHECK(f.transaction.until_due(now) > 59min);
        CHECK(f.transaction.until_due(now) <= 61min);
    }
    SECTION("with the boundary connector as long as it likes") {
        TransactionFixture f(broker.address(), TransactionBoundary::Connector);
        f.send(1, 1);
        CHECK(f.transaction.until_due(now) > 24h);
    }
}

TEST_CASE("an interval that is never over is none that is over at once", "[exactly-once]") {
    MockBroker broker;
    TransactionFixture f(broker.address(), TransactionBoundary::Interval, std::chrono::milliseconds::max());
    f.send(1, 3);
    CHECK(f.committed.empty());
    CHECK(f.transaction.is_open());
}

TEST_CASE("a task that wants both to commit and to abort gets neither", "[exactly-once]") {
    MockBroker broker;
    TransactionFixture f(broker.address(), TransactionBoundary::Connector);
    SECTION("of a batch") {
        f.transaction.commit_transaction();
        f.transaction.abort_transaction();
        CHECK_THROWS_WITH(f.send(1, 1), "Connector requested both commit and abort of same transaction");
    }
    SECTION("of a record") {
        f.transaction.commit_transaction_after(0);
        f.transaction.abort_transaction_after(0);
        CHECK_THROWS_WITH(f.send(1, 1), "Connector requested both commit and abort of same record");
    }
    CHECK(f.committed.empty());
}

TEST_CASE("a transaction that brokers refuse says what may be done", "[exactly-once]") {
    MockBroker broker;
    rd_kafka_mock_push_request_errors(broker.cluster, end_txn, 1, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH);
    SECTION("when it was short") {
        TransactionFixture f(broker.address(), TransactionBoundary::Interval);
        f.send(1, 3);
        CHECK_THROWS_WITH(f.transaction.finish(), "Failed to flush offsets and/or records for task connector-0");
    }
    SECTION("when it took too long") {
        TransactionFixture f(broker.address(), TransactionBoundary::Interval, 1h, 0ms);
        CHECK_THROWS_WITH(f.send(1, 3), Catch::StartsWith("The task connector-0 was unable to finish writing records "
                                                          "to Kafka before its producer transaction expired. "));
    }
}
