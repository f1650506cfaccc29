/// A producer against a real broker: MILLRACE_TEST_KAFKA=host:port.
#include "tests/pch.hpp"
#include "tests/unit/environment.hpp"
#include "tests/unit/eventually.hpp"
#include "worker/kafka/admin.hpp"
#include "worker/kafka/producer.hpp"

#include <atomic>
#include <chrono>

using namespace millrace;
using namespace millrace::worker;
using namespace std::chrono_literals;

TEST_CASE("what a producer holds is not sent while it may not produce", "[kafka]") {
    const auto brokers = from_environment("MILLRACE_TEST_KAFKA");
    if (!brokers) return;
    const Settings client{{"bootstrap.servers", *brokers}};
    const auto topic = "gate-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
    Admin admin(translate(ClientKind::Admin, client), {}, 30s);
    admin.create_topic({.name = topic, .partitions = 1, .replication_factor = 1});
    const auto written = [&] { return admin.offsets(topic, 1, Admin::OffsetSpec::Latest).at(0); };
    std::atomic<bool> may = true;
    std::atomic<int> asked = 0;
    Producer producer(
        translate(ClientKind::Producer, client), {}, [](const Delivery&) {}, nullptr,
        [&] {
            ++asked;
            return may.load();
        });
    producer.send({.topic = topic, .value = "first"});
    REQUIRE(producer.flush(60s));
    may = false;
    const int before = asked;
    producer.send({.topic = topic, .value = "second"});
    // It has tried, and tries again.
    REQUIRE(eventually([&] {
        producer.poll(10ms);
        return asked >= before + 2;
    }));
    CHECK(written() == 1);
    may = true;
    REQUIRE(producer.flush(60s));
    CHECK(written() == 2);
}
