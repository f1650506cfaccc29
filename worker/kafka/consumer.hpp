/// Reads partitions that are assigned by hand. For the internal topics, and with commits but without membership for
/// topics that connectors are told things through. Owned by one thread.
#pragma once
#include "connectors/api/log.hpp"
#include "connectors/api/record.hpp"
#include "connectors/api/record_header.hpp"
#include "worker/kafka/client_config.hpp"
#include "worker/kafka/error.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace millrace::worker {

class ClientMetrics;

/// Its texts lie in memory of the client: with Consumer valid during the callback only.
struct ConsumerRecord {
    std::string_view topic;
    std::int32_t partition = 0;
    std::int64_t offset = 0;
    std::int64_t timestamp = -1;  ///< ms since the epoch; -1: none
    TimestampType timestamp_type = TimestampType::None;
    std::optional<std::string_view> key = {};
    std::optional<std::string_view> value = {};
    std::span<const RecordHeader> headers = {};  ///< a GroupConsumer's records have them
};

inline constexpr std::int64_t offset_beginning = -2;
inline constexpr std::int64_t offset_end = -1;
inline constexpr std::int64_t offset_committed = -3;  ///< of the group; as auto.offset.reset has it where there is none

class Consumer {
public:
    using OnRecord = std::function<void(const ConsumerRecord&)>;

    /// Throws ConfigException for settings that librdkafka refuses. Does not wait for a broker.
    Consumer(const ClientConfig& config, Logger logger, ClientMetrics* metrics = nullptr);
    ~Consumer();
    Consumer(const Consumer&) = delete;
    Consumer& operator=(const Consumer&) = delete;

    struct Assignment {
        TopicPartition partition;
        std::int64_t offset = offset_beginning;
    };
    /// Replaces the assignment.
    void assign(std::span<const Assignment> partitions);
    /// Waits up to `max_wait` for the first record, then gives all that are here, at most `max_records`. The number
    /// given. Lost brokers are waited out inside; throws KafkaException for errors that stay.
    std::size_t poll(std::chrono::milliseconds max_wait, const OnRecord& on_record, std::size_t max_records = 1000);
    /// The offset after the last record given (control records skipped), or none before the first. Where the log has no
    /// records at all there is none either: compare with the beginning offset.
    std::optional<std::int64_t> position(const TopicPartition& partition) const;
    /// What poll() gave is committed for the group of the settings. Does not wait. Throws KafkaException.
    void commit();
    /// True once everything that was in the partition when the broker last answered has been given.
    bool at_end(const TopicPartition& partition) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}
