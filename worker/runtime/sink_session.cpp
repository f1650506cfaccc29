#include "worker/runtime/sink_session.hpp"

#include "connectors/support/text.hpp"
#include "worker/runtime/trace.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace millrace::worker {

namespace {

using std::chrono::milliseconds;

/// A wait for records ends after this, so that a stop or a pause is seen.
constexpr milliseconds poll_slice{100};
/// A batch that put() wants again comes again after this, unless the task said when.
constexpr milliseconds redelivery_wait{1000};
/// How soon topics are looked for that do not exist yet.
constexpr milliseconds missing_topics_wait{2000};
constexpr milliseconds metadata_wait{1000};
constexpr std::int64_t usual_poll_records = 500;
/// The consumer keeps a list of so many.
constexpr std::int64_t most_poll_records = 1'000'000;

template <class Number>
Number number(const Settings& settings, std::string_view name, Number fallback) {
    const auto found = settings.find(name);
    if (found == settings.end()) return fallback;
    const auto text = trim(found->second);
    std::from_chars(text.data(), text.data() + text.size(), fallback);
    return fallback;
}

bool reads_internal_topics(const Settings& consumer) {
    const auto given = consumer.find("exclude.internal.topics");
    return given != consumer.end() && lower_case(trim(given->second)) == "false";
}

}

SinkSession::SinkSession(WorkerTask& task)
    : TaskSession(task, "WorkerSinkTask"),
      sink_(dynamic_cast<const SinkConnector&>(*connector_).make_task()),
      subscription_(connector_settings_, reads_internal_topics(consumer_settings())),
      dead_letters_(make_dead_letter_queue()),
      pipeline_({.chain = make_chain(), .converters = make_task_converters()}, context_,
                [this](const std::string& topic) {
                    if (parts().config->topic_tracking_enable) task_.report_topic(topic);
                }),
      next_commit_(Clock::now() + parts().config->offset_flush_interval) {
    describe(TaskKind::Sink);
    make_consumer();
}

std::unique_ptr<DeadLetterQueue> SinkSession::make_dead_letter_queue() {
    auto config = dead_letter_queue_config(connector_settings_);
    if (config.topic.empty()) return nullptr;
    refuse_overrides("producer.override.");
    refuse_overrides("admin.override.");
    const auto& worker = parts().config->settings();
    const auto producer = source_producer_settings(worker, connector_settings_, client_id("dlq-producer"));
    auto queue =
        std::make_unique<DeadLetterQueue>(std::move(config), parts().id, client_config(ClientKind::Producer, producer),
                                          task_.stop_token(), parts().logger, &task_.metrics().dead_letters());
    queue->count_in(task_.metrics().errors());
    context_.add_reporter(*queue);
    return queue;
}

Settings SinkSession::consumer_settings() const {
    return sink_consumer_settings(parts().config->settings(), connector_settings_, client_id("consumer"));
}

void SinkSession::make_consumer() {
    refuse_overrides("consumer.override.");
    const auto settings = consumer_settings();
    const auto most = number<std::int64_t>(settings, "max.poll.records", usual_poll_records);
    if (most < 1) {
        throw ConfigException(
            fmt::format("Invalid value {} for configuration max.poll.records: Value must be at least 1", most));
    }
    max_poll_records_ = static_cast<std::size_t>(std::min(most, most_poll_records));
    metadata_max_age_ = milliseconds(number(settings, "metadata.max.age.ms", metadata_max_age_.count()));
    consumer_ = std::make_unique<GroupConsumer>(client_config(ClientKind::Consumer, settings), parts().logger,
                                                static_cast<RebalanceListener&>(*this), &task_.metrics().client());
}

void SinkSession::start() {
    if (dead_letters_) {
        const auto settings =
            connector_admin_settings(parts().config->settings(), connector_settings_, client_id("dlq-adminclient"));
        Admin admin(client_config(ClientKind::Admin, settings), logger_, admin_timeout);
        until_it_succeeds("Cannot make sure of the dead letter queue", [&] { dead_letters_->ensure_topic(admin); });
    }
    started_ = true;
    sink_->start(parts().transformer->transform(parts().task), *this);
    logger_.info("{} Sink task finished initialization and start", label_);
    logger_.info("{} Executing sink task", label_);
    subscribe_when_due();
}

