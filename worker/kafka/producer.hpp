/// Sends records to Kafka. Owned by one thread, which also receives the delivery reports.
///
/// Bounds  librdkafka's queue is bounded in messages and bytes; a send that finds it full is refused, and the owner
///         polls, which is what back-pressure is.
/// Order   one request in flight a connection, as Connect has it: records of a partition arrive in the order of
/// sending.
#pragma once
#include "connectors/api/log.hpp"
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
#include <utility>

namespace millrace::worker {

class ClientMetrics;

/// Everything is copied by send().
struct ProducerRecord {
    std::string_view topic;
    std::optional<std::int32_t> partition = {};  ///< none: murmur2 of the key; without a key, a partition for a while
    std::optional<std::int64_t> timestamp = {};  ///< ms since the epoch; none: now
    std::optional<std::string_view> key = {};
    std::optional<std::string_view> value = {};
    std::span<const RecordHeader> headers = {};
    std::uint64_t sequence = 0;  ///< the caller's; comes back in the delivery report
};

/// What became of one record.
struct Delivery {
    std::uint64_t sequence = 0;
    KafkaErrorCode error = 0;  ///< 0: acknowledged
    std::string_view topic = {};
    std::int32_t partition = -1;
    std::int64_t offset = -1;
    bool first_of_topic = false;  ///< the first acknowledged record in this topic, or since forget_topics()
};

/// How long a call waits for brokers that are away.
struct Patience {
    std::chrono::milliseconds longest = std::chrono::hours(24);
    std::function<bool()> given_up = {};  ///< asked a few times a second; true ends the wait
};

class Producer {
public:
    using OnDelivery = std::function<void(const Delivery&)>;

    /// Throws ConfigException for settings that librdkafka refuses. Does not wait for a broker.
    /// `metrics` gets the client's statistics, and outlives it. While `may_produce` says no, which is asked on other
    /// threads, nothing that is queued is sent, nor the rest of what is being sent.
    Producer(const ClientConfig& config, Logger logger, OnDelivery on_delivery, ClientMetrics* metrics = nullptr,
             std::function<bool()> may_produce = {});
    ~Producer();  ///< drops what is not delivered; call flush() first
    Producer(const Producer&) = delete;
    Producer& operator=(const Producer&) = delete;

    enum class Sent : std::uint8_t { Queued, QueueFull };
    /// Throws KafkaException for what can never be sent (too large, invalid topic name).
    Sent send(const ProducerRecord& record);
    /// Receives delivery reports: waits up to `max_wait` for the first. The number received.
    std::size_t poll(std::chrono::milliseconds max_wait);
    /// Polls until everything is delivered or the time is over; true if nothing is left.
    bool flush(std::chrono::milliseconds max_wait);
    /// Sent and without a delivery report.
    std::size_t outstanding() const noexcept;
    /// The next acknowledged record of each topic is its first again.
    void forget_topics() noexcept;
    /// Why this producer sends nothing any more, or none. What it held has been purged by then.
    std::optional<std::string> fatal_error() const;

    // With the setting transactional.id. Every send belongs to a transaction. They throw RetriableKafkaException where
    // the same call may be made again, also when patience was at its end, and KafkaException for a transaction that can
    // only be aborted (is_fenced: by a newer producer of this id, and this one is of no more use).

    /// Takes the id over: older producers of it write no more, and what they left open is aborted.
    void init_transactions(const Patience& patience);
    void begin_transaction();
    /// Waits until everything sent is delivered and committed, at most until the transaction times out.
    void commit_transaction(const Patience& patience = {});
    /// Gives up what was sent; its reports say that it was purged.
    void abort_transaction(const Patience& patience = {});

    /// Fails what is queued or in flight; the reports come with the next polls.
    void purge() noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Sends keys and values to a topic; waits for room in the queue. Throws RetriableKafkaException when patience is at
/// its end before that.
void send_all(Producer& producer, std::string_view topic,
              std::span<const std::pair<std::string, std::optional<std::string>>> records, std::uint64_t sequence = 0,
              const Patience& patience = {});

}
