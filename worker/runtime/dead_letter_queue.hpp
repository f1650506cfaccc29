/// The topic that records go to which a sink could not convert, transform or deliver: their bytes as they came, with
/// headers that say what was wrong. Belongs to the task's thread.
///
/// Facts   Kafka Connect, DeadLetterQueueReporter (KIP-298): names and order of the headers.
#pragma once
#include "worker/kafka/admin.hpp"
#include "worker/kafka/producer.hpp"
#include "worker/runtime/attempt.hpp"
#include "worker/runtime/ids.hpp"

#include <chrono>
#include <exception>
#include <stop_token>
#include <string>
#include <vector>

namespace millrace::worker {

struct DeadLetterQueueConfig {
    std::string topic;  ///< empty: there is none
    std::int32_t replication_factor = 3;
    bool context_headers = false;
};
/// Throws ConfigException for values that do not parse.
DeadLetterQueueConfig dead_letter_queue_config(const Settings& connector);

/// Header names and values that tell of a failure.
struct ErrorHeader {
    std::string_view key;
    std::string value;
};
std::vector<ErrorHeader> error_headers(const TaskId& task, const Stage& stage, const ConsumerRecord& record,
                                       const std::exception& error);

class DeadLetterQueue final : public ErrorReporter {
public:
    /// `stop` ends the wait for room in the producer's queue. `metrics` is the producer's; it outlives this object.
    DeadLetterQueue(DeadLetterQueueConfig config, TaskId task, const ClientConfig& producer, std::stop_token stop,
                    Logger logger, ClientMetrics* metrics = nullptr);

    /// What is sent, and what cannot be, is counted there; outlives this object.
    void count_in(TaskErrorCounters& counters) noexcept { counters_ = &counters; }
    /// Makes the topic if it is not there. Throws ConnectException if that is refused, RetriableException while brokers
    /// do not answer.
    void ensure_topic(Admin& admin) const;
    /// Throws StopRequested if the record could not be queued before the task is to stop.
    void report(const Stage& stage, const RecordInWork& record, const std::exception& error) override;
    /// Takes in what brokers have answered. Does not wait.
    void poll();
    /// Waits until everything reported is in the topic; false if time is up. What brokers refuse is a line in the log;
    /// throws ConnectException, also when it is called again, where that was a record that put() reported, or if the
    /// producer has failed for good: no offset may be committed then.
    bool drain(std::chrono::milliseconds max_wait);

private:
    void count_failure() noexcept;
    void fail(const std::exception& error);
    void on_delivery(const Delivery& delivery);

    DeadLetterQueueConfig config_;
    TaskId task_;
    std::stop_token stop_;
    TaskErrorCounters* counters_ = nullptr;
    Logger logger_;
    std::exception_ptr failure_;
    Producer producer_;
};

}