void SinkSession::round() {
    if (dead_letters_) dead_letters_->poll();
    commit_when_due();
    subscribe_when_due();
    apply_rewinds();
    if (topics_due(Clock::now())) pipeline_.forget_topics();
    if (!poll()) return;
    measure_active();
    if (may_write()) deliver();
}

/// The consumer itself would look for topics that are missing every metadata.max.age.ms only.
void SinkSession::subscribe_when_due() {
    const auto now = Clock::now();
    if (now < next_subscribe_) return;
    if (subscribed_.empty() && !subscription_.list().empty()) subscribe(subscription_.list());
    const auto existing = consumer_->topics(metadata_wait);
    if (!existing) {
        next_subscribe_ = Clock::now() + missing_topics_wait;
        return;
    }
    const bool soon = subscription_.incomplete(*existing);
    for (const auto& topic : subscription_.list()) {
        if (std::ranges::find(*existing, topic) == existing->end()) consumer_->ask_for(topic, metadata_wait);
    }
    next_subscribe_ = now + (soon ? std::min(missing_topics_wait, metadata_max_age_) : metadata_max_age_);
    auto topics = subscription_.topics(*existing);
    if (topics != subscribed_) subscribe(std::move(topics));
}

void SinkSession::subscribe(std::vector<std::string> topics) {
    logger_.info("{} Subscribing to {}", label_, fmt::join(topics, ", "));
    consumer_->subscribe(topics);
    subscribed_ = std::move(topics);
}

/// While a commit is under way none begins, however late it is: put() is called as often as at other times.
SinkSession::Clock::time_point SinkSession::next_turn() const {
    if (!committing_) return next_commit_;
    const auto& config = *parts().config;
    return std::min(commit_started_ + config.offset_flush_timeout, Clock::now() + config.offset_flush_interval);
}

/// Reads until there is something, or it is time to call put() or to commit; false if something else is to be done.
bool SinkSession::poll() {
    auto deadline = std::min(next_turn(), next_subscribe_);
    if (timeout_) deadline = std::min(deadline, Clock::now() + *timeout_);
    if (redelivering_ && !timeout_) deadline = std::min(deadline, Clock::now() + redelivery_wait);
    timeout_.reset();
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
        auto raw = consumer_->poll(std::clamp(left, milliseconds{0}, poll_slice), max_poll_records_);
        const auto records = raw.records().size();
        const bool any = records > 0;
        if (any) task_.metrics().read(records);
        pipeline_.convert(std::move(raw), batch_);
        if (any) return true;
        if (task_.stop_requested() || task_.pause_wanted() != paused_) return false;
        if (!rewinds_.empty() || commit_requested_) return false;
        if (left <= milliseconds{0} || (!committing_ && Clock::now() >= next_commit_)) return true;
    }
}

void SinkSession::deliver() {
    try {
        const auto begun = Clock::now();
        sink_->put(batch_.records);
        if (errant_failure_) std::rethrow_exception(errant_failure_);
        task_.metrics().put(batch_.records.size(), Clock::now() - begun);
    } catch (const StopRequested&) {
        throw;
    } catch (const RetriableException& e) {
        logger_.error("{} RetriableException from SinkTask: {}", label_, trace_of(e));
        if (!std::exchange(redelivering_, true)) apply_pauses();
        return;
    } catch (const std::exception& e) {
        logger_.error(
            "{} Task threw an uncaught and unrecoverable exception. Task is being killed and will not recover until "
            "manually restarted. Error: {}",
            label_, trace_of(e));
        std::throw_with_nested(ConnectException("Exiting WorkerSinkTask due to unrecoverable exception."));
    }
    offsets_.advance(batch_.offsets);
    batch_.clear();
    if (std::exchange(redelivering_, false)) apply_pauses();
}

