#include "cluster/storage/fencable_writer.hpp"

#include "tests/pch.hpp"
#include "tests/unit/worker/kafka/mock_broker.hpp"

#include <future>

using namespace millrace;
using namespace millrace::cluster;
using namespace std::chrono_literals;

namespace {

constexpr auto limit = 30s;  // half of a transaction's time-out

std::future<std::exception_ptr> result_of(const std::function<void(FencableWriter::Done)>& call) {
    auto promise = std::make_shared<std::promise<std::exception_ptr>>();
    auto result = promise->get_future();
    call([promise](std::exception_ptr error) { promise->set_value(std::move(error)); });
    return result;
}

}

SCENARIO("the leader's writer stops while its broker is away", "[storage]") {
    worker::test::MockBroker broker;
    const auto settings =
        worker::transactional({{"bootstrap.servers", broker.address()}, {"acks", "all"}}, "connect-cluster-writer");
    FencableWriter writer(worker::translate(worker::ClientKind::Producer, settings), "configs", {},
                          std::make_shared<worker::Lease>());
    auto claimed = result_of([&](auto done) { writer.claim(std::move(done)); });
    REQUIRE(claimed.wait_for(60s) == std::future_status::ready);
    REQUIRE(claimed.get() == nullptr);

    rd_kafka_mock_broker_set_down(broker.cluster, 1);
    auto written = result_of([&](auto done) { writer.write({{"target-state-a", std::nullopt}}, std::move(done)); });
    REQUIRE(written.wait_for(100ms) == std::future_status::timeout);
    const auto begun = std::chrono::steady_clock::now();
    writer.stop();
    CHECK(std::chrono::steady_clock::now() - begun < limit);
    CHECK(written.get() != nullptr);
}

SCENARIO("the leader's writer commits nothing of a term that is over", "[storage]") {
    worker::test::MockBroker broker;
    const auto settings =
        worker::transactional({{"bootstrap.servers", broker.address()}, {"acks", "all"}}, "connect-cluster-terms");
    const auto lease = std::make_shared<worker::Lease>();
    FencableWriter writer(worker::translate(worker::ClientKind::Producer, settings), "configs", {}, lease);
    const auto claim = [&] {
        auto claimed = result_of([&](auto done) { writer.claim(std::move(done)); });
        REQUIRE(claimed.wait_for(60s) == std::future_status::ready);
        REQUIRE(claimed.get() == nullptr);
    };
    const auto write = [&] {
        return result_of([&](auto done) { writer.write({{"connector-a", std::nullopt}}, std::move(done)); });
    };
    claim();
    lease->end();
    CHECK(write().get() != nullptr);

    claim();
    lease->extend(worker::Lease::Clock::now() + 1h);
    CHECK(write().get() == nullptr);

    rd_kafka_mock_broker_set_down(broker.cluster, 1);
    auto pending = write();
    REQUIRE(pending.wait_for(100ms) == std::future_status::timeout);
    lease->end();
    lease->extend(worker::Lease::Clock::now() + 1h);
    REQUIRE(pending.wait_for(limit) == std::future_status::ready);
    CHECK(pending.get() != nullptr);
}
