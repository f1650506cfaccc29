/// What GroupConsumer's two files share: one reads, seeks and commits, the other takes partitions over and gives them
/// up.
///
/// Threads  the owner's alone; librdkafka calls rebalance() inside of a poll, and while it closes
#pragma once
#include "worker/kafka/group_consumer.hpp"
#include "worker/kafka/handle.hpp"

#include <utility>

namespace millrace::worker {

struct GroupConsumer::State : HandleOpaque {
    explicit State(RebalanceListener& l) : listener(l) {}

    RebalanceListener& listener;
    rd_kafka_t* client = nullptr;
    QueuePtr queue;
    std::string offset_reset;
    std::optional<std::chrono::milliseconds> reset_duration = {};
    std::vector<TopicPartition> assignment;
    TopicOffsets started;  ///< where each of them was told to start
    /// Partitions that the group has given and whose start is not known. librdkafka would ask for it itself, but for
    /// ever gives up on a coordinator that answers that it is none (its issue 5586). Of partitions that nobody reads
    /// yet it would not hear either that they have got a leader.
    std::vector<TopicPartition> waiting;
    std::chrono::steady_clock::time_point ask_again{};
    RecordBatch* collected = nullptr;  ///< of the poll that is running
    bool rebalanced = false;
    bool closing = false;
    std::vector<TopicPartition> revoked = {};     ///< in the poll that is running
    std::vector<rd_kafka_message_t*> taken = {};  ///< room for what librdkafka gives at once
    std::exception_ptr thrown;

    void rebalance(rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t& list) noexcept;
    void take_over(const std::vector<TopicPartition>& given, int timeout_ms);
    void take_over_waiting();
    void revoke(const rd_kafka_topic_partition_list_t& list, bool lost);
    bool cooperative() const {
        const auto* protocol = rd_kafka_rebalance_protocol(client);  // null while it closes
        return protocol != nullptr && std::string_view(protocol) == "COOPERATIVE";
    }
    void add_to_assignment(const std::vector<TopicPartition>& added);
    void remove_from_assignment(const std::vector<TopicPartition>& removed);
    void collect(MessagePtr message);
    void collect_ready(std::size_t max_records);
    void seek(const TopicOffsets& offsets);
    /// Asks brokers for this topic, of which librdkafka then knows who leads. None if no broker answers in time.
    MetadataPtr metadata(const std::string& topic, int timeout_ms) const;
    struct Positions {
        TopicOffsets start;
        std::vector<TopicPartition> unknown;
    };
    Positions positions(const std::vector<TopicPartition>& partitions, int timeout_ms) const;
    std::optional<std::int64_t> reset_position(const TopicPartition& partition, int timeout_ms) const;
    std::optional<std::int64_t> first_offset_since(const TopicPartition& partition, std::chrono::milliseconds age,
                                                   int timeout_ms) const;
    std::int64_t next_offset(const TopicPartition& partition) const;
    template <class Call>
    void guarded(Call call) {
        try {
            call();
        } catch (...) {
            if (!thrown) thrown = std::current_exception();
        }
    }
    void rethrow() {
        if (auto e = std::exchange(thrown, nullptr)) std::rethrow_exception(e);
    }
};

}