void SinkSession::report(const SinkRecord& record, std::exception_ptr error) {
    static constexpr Stage stage{StageKind::TaskPut, "org.apache.kafka.connect.sink.SinkTask"};
    const auto* origin = batch_.origin_of(record);
    WrittenRecord written;
    ConsumerRecord own;
    if (!origin) {
        written = pipeline_.write(record);
        own = {.topic = record.topic,
               .partition = record.partition.value_or(-1),
               .offset = record.kafka_offset,
               .timestamp = record.timestamp.value_or(-1),
               .timestamp_type = record.timestamp_type,
               .key = written.key,
               .value = written.value,
               .headers = written.headers};
        origin = &own;
    }
    context_.begin({.consumed = origin});
    try {
        std::rethrow_exception(std::move(error));
    } catch (const std::exception& e) {
        try {
            context_.skip(stage, e);
        } catch (...) {  // also where the task swallows it
            errant_failure_ = std::current_exception();
            throw;
        }
    }
}

std::vector<TopicPartition> SinkSession::assignment() const {
    auto all = consumer_->assignment();
    all.insert(all.end(), opening_.begin(), opening_.end());
    return all;
}

void SinkSession::require_assigned(std::span<const TopicPartition> partitions, std::string_view what) const {
    if (paused_) return;
    const auto all = assignment();
    for (const auto& partition : partitions) {
        if (std::ranges::find(all, partition) != all.end()) continue;
        throw ConnectException(
            fmt::format("SinkTasks may not {} partitions that are not currently assigned to them: {}-{}", what,
                        partition.topic, partition.partition));
    }
}

/// As Java, which takes a time that is not positive for none.
void SinkSession::set_timeout(milliseconds timeout) {
    timeout_ = timeout > milliseconds::zero() ? std::optional(timeout) : std::nullopt;
}

/// librdkafka would take a negative offset for the partition's end, or its beginning.
void SinkSession::rewind(const TopicOffsets& offsets) {
    if (std::ranges::any_of(offsets, [](const auto& entry) { return entry.second < 0; })) {
        throw std::invalid_argument("seek offset must not be a negative number");
    }
    for (const auto& [partition, offset] : offsets) rewinds_[partition] = offset;
}

/// What fails leaves them, so that nothing behind them is committed when the task ends.
void SinkSession::apply_rewinds() {
    if (rewinds_.empty()) return;
    std::vector<TopicPartition> partitions;
    for (const auto& [partition, offset] : rewinds_) {
        if (std::ranges::find(consumer_->assignment(), partition) == consumer_->assignment().end()) {
            throw IllegalStateException(
                fmt::format("No current assignment for partition {}-{}", partition.topic, partition.partition));
        }
        partitions.push_back(partition);
    }
    batch_.drop(partitions);  // they come again
    consumer_->seek(rewinds_);
    rewound(std::exchange(rewinds_, {}));
}

/// A group that has more than what the task is to be given again is told so at once: the task may die before the next
/// commit.
void SinkSession::rewound(const TopicOffsets& offsets) {
    if (offsets_.ahead_of(offsets)) request_commit();
    offsets_.rewind(offsets);
}

void SinkSession::pause() {
    paused_ = true;
    apply_pauses();
    request_commit();
}
void SinkSession::resume() {
    paused_ = false;
    apply_pauses();
}
void SinkSession::pause(std::span<const TopicPartition> partitions) {
    require_assigned(partitions, "pause");
    paused_by_task_.insert(partitions.begin(), partitions.end());
    apply_pauses();
}
void SinkSession::resume(std::span<const TopicPartition> partitions) {
    require_assigned(partitions, "resume");
    for (const auto& partition : partitions) paused_by_task_.erase(partition);
    apply_pauses();
}

void SinkSession::apply_pauses() {
    std::vector<TopicPartition> pausing;
    std::vector<TopicPartition> resuming;
    for (const auto& partition : consumer_->assignment()) {
        const bool wanted = paused_ || redelivering_ || paused_by_task_.contains(partition);
        (wanted ? pausing : resuming).push_back(partition);
    }
    consumer_->pause(pausing);
    consumer_->resume(resuming);
}

void SinkSession::finish() noexcept {
    try {
        const auto all = consumer_->assignment();
        if (started_ && !all.empty()) close_partitions(all, task_.cancelled());
    } catch (const std::exception& e) {
        logger_.error("{} Failed to close its partitions: {}", label_, trace_of(e));
    }
}

void SinkSession::stop() noexcept {
    if (std::exchange(started_, false)) sink_->stop();
    batch_ = {};
    consumer_.reset();
}

}
