/// A log against a real broker: MILLRACE_TEST_KAFKA=host:port.
#include "cluster/storage/kafka_based_log.hpp"
#include "tests/pch.hpp"
#include "tests/unit/cluster/storage/internal_topic.hpp"
#include "tests/unit/cluster/storage/log_result.hpp"
#include "tests/unit/environment.hpp"
#include "tests/unit/eventually.hpp"

#include <atomic>
#include <mutex>

using namespace millrace;
using namespace millrace::cluster;
using namespace std::chrono_literals;

TEST_CASE("what was sent in one term of the lease is not written in another", "[kafka]") {
    const auto brokers = from_environment("MILLRACE_TEST_KAFKA");
    if (!brokers) return;
    const auto lease = std::make_shared<worker::Lease>();
    std::mutex mutex;
    std::vector<std::string> keys;
    KafkaBasedLog log(internal_topic(*brokers, "log", lease), [&](std::vector<LogRecord> records) {
        const std::lock_guard lock(mutex);
        for (auto& record : records) keys.push_back(record.key);
    });
    REQUIRE(result_of([&](auto done) { log.start(std::move(done)); }) == nullptr);
    REQUIRE(result_of([&](auto done) { log.send("held", "1", std::move(done)); }) == nullptr);

    lease->end();
    std::atomic<int> given_up = 0;
    const auto count = [&](const std::exception_ptr& error) { given_up += is_given_up(error) ? 1 : 0; };
    log.send("in the producer", "2", count);
    // Neither waits for what cannot be written now.
    CHECK(result_of([&](auto done) { log.flush(std::move(done)); }) == nullptr);
    CHECK(result_of([&](auto done) { log.read_to_end(std::move(done)); }) == nullptr);
    log.send("behind it", "3", count);
    CHECK(given_up == 0);

    lease->extend(worker::Lease::Clock::now() + 1h);
    REQUIRE(result_of([&](auto done) { log.send("member again", "4", std::move(done)); }) == nullptr);
    CHECK(eventually([&] { return given_up == 2; }));
    REQUIRE(result_of([&](auto done) { log.read_to_end(std::move(done)); }) == nullptr);
    const std::lock_guard lock(mutex);
    CHECK(keys == std::vector<std::string>{"held", "member again"});
}
