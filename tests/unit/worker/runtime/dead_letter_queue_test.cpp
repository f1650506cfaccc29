#include "worker/runtime/dead_letter_queue.hpp"

#include "tests/pch.hpp"
#include "tests/unit/worker/kafka/mock_broker.hpp"

using namespace millrace;
using namespace millrace::worker;
using namespace std::chrono_literals;

TEST_CASE("the headers of a dead letter tell where it came from and what was wrong", "[dead_letter_queue]") {
    const ConsumerRecord record{.topic = "orders", .partition = 2, .offset = 17};
    const auto headers = error_headers({"sink", 1}, {StageKind::ValueConverter, "org.example.Converter"}, record,
                                       DataException("not a number"));
    std::vector<std::pair<std::string, std::string>> found;
    for (const auto& header : headers) found.emplace_back(header.key, header.value);
    CHECK(found == std::vector<std::pair<std::string, std::string>>{
                       {"__connect.errors.topic", "orders"},
                       {"__connect.errors.partition", "2"},
                       {"__connect.errors.offset", "17"},
                       {"__connect.errors.connector.name", "sink"},
                       {"__connect.errors.task.id", "1"},
                       {"__connect.errors.stage", "VALUE_CONVERTER"},
                       {"__connect.errors.class.name", "org.example.Converter"},
                       {"__connect.errors.exception.class.name", "org.apache.kafka.connect.errors.DataException"},
                       {"__connect.errors.exception.message", "not a number"},
                       {"__connect.errors.exception.stacktrace",
                        "org.apache.kafka.connect.errors.DataException: not a number\n"}});
}

TEST_CASE("a dead letter queue's settings have Kafka Connect's defaults", "[dead_letter_queue]") {
    const auto none = dead_letter_queue_config({});
    CHECK(none.topic.empty());
    CHECK(none.replication_factor == 3);
    CHECK_FALSE(none.context_headers);
    const auto some = dead_letter_queue_config({{"errors.deadletterqueue.topic.name", "dlq"},
                                                {"errors.deadletterqueue.topic.replication.factor", "1"},
                                                {"errors.deadletterqueue.context.headers.enable", "true"}});
    CHECK(some.topic == "dlq");
    CHECK(some.replication_factor == 1);
    CHECK(some.context_headers);
}

TEST_CASE("offsets wait for ever for a reported record that brokers refuse", "[dead_letter_queue]") {
    constexpr std::int16_t produce = 0;  // the request's number in Kafka's protocol
    test::MockBroker broker;
    DeadLetterQueue queue({.topic = "dlq"}, {"sink", 0},
                          translate(ClientKind::Producer, {{"bootstrap.servers", broker.address()}}), {}, {});
    rd_kafka_mock_push_request_errors(broker.cluster, produce, 1, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    const ConsumerRecord record{.topic = "orders", .partition = 2, .offset = 17};
    const RecordInWork work{.consumed = &record};
    SECTION("by put()") {
        queue.report({StageKind::TaskPut, "T"}, work, DataException("not liked"));
        for (int i = 0; i < 2; ++i) {
            CHECK_THROWS_WITH(queue.drain(60s), Catch::Contains("is not in the dead letter queue (topic=dlq)"));
        }
    }
    SECTION("by put(), and too large for the queue's own producer") {
        const std::string large(2'000'000, 'x');
        const ConsumerRecord whole{.topic = "orders", .partition = 2, .offset = 18, .value = large};
        queue.report({StageKind::TaskPut, "T"}, {.consumed = &whole}, DataException("not liked"));
        CHECK_THROWS_WITH(queue.drain(60s), Catch::Contains("is not in the dead letter queue (topic=dlq)"));
    }
    SECTION("but not for one that a converter refused") {
        queue.report({StageKind::ValueConverter, "C"}, work, DataException("not a number"));
        CHECK(queue.drain(60s));
    }
}
