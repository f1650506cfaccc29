#include "worker/runtime/source_session.hpp"

#include "worker/config/connector_config.hpp"
#include "worker/config/override_policy.hpp"
#include "worker/kafka/client_config.hpp"
#include "worker/runtime/trace.hpp"

#include <algorithm>
#include <random>

namespace millrace::worker {

namespace {

using std::chrono::milliseconds;

/// A poll without records ends after this at the latest, so that acknowledgements, offsets and pauses are looked after.
constexpr milliseconds busy_wait{50};
constexpr milliseconds idle_wait{500};
/// The first back-off after a RetriableException; doubles up to the longest.
constexpr milliseconds retry_wait{100};
constexpr milliseconds longest_retry_wait{10'000};
/// Each wait for room in the producer's queue; a delivery report ends it early.
constexpr milliseconds queue_wait{100};
constexpr milliseconds admin_timeout{30'000};
/// Records behind the oldest that is not acknowledged: bounds memory when one of several partitions is stuck.
constexpr std::size_t most_pending = 500'000;

double random_part() {
    thread_local std::minstd_rand engine{std::random_device{}()};
    return std::uniform_real_distribution<double>(0, 1)(engine);
}

/// Validation has refused them already, unless the policy changed since.
void refuse_overrides(const OverridePolicy& policy, const Settings& connector, std::string_view prefix) {
    for (const auto& [key, value] : with_prefix_removed(connector, prefix)) {
        if (!policy.allows(key)) {
            throw ConnectException(fmt::format("Client Config Overrides not allowed [{}]", policy.refusal(key)));
        }
    }
}

std::unique_ptr<SourceTask> make_task(const Connector& connector, std::string_view class_name) {
    const auto* source = dynamic_cast<const SourceConnector*>(&connector);
    if (!source) throw ConnectException(fmt::format("Connector class {} is no source connector", class_name));
    return source->make_task();
}

}

WorkerSourceTask::Session::Session(WorkerSourceTask& task)
    : task_(task),
      logger_(task.parts_.logger.named("org.apache.kafka.connect.runtime.WorkerSourceTask")),
      plugin_logger_(task.parts_.logger),
      connector_settings_(task.parts_.transformer->transform(task.parts_.connector)),
      connector_(task.parts_.plugins.create_connector(connector_basics(connector_settings_).connector_class)),
      source_(make_task(*connector_, connector_basics(connector_settings_).connector_class)),
      context_(error_handling(connector_settings_), to_string(task.parts_.id), logger_,
               {.now = [] { return ProcessingContext::Clock::now(); },
                .wait = [this](milliseconds time) { return wait(time); },
                .random = random_part}),
      pipeline_(make_pipeline(connector_settings_), context_),
      topics_(make_topic_creator(connector_settings_)),
      producer_(make_producer(connector_settings_)),
      committer_(
          task.parts_.offsets, task.parts_.id.connector, name(),
          {.interval = task.parts_.config->offset_flush_interval, .timeout = task.parts_.config->offset_flush_timeout},
          logger_,
          [this](OffsetEntries partition, OffsetEntries offset) { source_->offset_committed(partition, offset); },
          OffsetCommitter::Clock::now()) {
    plugin_logger_ = task.parts_.logger.named(connector_->task_class());
    // Configurations from before tasks.max was lowered.
    const auto basics = connector_basics(connector_settings_);
    const auto complaint = too_many_tasks(basics, static_cast<std::size_t>(task.parts_.id.task) + 1);
    if (!complaint.empty() && basics.tasks_max_enforce) throw TooManyTasksException(complaint);
}

SourcePipeline::Parts WorkerSourceTask::Session::make_pipeline(const Settings& connector) {
    const auto& parts = task_.parts_;
    const auto runtime = parts.logger.named("org.apache.kafka.connect.runtime.Worker");
    const auto class_name = connector_basics(connector).connector_class;
    const auto& info = parts.plugins.connector(class_name);
    task_.version_ = info.version;
    runtime.info("Instantiated task {} with version {} of type {}", name(), info.version, connector_->task_class());
    SourcePipeline::Parts made{.chain = {},
                               .converters = make_converters(connector, *parts.config, parts.plugins, name(), runtime)};
    made.chain = TransformationChain(parts.plugins, connector);
    runtime.info("Initializing: org.apache.kafka.connect.runtime.TransformationChain{{{}}}", made.chain.describe());
    return made;
}

std::optional<TopicCreator> WorkerSourceTask::Session::make_topic_creator(const Settings& connector) const {
    const auto& parts = task_.parts_;
    auto rules = TopicCreationRules::parse(connector);
    if (!rules || !parts.config->topic_creation_enable) return std::nullopt;
    refuse_overrides(OverridePolicy::from(parts.config->values), connector, "admin.override.");
    const auto settings =
        connector_admin_settings(parts.config->settings(), connector,
                                 fmt::format("connector-adminclient-{}-{}", parts.id.connector, parts.id.task));
    return TopicCreator(std::move(*rules),
                        std::make_unique<Admin>(translate(ClientKind::Admin, settings), logger_, admin_timeout),
                        logger_);
}

Producer WorkerSourceTask::Session::make_producer(const Settings& connector) {
    const auto& id = task_.parts_.id;
    const auto settings = source_producer_settings(task_.parts_.config->settings(), connector,
                                                   fmt::format("connector-producer-{}-{}", id.connector, id.task));
    refuse_overrides(OverridePolicy::from(task_.parts_.config->values), connector, "producer.override.");
    const auto config = translate(ClientKind::Producer, settings);
    for (const auto& warning : config.warnings) logger_.warn("{}", warning);
    return Producer(config, task_.parts_.logger, [this](const Delivery& delivery) { on_delivery(delivery); });
}

void WorkerSourceTask::Session::start() {
    started_ = true;
    source_->start(task_.parts_.transformer->transform(task_.parts_.task), *this);
    logger_.info("WorkerSourceTask{{id={}}} Source task finished initialization and start", name());
}

std::optional<OffsetMap> WorkerSourceTask::Session::offset(OffsetEntries partition) {
    for (auto back_off = retry_wait;; back_off = std::min(back_off * 2, longest_retry_wait)) {
        if (task_.cancelled()) throw ConnectException("The task was cancelled");
        try {
            return task_.parts_.offsets.read(task_.parts_.id.connector, partition);
        } catch (const RetriableException& e) {
            // A task that started while brokers are away starts when they are back.
            logger_.warn("WorkerSourceTask{{id={}}} Cannot read its stored offset yet, will try again: {}", name(),
                         e.what());
            if (!wait(back_off)) throw;
        }
    }
}

bool WorkerSourceTask::Session::wait(milliseconds time) {
    std::unique_lock lock(task_.mutex_);
    // Nothing but the stop token ends this wait before its time.
    task_.changed_.wait_for(lock, task_.stop_.get_token(), time, [] { return false; });
    return !task_.stop_.stop_requested();
}

milliseconds WorkerSourceTask::Session::poll_wait() const {
    if (producer_.outstanding() > 0 || committer_.in_flight()) return busy_wait;
    const auto until_flush = std::chrono::ceil<milliseconds>(committer_.next() - OffsetCommitter::Clock::now());
    return std::clamp(until_flush, busy_wait, idle_wait);
}

void WorkerSourceTask::Session::poll_and_send() {
    SourceBatch batch;
    try {
        batch = source_->poll(task_.stop_.get_token(), poll_wait());
        poll_back_off_ = retry_wait;
    } catch (const RetriableException& e) {
        logger_.warn("WorkerSourceTask{{id={}}} failed to poll records from SourceTask. Will retry operation. {}",
                     name(), e.what());
        tend();
        wait(std::exchange(poll_back_off_, std::min(poll_back_off_ * 2, longest_retry_wait)));
        return;
    }
    if (!batch.records.empty()) send_batch(std::move(batch));
    tend();
}

void WorkerSourceTask::Session::tend() {
    producer_.poll(milliseconds{0});
    throw_if_failed();
    committer_.tick(submitted_, OffsetCommitter::Clock::now());
}

void WorkerSourceTask::Session::send_batch(SourceBatch batch) {
    auto sequence = submitted_.submit(batch);
    if (!batch.values) batch.values = std::make_shared<Arena>();
    for (auto& record : batch.records) {
        if (!send(record, sequence++, *batch.values)) return;
    }
    while (submitted_.pending() > most_pending && wait_for_room()) {
    }
}

/// Lets acknowledgements come in; false if the task is to stop.
bool WorkerSourceTask::Session::wait_for_room() {
    producer_.poll(queue_wait);
    throw_if_failed();
    committer_.tick(submitted_, OffsetCommitter::Clock::now());
    return !task_.stop_.stop_requested();
}

/// False if the task is to stop and this record was not sent.
bool WorkerSourceTask::Session::send(SourceRecord& record, std::uint64_t sequence, Arena& arena) {
    auto out = record.offset_only() ? std::nullopt : pipeline_.prepare(record, arena);
    if (!out) {
        submitted_.acknowledge(sequence);  // an offset alone, or dropped on purpose: nothing to wait for
        return true;
    }
    out->sequence = sequence;
    if (topics_) ensure_topic(out->topic);
    for (;;) {
        try {
            if (producer_.send(*out) == Producer::Sent::Queued) return true;
            if (!wait_for_room()) return false;
        } catch (const RetriableKafkaException& e) {
            logger_.warn("WorkerSourceTask{{id={}}} failed to send record to {} and will try again: {}", name(),
                         out->topic, e.what());
            if (!wait(retry_wait)) return false;
        } catch (const KafkaException& e) {
            fail_or_skip(sequence, out->topic, e);
            throw_if_failed();
            return true;
        }
    }
}

void WorkerSourceTask::Session::ensure_topic(std::string_view topic) {
    for (;;) {
        try {
            return topics_->ensure(topic);
        } catch (const RetriableException& e) {
            logger_.warn("WorkerSourceTask{{id={}}} Cannot make sure of topic {}, will try again: {}", name(), topic,
                         e.what());
            if (!wait(retry_wait)) throw;
        }
    }
}

void WorkerSourceTask::Session::fail_or_skip(std::uint64_t sequence, std::string_view topic,
                                             const std::exception& error) {
    logger_.error("WorkerSourceTask{{id={}}} failed to send record to {}: {}", name(), topic, error.what());
    if (context_.tolerates()) {
        submitted_.acknowledge(sequence);
        return;
    }
    if (failure_) return;
    try {
        std::throw_with_nested(ConnectException("Unrecoverable exception from producer send callback"));
    } catch (...) {
        failure_ = std::current_exception();
    }
}

void WorkerSourceTask::Session::on_delivery(const Delivery& delivery) {
    if (delivery.error == 0) {
        submitted_.acknowledge(delivery.sequence);
        if (!delivery.first_of_topic || !task_.parts_.config->topic_tracking_enable) return;
        const std::lock_guard lock(task_.mutex_);
        if (!task_.cancelled_) task_.parts_.listener.on_topic_used(task_.parts_.id, std::string(delivery.topic));
        return;
    }
    if (is_purged(delivery.error)) return;  // at stop: not sent, so not acknowledged
    try {
        throw_kafka_error(fmt::format("Cannot send a record to topic '{}'", delivery.topic), delivery.error);
    } catch (const std::exception& e) {
        fail_or_skip(delivery.sequence, delivery.topic, e);
    }
}

void WorkerSourceTask::Session::throw_if_failed() {
    if (failure_) std::rethrow_exception(failure_);
}

void WorkerSourceTask::Session::finish() noexcept {
    try {
        const auto timeout = task_.parts_.config->offset_flush_timeout;
        const auto deadline = OffsetCommitter::Clock::now() + timeout;
        if (!producer_.flush(timeout * 6 / 10)) {
            logger_.warn(
                "WorkerSourceTask{{id={}}} {} records were not acknowledged in time at stop; they will be sent "
                "again",
                name(), producer_.outstanding());
        }
        if (!task_.cancelled()) committer_.finish(submitted_, deadline);
    } catch (const std::exception& e) {
        logger_.error("WorkerSourceTask{{id={}}} Failed to finish: {}", name(), e.what());
    }
}

void WorkerSourceTask::Session::stop() noexcept {
    if (std::exchange(started_, false)) source_->stop();
}

}
