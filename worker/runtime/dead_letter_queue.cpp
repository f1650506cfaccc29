#include "worker/runtime/dead_letter_queue.hpp"

#include "worker/metrics/task_metrics.hpp"
#include "worker/runtime/trace.hpp"

#include <utility>

namespace millrace::worker {

namespace {

constexpr std::chrono::milliseconds room_wait{100};
/// In delivery reports, of what put() reported; the others have 0.
constexpr std::uint64_t reported_by_put = 1;

}

DeadLetterQueueConfig dead_letter_queue_config(const Settings& connector) {
    const Config values(sink_connector_keys(), connector);
    return {.topic = values.get_string("errors.deadletterqueue.topic.name"),
            .replication_factor = values.get_int("errors.deadletterqueue.topic.replication.factor"),
            .context_headers = values.get_boolean("errors.deadletterqueue.context.headers.enable")};
}

std::vector<ErrorHeader> error_headers(const TaskId& task, const Stage& stage, const ConsumerRecord& record,
                                       const std::exception& error) {
    return {{"__connect.errors.topic", std::string(record.topic)},
            {"__connect.errors.partition", std::to_string(record.partition)},
            {"__connect.errors.offset", std::to_string(record.offset)},
            {"__connect.errors.connector.name", task.connector},
            {"__connect.errors.task.id", std::to_string(task.task)},
            {"__connect.errors.stage", std::string(to_string(stage.kind))},
            {"__connect.errors.class.name", std::string(stage.class_name)},
            {"__connect.errors.exception.class.name", java_exception_name_of(error)},
            {"__connect.errors.exception.message", error.what()},
            {"__connect.errors.exception.stacktrace", trace_of(error) + "\n"}};
}

DeadLetterQueue::DeadLetterQueue(DeadLetterQueueConfig config, TaskId task, const ClientConfig& producer,
                                 std::stop_token stop, Logger logger, ClientMetrics* metrics)
    : config_(std::move(config)),
      task_(std::move(task)),
      stop_(std::move(stop)),
      logger_(logger.named("org.apache.kafka.connect.runtime.errors.DeadLetterQueueReporter")),
      producer_(producer, std::move(logger), [this](const Delivery& delivery) { on_delivery(delivery); }, metrics) {}

void DeadLetterQueue::ensure_topic(Admin& admin) const {
    const auto failure = "Could not initialize dead letter queue with topic=" + config_.topic;
    try {
        if (admin.partition_count(config_.topic)) return;
        logger_.error("Topic {} doesn't exist. Will attempt to create topic.", config_.topic);
        const auto created = admin.create_topic(
            {.name = config_.topic, .partitions = 1, .replication_factor = config_.replication_factor});
        if (created != Admin::Creation::NotAuthorized) return;
    } catch (const KafkaException&) {
        std::throw_with_nested(ConnectException(failure));
    }
    throw ConnectException(failure + ": its creation is not authorized");
}

void DeadLetterQueue::report(const Stage& stage, const RecordInWork& record, const std::exception& error) {
    if (!record.consumed) return;
    const auto& original = *record.consumed;
    std::vector<RecordHeader> headers(original.headers.begin(), original.headers.end());
    const auto context =
        config_.context_headers ? error_headers(task_, stage, original, error) : std::vector<ErrorHeader>{};
    for (const auto& header : context) headers.push_back({.key = header.key, .value = header.value});
    ProducerRecord out{.topic = config_.topic, .key = original.key, .value = original.value, .headers = headers};
    if (original.timestamp >= 0) out.timestamp = original.timestamp;
    if (stage.kind == StageKind::TaskPut) out.sequence = reported_by_put;
    if (counters_ != nullptr) TaskErrorCounters::count(counters_->dead_letters);
    while (!stop_.stop_requested()) {
        try {
            if (producer_.send(out) == Producer::Sent::Queued) return;
        } catch (const RetriableException& e) {
            logger_.warn("Cannot send to dead letter queue topic={} yet: {}", config_.topic, e.what());
        } catch (const ConnectException& e) {
            count_failure();
            logger_.error("Could not produce message to dead letter queue. topic={}: {}", config_.topic, e.what());
            if (producer_.fatal_error() || stage.kind == StageKind::TaskPut) fail(e);
            return;
        }
        producer_.poll(room_wait);
    }
    throw StopRequested("The task is to stop");
}

void DeadLetterQueue::count_failure() noexcept {
    if (counters_ != nullptr) TaskErrorCounters::count(counters_->dead_letter_failures);
}

void DeadLetterQueue::on_delivery(const Delivery& delivery) {
    if (delivery.error == 0) return;
    count_failure();
    const auto fatal = producer_.fatal_error();
    const auto reason = fatal.value_or(kafka_error_text(delivery.error));
    logger_.error("Could not produce message to dead letter queue. topic={}: {}", config_.topic, reason);
    if (fatal || delivery.sequence == reported_by_put) fail(KafkaException(reason, delivery.error));
}

void DeadLetterQueue::fail(const std::exception& error) {
    if (failure_) return;
    failure_ = std::make_exception_ptr(ConnectException(fmt::format(
        "A record that the task could not deliver is not in the dead letter queue (topic={}), so its offset is not "
        "committed: {}",
        config_.topic, error.what())));
}

void DeadLetterQueue::poll() { producer_.poll(std::chrono::milliseconds{0}); }

bool DeadLetterQueue::drain(std::chrono::milliseconds max_wait) {
    poll();
    const bool done = producer_.outstanding() == 0 || producer_.flush(max_wait);
    if (failure_) std::rethrow_exception(failure_);
    return done;
}

}
