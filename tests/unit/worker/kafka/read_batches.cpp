/// What the librdkafka that is built here reads: all records of a topic's first partitions, a line of text each, for
/// confluent/compare, which runs it by name and has a librdkafka of another make read the same. It says with
/// MILLRACE_BATCHES_BROKERS, _TOPIC, _START (an offset), _ISOLATION and _BYTES (of a partition at once) what to read,
/// and with _READ where the lines go.
#include "connectors/support/text.hpp"
#include "tests/pch.hpp"
#include "tests/unit/environment.hpp"

#include <librdkafka/rdkafka.h>

#include <array>
#include <fstream>

using namespace millrace;

namespace {

constexpr int partitions = 3;

std::string as_text(const void* data, std::size_t length) {
    return data == nullptr ? "null" : '"' + to_hex({static_cast<const char*>(data), length}) + '"';
}

std::string headers_of(const rd_kafka_message_t& message) {
    rd_kafka_headers_t* headers = nullptr;
    std::string text;
    if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return text;
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t length = 0;
    for (std::size_t i = 0; !rd_kafka_header_get_all(headers, i, &name, &value, &length); ++i) {
        text += fmt::format(" {}={}", name, as_text(value, length));
    }
    return text;
}

std::string as_line(const rd_kafka_message_t& message) {
    rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    const auto timestamp = rd_kafka_message_timestamp(&message, &type);
    return fmt::format("{} {} {} {} {} {} {}{}", message.partition, message.offset, static_cast<int>(type), timestamp,
                       rd_kafka_message_leader_epoch(&message), as_text(message.key, message.key_len),
                       as_text(message.payload, message.len), headers_of(message));
}

rd_kafka_t* new_consumer(const std::string& brokers) {
    auto* conf = rd_kafka_conf_new();
    const auto set = [&](const char* name, const std::string& value) {
        std::array<char, 256> error{};
        INFO(name);
        REQUIRE(rd_kafka_conf_set(conf, name, value.c_str(), error.data(), error.size()) == RD_KAFKA_CONF_OK);
    };
    set("bootstrap.servers", brokers);
    set("group.id", "batches");
    set("enable.auto.commit", "false");
    set("enable.partition.eof", "true");
    set("auto.offset.reset", "error");
    set("isolation.level", environment_or("MILLRACE_BATCHES_ISOLATION", ""));
    set("fetch.message.max.bytes", environment_or("MILLRACE_BATCHES_BYTES", ""));
    auto* client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, nullptr, 0);
    REQUIRE(client != nullptr);
    return client;
}

}

TEST_CASE("Records are read as another make of librdkafka reads them", "[.][batches]") {
    std::ofstream read(environment_or("MILLRACE_BATCHES_READ", ""));
    auto* client = new_consumer(environment_or("MILLRACE_BATCHES_BROKERS", ""));
    auto* list = rd_kafka_topic_partition_list_new(partitions);
    for (int partition = 0; partition < partitions; ++partition) {
        rd_kafka_topic_partition_list_add(list, environment_or("MILLRACE_BATCHES_TOPIC", "").c_str(), partition)
            ->offset = std::stoll(environment_or("MILLRACE_BATCHES_START", ""));
    }
    REQUIRE(rd_kafka_assign(client, list) == RD_KAFKA_RESP_ERR_NO_ERROR);
    auto* queue = rd_kafka_queue_get_consumer(client);
    std::array<rd_kafka_message_t*, 1000> taken{};
    for (int ends = 0; ends < partitions;) {
        const auto count = rd_kafka_consume_batch_queue(queue, 1000, taken.data(), taken.size());
        REQUIRE(count >= 0);
        for (auto* message : std::span(taken).first(static_cast<std::size_t>(count))) {
            if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
                ++ends;
            } else if (message->err) {
                FAIL(rd_kafka_message_errstr(message));
            } else {
                read << as_line(*message) << '\n';
            }
            rd_kafka_message_destroy(message);
        }
    }
    rd_kafka_queue_destroy(queue);
    rd_kafka_consumer_close(client);
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(client);
}
