/// A member of a consumer group: reads the topics it subscribes to, shares their partitions with the other members, and
/// commits by hand. Owned by one thread; the listener is called inside of poll(), on that thread.
///
/// Assignment  A new partition starts at the group's committed offset, else where auto.offset.reset says. One whose
/// start
///             no broker can tell yet is asked for again, and taken over when it is known.
/// Throws      KafkaException for what stays wrong (authorization, a reset that is not allowed); lost brokers are
///             waited out inside. What a listener throws comes out of poll() once the rebalance is over.
#pragma once
#include "connectors/api/log.hpp"
#include "connectors/api/record.hpp"
#include "worker/kafka/client_config.hpp"
#include "worker/kafka/consumer.hpp"
#include "worker/kafka/record_batch.hpp"

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace millrace::worker {

class ClientMetrics;

class RebalanceListener {
public:
    virtual ~RebalanceListener() = default;
    /// These partitions are coming, with the offsets that they start at (absent where there is none and
    /// auto.offset.reset is none). The listener may change them.
    virtual void on_assigned(std::span<const TopicPartition> partitions, TopicOffsets& start) = 0;
    /// The partitions of on_assigned are here: they can be paused.
    virtual void on_ready() = 0;
    /// These partitions go; they may still be committed unless they are lost.
    virtual void on_revoked(std::span<const TopicPartition> partitions, bool lost) = 0;
};

class GroupConsumer {
public:
    using Committed = std::function<void(std::exception_ptr error)>;

    /// Throws ConfigException for settings that librdkafka refuses. Does not wait for a broker.
    /// `metrics` gets the client's statistics, and outlives it.
    GroupConsumer(const ClientConfig& config, Logger logger, RebalanceListener& listener,
                  ClientMetrics* metrics = nullptr);
    ~GroupConsumer();  ///< leaves the group; the listener is not asked
    GroupConsumer(const GroupConsumer&) = delete;
    GroupConsumer& operator=(const GroupConsumer&) = delete;

    /// The names of all topics, or none if no broker answers in time.
    std::optional<std::vector<std::string>> topics(std::chrono::milliseconds max_wait);
    /// Asks brokers for this topic, which makes those create it that do so, if allow.auto.create.topics is on. Waits
    /// for the answer for `max_wait` at most.
    void ask_for(const std::string& topic, std::chrono::milliseconds max_wait);
    /// Replaces the subscription.
    void subscribe(std::span<const std::string> topics);
    /// Waits up to `max_wait` for the first record, then gives those that are here. None after a rebalance, or when
    /// there are none.
    RecordBatch poll(std::chrono::milliseconds max_wait, std::size_t max_records);

    const std::vector<TopicPartition>& assignment() const noexcept;
    void pause(std::span<const TopicPartition> partitions);
    void resume(std::span<const TopicPartition> partitions);
    /// The next records come from these offsets.
    void seek(const TopicOffsets& offsets);
    /// `done` is called inside of a later poll(), or not at all if the consumer ends before.
    void commit_async(const TopicOffsets& offsets, Committed done);
    /// Throws what the commit failed with.
    void commit(const TopicOffsets& offsets, std::chrono::milliseconds max_wait);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}
