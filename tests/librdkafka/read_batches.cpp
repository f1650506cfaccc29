/// read_batches BROKERS TOPIC ISOLATION START BYTES: what the librdkafka that is built here reads of a topic's first
/// partitions, from an offset on and so many bytes of a partition at once, a line of text for each record. compare.py
/// has a librdkafka of another make read the same.
#include "connectors/support/text.hpp"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <array>
#include <cstdio>
#include <exception>
#include <span>
#include <stdexcept>
#include <string>

using namespace millrace;

namespace {

constexpr int partitions = 3;

void require(bool good, const std::string& what) {
    if (!good) throw std::runtime_error(what);
}

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

rd_kafka_t* new_consumer(const std::string& brokers, const std::string& isolation, const std::string& bytes) {
    auto* conf = rd_kafka_conf_new();
    std::array<char, 256> error{};
    const auto set = [&](const char* name, const std::string& value) {
        require(rd_kafka_conf_set(conf, name, value.c_str(), error.data(), error.size()) == RD_KAFKA_CONF_OK,
                error.data());
    };
    set("bootstrap.servers", brokers);
    set("group.id", "batches");
    set("enable.auto.commit", "false");
    set("enable.partition.eof", "true");
    set("auto.offset.reset", "error");
    set("isolation.level", isolation);
    set("fetch.message.max.bytes", bytes);
    auto* client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error.data(), error.size());
    require(client != nullptr, error.data());
    return client;
}

/// All partitions to their ends.
void read(rd_kafka_queue_t& queue) {
    std::array<rd_kafka_message_t*, 1000> taken{};
    for (int ends = 0; ends < partitions;) {
        const auto count = rd_kafka_consume_batch_queue(&queue, 1000, taken.data(), taken.size());
        require(count >= 0, "nothing can be read");
        for (auto* message : std::span(taken).first(static_cast<std::size_t>(count))) {
            if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
                ++ends;
            } else if (message->err) {
                throw std::runtime_error(rd_kafka_message_errstr(message));
            } else {
                fmt::print("{}\n", as_line(*message));
            }
            rd_kafka_message_destroy(message);
        }
    }
}

}

int main(int argc, char** argv) try {
    const std::span arguments(argv, static_cast<std::size_t>(argc));
    require(arguments.size() == 6, "read_batches BROKERS TOPIC ISOLATION START BYTES");
    auto* client = new_consumer(arguments[1], arguments[3], arguments[5]);
    auto* list = rd_kafka_topic_partition_list_new(partitions);
    for (int partition = 0; partition < partitions; ++partition) {
        rd_kafka_topic_partition_list_add(list, arguments[2], partition)->offset = std::stoll(arguments[4]);
    }
    require(rd_kafka_assign(client, list) == RD_KAFKA_RESP_ERR_NO_ERROR, "the partitions cannot be assigned");
    auto* queue = rd_kafka_queue_get_consumer(client);
    read(*queue);
    rd_kafka_queue_destroy(queue);
    rd_kafka_consumer_close(client);
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(client);
    return 0;
} catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 1;
}
