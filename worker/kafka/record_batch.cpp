#include "worker/kafka/record_batch.hpp"

#include "worker/kafka/handle.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace millrace::worker {

struct RecordBatch::Memory {
    std::vector<MessagePtr> messages;
    std::vector<std::vector<RecordHeader>> headers;
    const rd_kafka_topic_t* topic = nullptr;  ///< of the last message, which keeps it
    std::string_view topic_name = {};
};
RecordBatch::RecordBatch() : memory_(std::make_unique<Memory>()) {}
RecordBatch::RecordBatch(RecordBatch&&) noexcept = default;
RecordBatch& RecordBatch::operator=(RecordBatch&&) noexcept = default;
RecordBatch::~RecordBatch() = default;

void RecordBatch::expect(std::size_t messages) {
    records_.reserve(records_.size() + messages);
    memory_->messages.reserve(memory_->messages.size() + messages);
}

void RecordBatch::add(rd_kafka_message_s& taken) {
    MessagePtr message(&taken);
    if (message->rkt != memory_->topic) {
        memory_->topic = message->rkt;
        memory_->topic_name = rd_kafka_topic_name(message->rkt);
    }
    auto& record = records_.emplace_back(as_record(*message, memory_->topic_name));
    rd_kafka_headers_t* headers = nullptr;
    if (!rd_kafka_message_headers(message.get(), &headers)) {
        auto& all = memory_->headers.emplace_back();
        const char* name = nullptr;
        const void* value = nullptr;
        std::size_t size = 0;
        for (std::size_t i = 0; !rd_kafka_header_get_all(headers, i, &name, &value, &size); ++i) {
            all.push_back({.key = name, .value = {}});
            if (value) all.back().value = std::string_view(static_cast<const char*>(value), size);
        }
        record.headers = all;  // its elements stay where they are when `headers` grows
    }
    memory_->messages.push_back(std::move(message));
}

void RecordBatch::drop(std::span<const TopicPartition> partitions) {
    std::erase_if(records_, [&](const ConsumerRecord& record) {
        return std::ranges::any_of(partitions, [&](const TopicPartition& p) {
            return p.partition == record.partition && p.topic == record.topic;
        });
    });
}

}
