/// Records that a GroupConsumer has read, and the memory that they point to: librdkafka's own.
#pragma once
#include "worker/kafka/consumer.hpp"

#include <memory>
#include <span>
#include <vector>

struct rd_kafka_message_s;

namespace millrace::worker {

class RecordBatch {
public:
    RecordBatch();
    RecordBatch(RecordBatch&&) noexcept;
    RecordBatch& operator=(RecordBatch&&) noexcept;
    ~RecordBatch();  ///< before its consumer's

    std::span<const ConsumerRecord> records() const noexcept { return records_; }
    /// That many more will be added.
    void expect(std::size_t messages);
    /// Takes the message over.
    void add(rd_kafka_message_s& message);
    void drop(std::span<const TopicPartition> partitions);

private:
    struct Memory;
    std::unique_ptr<Memory> memory_;
    std::vector<ConsumerRecord> records_;
};

}
