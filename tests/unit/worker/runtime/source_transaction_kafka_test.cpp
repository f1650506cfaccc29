/// Transactions of a source task on a real broker: MILLRACE_TEST_KAFKA=host:port.
#include "tests/pch.hpp"
#include "tests/unit/environment.hpp"
#include "tests/unit/worker/runtime/transaction_fixture.hpp"

#include <chrono>

using namespace millrace;
using namespace millrace::worker;
using namespace millrace::worker::test;
using namespace std::chrono_literals;

TEST_CASE("with the boundary poll what came is committed when nothing more comes", "[exactly-once]") {
    const auto broker = from_environment("MILLRACE_TEST_KAFKA");
    if (!broker) return;
    TransactionFixture f(*broker, TransactionBoundary::Poll);
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
    TransactionFixture f(*broker, TransactionBoundary::Interval);
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
    TransactionFixture f(*broker, TransactionBoundary::Connector);
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
    TransactionFixture f(*broker, TransactionBoundary::Interval);
    f.send(1, 3);
    f.transaction.abandon();
    f.transaction.finish();
    CHECK(f.committed.empty());
}

TEST_CASE("records may not go among the offsets", "[exactly-once]") {
    const auto broker = from_environment("MILLRACE_TEST_KAFKA");
    if (!broker) return;
    TransactionFixture f(*broker, TransactionBoundary::Poll);
    CHECK_THROWS_WITH(f.transaction.begin(offset_topic), Catch::Contains("the topic of its offsets"));
}

TEST_CASE("a newer producer of the id ends the older one", "[exactly-once]") {
    const auto broker = from_environment("MILLRACE_TEST_KAFKA");
    if (!broker) return;
    TransactionFixture f(*broker, TransactionBoundary::Interval);
    f.send(1, 3);
    auto newer = producer_of(*broker);
    newer.init_transactions({.longest = 30s});
    CHECK_THROWS_WITH(f.transaction.finish(), "Failed to flush offsets and/or records for task connector-0");
    CHECK(f.committed.empty());
}
