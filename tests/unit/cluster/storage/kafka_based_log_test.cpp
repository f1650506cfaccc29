/// A log on librdkafka's mock of a broker, which can be told to answer wrongly.
#include "cluster/storage/kafka_based_log.hpp"

#include "tests/pch.hpp"
#include "tests/unit/cluster/storage/log_result.hpp"
#include "tests/unit/eventually.hpp"
#include "tests/unit/worker/kafka/mock_broker.hpp"

using namespace millrace;
using namespace millrace::cluster;
using namespace std::chrono_literals;

TEST_CASE("a log goes on with another producer when one has failed for good", "[kafka_based_log]") {
    constexpr std::int16_t init_producer_id = 22;  // the request's number in Kafka's protocol
    worker::test::MockBroker broker;
    rd_kafka_mock_topic_create(broker.cluster, "log", 1, 1);
    const Settings client{{"bootstrap.servers", broker.address()}};
    auto idempotent = client;
    idempotent["enable.idempotence"] = "true";
    KafkaBasedLog log({.topic = "log",
                       .consumer = worker::translate(worker::ClientKind::Consumer, client),
                       .producer = worker::translate(worker::ClientKind::Producer, idempotent),
                       .admin = worker::translate(worker::ClientKind::Admin, client)},
                      [](const std::vector<LogRecord>&) {});
    rd_kafka_mock_push_request_errors(broker.cluster, init_producer_id, 1,
                                      RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED);
    REQUIRE(result_of([&](auto done) { log.start(std::move(done)); }) == nullptr);
    const auto sent = [&] {
        return result_of([&](auto done) { log.send("key", "value", std::move(done)); }) == nullptr;
    };
    CHECK_FALSE(sent());
    CHECK(eventually(sent));
    log.stop();
}
