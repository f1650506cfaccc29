/// A compacted topic that is read whole at the start and then followed, and written by this worker too.
///
/// Threads  A reader thread owns the consumer; a writer thread owns the producer and asks for end offsets. on_records
///          comes on the reader thread; the callbacks on either. Methods may be called from any thread and never block,
///          stop() apart.
/// Order    Whoever hands records on in their order sees all of them before the end of a read_to_end that covers them.
/// Errors   Lost brokers are waited out. A failed send or read ends in its callback.
/// Lease    While it is not held nothing is written, and what is sent waits. When its next term begins, what was sent
///          in an earlier one ends with GivenUpException, or with RetriableException if a broker may have it.
#pragma once
#include "cluster/storage/given_up.hpp"
#include "connectors/api/log.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/kafka/client_config.hpp"
#include "worker/metrics/client_metrics.hpp"
#include "worker/runtime/lease.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millrace::worker {
class Admin;
}

namespace millrace::cluster {

struct LogRecord {
    std::int32_t partition = 0;
    std::int64_t offset = 0;
    std::string key;
    std::optional<std::string> value;  ///< none: a tombstone
};

struct TopicLogOptions {
    std::string topic;
    worker::ClientConfig consumer;
    worker::ClientConfig producer;
    worker::ClientConfig admin;
    /// Called once on the writer thread before anything else: makes or checks the topic. Throws what ends start().
    std::function<void(worker::Admin&)> prepare = {};
    std::chrono::milliseconds admin_timeout{30000};
    Logger logger = {};
    std::shared_ptr<const worker::Lease> lease = std::make_shared<worker::Lease>();  ///< on writing
    std::shared_ptr<worker::ClientMetricsList> clients = std::make_shared<worker::ClientMetricsList>();
};

/// True if the consumer of these options sees only what is committed.
bool reads_committed(const TopicLogOptions& options);

class KafkaBasedLog {
public:
    using OnRecords = std::function<void(std::vector<LogRecord> records)>;
    using Done = std::function<void(std::exception_ptr error)>;

    KafkaBasedLog(TopicLogOptions options, OnRecords on_records);
    ~KafkaBasedLog();
    KafkaBasedLog(const KafkaBasedLog&) = delete;
    KafkaBasedLog& operator=(const KafkaBasedLog&) = delete;

    /// Starts both threads; `done` when everything that is in the topic now was given.
    void start(Done done);
    /// `done` when the broker has acknowledged it, or will not: RetriableException or ConnectException.
    void send(std::string key, std::optional<std::string> value, Done done);
    /// `done` when all was given that was in the topic, or written by this log, before the call.
    void read_to_end(Done done);
    /// Of each partition, as the newest read_to_end has found it, also the one of start(); empty before.
    std::vector<std::int64_t> ends() const;
    /// `done` when nothing sent before is without acknowledgement, but for what waits for the lease.
    void flush(Done done);
    /// Ends both threads. What was sent and may be written gets a short time to be acknowledged; callbacks that wait
    /// fail.
    void stop() noexcept;

private:
    struct State;
    std::shared_ptr<State> state_;
};

/// The clients' settings for an internal topic: `suffix` is "configs", "offsets" or "statuses".
/// `committed_only`: whatever the settings say.
TopicLogOptions internal_log_options(const worker::WorkerConfig& config, const std::string& topic,
                                     const std::string& suffix, Logger logger, bool committed_only = false);

}
