/// A log against a real broker: MILLRACE_TEST_KAFKA=host:port.
#include "cluster/storage/kafka_based_log.hpp"
#include "tests/pch.hpp"
#include "tests/unit/cluster/storage/log_result.hpp"
#include "tests/unit/environment.hpp"
#include "tests/unit/eventually.hpp"
#include "worker/kafka/admin.hpp"

#include <atomic>
#include <mutex>

using namespace millrace;
using namespace millrace::cluster;
using namespace std::chrono_literals;

TEST_CASE("what a worker gave up is not written when it may write again", "[kafka]") {
    const auto brokers = from_environment("MILLRACE_TEST_KAFKA");
    if (!brokers) return;
    const Settings client{{"bootstrap.servers", *brokers}};
    const auto topic = "log-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
    std::atomic<bool> may = true;
    std::atomic<int> asked = 0;
    std::mutex mutex;
    std::vector<std::string> keys;
    KafkaBasedLog log({.topic = topic,
                       .consumer = worker::translate(worker::ClientKind::Consumer, client),
                       .producer = worker::translate(worker::ClientKind::Producer, client),
                       .admin = worker::translate(worker::ClientKind::Admin, client),
                       .prepare =
                           [&](worker::Admin& admin) {
                               admin.create_topic({.name = topic, .partitions = 1, .replication_factor = 1});
                           },
                       .may_produce =
                           [&] {
                               ++asked;
                               return may.load();
                           }},
                      [&](std::vector<LogRecord> records) {
                          const std::lock_guard lock(mutex);
                          for (auto& record : records) keys.push_back(record.key);
                      });
    REQUIRE(result_of([&](auto done) { log.start(std::move(done)); }) == nullptr);
    REQUIRE(result_of([&](auto done) { log.send("held", "1", std::move(done)); }) == nullptr);

    may = false;
    const int before = asked;
    std::atomic<int> given_up = 0;
    const auto count = [&](const std::exception_ptr& error) {
        if (error) ++given_up;
    };
    log.send("in the producer", "2", count);
    REQUIRE(eventually([&] { return asked > before; }));
    log.flush([](const std::exception_ptr&) {});  // waits for the one before, and what comes then waits for it
    log.send("behind a flush", "3", count);
    REQUIRE(result_of([&](auto done) { log.abandon(std::move(done)); }) == nullptr);
    CHECK(given_up == 2);

    may = true;
    REQUIRE(result_of([&](auto done) { log.send("member again", "4", std::move(done)); }) == nullptr);
    REQUIRE(result_of([&](auto done) { log.read_to_end(std::move(done)); }) == nullptr);
    const std::lock_guard lock(mutex);
    CHECK(keys == std::vector<std::string>{"held", "member again"});
}
