#include "worker/kafka/consumer.hpp"

#include "worker/kafka/handle.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace millrace::worker {

namespace {

constexpr std::string_view consumer_logger_name = "org.apache.kafka.clients.consumer.KafkaConsumer";

std::int64_t to_rdkafka(std::int64_t offset) noexcept {
    switch (offset) {
    case offset_beginning:
        return RD_KAFKA_OFFSET_BEGINNING;
    case offset_end:
        return RD_KAFKA_OFFSET_END;
    case offset_committed:
        return RD_KAFKA_OFFSET_STORED;
    default:
        return offset;
    }
}

}

ConsumerRecord as_record(const rd_kafka_message_t& message, std::string_view topic) {
    const auto bytes = [](const void* data, std::size_t size) -> std::optional<std::string_view> {
        if (!data) return std::nullopt;
        return std::string_view(static_cast<const char*>(data), size);
    };
    rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    const auto timestamp = rd_kafka_message_timestamp(&message, &type);
    return {.topic = topic,
            .partition = message.partition,
            .offset = message.offset,
            .timestamp = timestamp,
            .timestamp_type = type == RD_KAFKA_TIMESTAMP_CREATE_TIME       ? TimestampType::CreateTime
                              : type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME ? TimestampType::LogAppendTime
                                                                           : TimestampType::None,
            .key = bytes(message.key, message.key_len),
            .value = bytes(message.payload, message.len)};
}

struct Consumer::State : HandleOpaque {
    rd_kafka_t* client = nullptr;
    rd_kafka_queue_t* queue = nullptr;
    std::map<TopicPartition, bool> at_end;
    bool wants_group = false;  ///< it reads on from offsets that the group has
};

Consumer::Consumer(const ClientConfig& config, Logger logger, ClientMetrics* metrics)
    : state_(std::make_unique<State>()) {
    state_->logger = logger.named(std::string(consumer_logger_name));
    state_->metrics = metrics;
    auto conf = make_conf(config, *state_);
    rd_kafka_conf_set(conf.get(), "enable.auto.commit", "false", nullptr, 0);
    rd_kafka_conf_set(conf.get(), "enable.auto.offset.store", "false", nullptr, 0);
    rd_kafka_conf_set(conf.get(), "enable.partition.eof", "true", nullptr, 0);
    state_->client = make_client(RD_KAFKA_CONSUMER, std::move(conf));
    rd_kafka_poll_set_consumer(state_->client);
    state_->queue = rd_kafka_queue_get_consumer(state_->client);
}

Consumer::~Consumer() {
    rd_kafka_queue_destroy(state_->queue);
    rd_kafka_assign(state_->client, nullptr);
    rd_kafka_destroy_flags(state_->client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

void Consumer::assign(std::span<const Assignment> partitions) {
    const ListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
    state_->at_end.clear();
    state_->wants_group =
        std::ranges::any_of(partitions, [](const Assignment& p) { return p.offset == offset_committed; });
    for (const auto& p : partitions) {
        auto* entry = rd_kafka_topic_partition_list_add(list.get(), p.partition.topic.c_str(), p.partition.partition);
        entry->offset = to_rdkafka(p.offset);
        state_->at_end.emplace(p.partition, false);
    }
    if (const auto error = rd_kafka_assign(state_->client, list.get())) {
        throw_kafka_error("Cannot assign partitions", error);
    }
}

std::size_t Consumer::poll(std::chrono::milliseconds max_wait, const OnRecord& on_record, std::size_t max_records) {
    std::size_t given = 0;
    auto wait = static_cast<int>(std::clamp<std::int64_t>(max_wait.count(), 0, 1'000'000'000));
    while (given < max_records) {
        const MessagePtr message(rd_kafka_consumer_poll(state_->client, wait));
        if (!message) break;
        wait = 0;
        const auto topic = message->rkt ? std::string_view(rd_kafka_topic_name(message->rkt)) : std::string_view{};
        if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            state_->at_end[{std::string(topic), message->partition}] = true;
            continue;
        }
        if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            if (is_retriable(message->err)) continue;  // librdkafka goes on trying
            // It looks for the group's coordinator whether or not anybody needs it.
            if (message->err == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED && !state_->wants_group) continue;
            throw_kafka_error(fmt::format("Cannot read topic '{}'", topic), message->err,
                              rd_kafka_message_errstr(message.get()));
        }
        ++given;
        on_record(as_record(*message, topic));
    }
    return given;
}

std::optional<std::int64_t> Consumer::position(const TopicPartition& partition) const {
    const ListPtr list(rd_kafka_topic_partition_list_new(1));
    auto* entry = rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.partition);
    if (rd_kafka_position(state_->client, list.get()) || entry->offset < 0) return std::nullopt;
    return entry->offset;
}

void Consumer::commit() {
    const ListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(state_->at_end.size())));
    for (const auto& [partition, unused] : state_->at_end) {
        if (const auto next = position(partition)) {
            rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.partition)->offset = *next;
        }
    }
    if (list->cnt == 0) return;
    if (const auto error = rd_kafka_commit(state_->client, list.get(), 1)) {
        throw_kafka_error("Cannot commit offsets", error);
    }
}

bool Consumer::at_end(const TopicPartition& partition) const {
    const auto found = state_->at_end.find(partition);
    return found != state_->at_end.end() && found->second;
}

}
