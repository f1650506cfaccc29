#include "worker/runtime/source_session.hpp"

#include "worker/kafka/client_config.hpp"
#include "worker/runtime/topic_reader.hpp"

#include <algorithm>

namespace millrace::worker {

namespace {

using std::chrono::milliseconds;

/// A poll without records ends after this at the latest, so that acknowledgements, offsets and pauses are looked after.
constexpr milliseconds busy_wait{50};
constexpr milliseconds idle_wait{500};
/// Each wait for room in the producer's queue; a delivery report ends it early.
constexpr milliseconds queue_wait{100};
/// Records behind the oldest that is not acknowledged: bounds memory when one of several partitions is stuck.
constexpr std::size_t most_pending = 500'000;

}

SourceSession::SourceSession(WorkerTask& task)
    : TaskSession(task, "WorkerSourceTask"),
      source_(dynamic_cast<const SourceConnector&>(*connector_).make_task()),
      pipeline_({.chain = make_chain(), .converters = make_task_converters()}, context_),
      topics_(make_topic_creator()),
      own_offsets_(make_own_offsets()),
      producer_(make_producer()),
      transaction_(exactly_once() ? make_transaction() : nullptr),
      committer_(
          offsets(), parts().id.connector, name(),
          {.interval = parts().config->offset_flush_interval,
           .timeout = parts().config->offset_flush_timeout,
           .measured = [this](auto took, bool success) { task_.metrics().committed(took, success); }},
          logger_,
          [this](OffsetEntries partition, OffsetEntries offset) { source_->offset_committed(partition, offset); },
          OffsetCommitter::Clock::now()) {
    describe(TaskKind::Source);
    if (transaction_) task_.metrics().transactional();
}

std::optional<TopicCreator> SourceSession::make_topic_creator() const {
    if (!parts().config->topic_creation_enable) return std::nullopt;
    auto rules = TopicCreationRules::parse(connector_settings_);
    if (!rules) return std::nullopt;
    refuse_overrides("admin.override.");
    const auto settings =
        connector_admin_settings(parts().config->settings(), connector_settings_, client_id("adminclient"));
    return TopicCreator(std::move(*rules),
                        std::make_unique<Admin>(client_config(ClientKind::Admin, settings), logger_, admin_timeout,
                                                &task_.metrics().admin()),
                        logger_);
}

Producer SourceSession::make_producer() {
    refuse_overrides("producer.override.");
    auto settings = source_producer_settings(parts().config->settings(), connector_settings_, client_id("producer"));
    if (exactly_once()) settings = in_transactions(settings);
    return Producer(
        client_config(ClientKind::Producer, settings), parts().logger,
        [this](const Delivery& delivery) { on_delivery(delivery); }, &task_.metrics().client(),
        [lease = parts().lease] { return lease->held(); });
}

void SourceSession::start() {
    if (exactly_once()) take_over_producers();
    started_ = true;
    tell_of_stop(source_.get());
    source_->start(parts().transformer->transform(parts().task), *this);
    logger_.info("{} Source task finished initialization and start", label_);
}

std::optional<OffsetMap> SourceSession::offset(OffsetEntries partition) {
    // A task that started while brokers are away starts when they are back.
    return until_it_succeeds("Cannot read its stored offset yet",
                             [&] { return offsets().read(parts().id.connector, partition); });
}

std::unique_ptr<TopicReader> SourceSession::read_topic(const std::string& topic, const Settings& client) {
    return make_topic_reader(topic, client, plugin_logger_);
}

milliseconds SourceSession::poll_wait() const {
    const auto now = OffsetCommitter::Clock::now();
    if (transaction_)
        return std::min(producer_.outstanding() > 0 ? busy_wait : idle_wait, transaction_->until_due(now));
    if (producer_.outstanding() > 0 || committer_.in_flight()) return busy_wait;
    const auto until_flush = std::chrono::ceil<milliseconds>(committer_.next() - now);
    return std::clamp(until_flush, busy_wait, idle_wait);
}

void SourceSession::round() {
    interrupted_ = true;
    if (auto batch = poll_source()) {
        if (!batch->records.empty()) {
            if (!may_write()) return;  // what is queued for the brokers by then, the producer itself keeps back
            transaction_ ? send_in_transaction(std::move(*batch)) : send_batch(std::move(*batch));
        } else if (transaction_) {
            transaction_->when_idle();
        }
        tend();
    }
    interrupted_ = false;
}

std::optional<SourceBatch> SourceSession::poll_source() {
    const auto begun = TaskMetrics::Clock::now();
    try {
        auto batch = source_->poll(task_.stop_token(), poll_wait());
        poll_back_off_ = retry_wait;
        const auto records = std::ranges::count_if(batch.records, [](const auto& r) { return !r.offset_only(); });
        if (records == 0) return batch;
        task_.metrics().polled(static_cast<std::size_t>(records), TaskMetrics::Clock::now() - begun);
        unfinished_ += static_cast<std::size_t>(records);
        task_.metrics().active(active_told_ = unfinished_);
        return batch;
    } catch (const RetriableException& e) {
        logger_.warn("{} failed to poll records from SourceTask. Will retry operation. {}", label_, e.what());
        if (transaction_) transaction_->when_idle();
        tend();
        task_.wait(std::exchange(poll_back_off_, std::min(poll_back_off_ * 2, longest_retry_wait)));
        return std::nullopt;
    }
}

void SourceSession::pause() {
    if (transaction_) transaction_->pause();
}

void SourceSession::count() {
    if (written_ > 0) task_.metrics().written(std::exchange(written_, 0));
    if (unfinished_ != active_told_) task_.metrics().active(active_told_ = unfinished_);
}

void SourceSession::paused_round() {
    tend();
    task_.wait_while_paused(idle_wait);
}

void SourceSession::tend() {
    producer_.poll(milliseconds{0});
    if (topics_) topics_->poll();
    count();
    throw_if_failed();
    commit_when_due();
}

void SourceSession::commit_when_due() {
    const auto now = OffsetCommitter::Clock::now();
    if (topics_due(now)) producer_.forget_topics();
    if (!transaction_ && parts().lease->held()) committer_.tick(submitted_, now);
}

void SourceSession::send_batch(SourceBatch batch) {
    auto sequence = submitted_.submit(batch);
    if (!batch.values) batch.values = std::make_shared<Arena>();
    for (auto& record : batch.records) {
        if (!send(record, sequence++, *batch.values)) return;
    }
    while (submitted_.pending() > most_pending && wait_for_room()) {
    }
}

/// Lets acknowledgements come in; false if the task is to stop.
bool SourceSession::wait_for_room() {
    producer_.poll(queue_wait);
    throw_if_failed();
    commit_when_due();
    return !task_.stop_requested();
}

/// False if the task is to stop and this record was not sent.
bool SourceSession::send(SourceRecord& record, std::uint64_t sequence, Arena& arena) {
    auto told = tells_of_refused() && !record.offset_only() ? text_of({.source = &record}) : std::string();
    auto out = record.offset_only() ? std::nullopt : pipeline_.prepare(record, arena);
    if (!out) {
        if (!record.offset_only()) --unfinished_;
        acknowledge(sequence);  // an offset alone, or dropped on purpose: nothing to wait for
        return true;
    }
    out->sequence = sequence;
    if (!told.empty()) texts_.insert_or_assign(sequence, std::move(told));
    if (topics_) ensure_topic(out->topic);
    if (transaction_) transaction_->begin(out->topic);
    for (;;) {
        try {
            if (producer_.send(*out) == Producer::Sent::Queued) return true;
            if (!wait_for_room()) return false;
        } catch (const RetriableKafkaException& e) {
            logger_.warn("{} failed to send record to {} and will try again: {}", label_, out->topic, e.what());
            if (!task_.wait(retry_wait)) return false;
        } catch (const KafkaException& e) {
            fail_or_skip(sequence, out->topic, e);
            throw_if_failed();
            return true;
        }
    }
}

void SourceSession::ensure_topic(std::string_view topic) {
    until_it_succeeds("Cannot make sure of a topic", [&] { topics_->ensure(topic); });
}

void SourceSession::fail_or_skip(std::uint64_t sequence, std::string_view topic, const std::exception& error) {
    logger_.error("{} failed to send record to {}: {}", label_, topic, error.what());
    // What a producer refuses that sends nothing any more is no fault of the record's.
    if (!transaction_ && context_.tolerates() && !producer_.fatal_error()) {
        const auto told = texts_.extract(sequence);
        context_.begin({.text = told ? std::string_view(told.mapped()) : std::string_view()});
        context_.skip({StageKind::KafkaProduce, "org.apache.kafka.connect.runtime.WorkerSourceTask"}, error);
        --unfinished_;
        acknowledge(sequence);
        return;
    }
    if (failure_) return;
    try {
        std::throw_with_nested(ConnectException("Unrecoverable exception from producer send callback"));
    } catch (...) {
        failure_ = std::current_exception();
    }
}

void SourceSession::on_delivery(const Delivery& delivery) {
    const bool of_offset = transaction_ && delivery.sequence == SourceTransaction::offset_sequence;
    if (delivery.error == 0) {
        if (!texts_.empty()) texts_.erase(delivery.sequence);
        acknowledge(delivery.sequence);
        if (of_offset) return;
        ++written_;
        --unfinished_;
        if (delivery.first_of_topic && parts().config->topic_tracking_enable) {
            task_.report_topic(std::string(delivery.topic));
        }
        return;
    }
    const auto fatal = producer_.fatal_error();
    if (is_purged(delivery.error) && (transaction_ || !fatal)) {  // with its transaction, which tells what was wrong
        if (!of_offset) --unfinished_;
        return;
    }
    try {
        throw_kafka_error(fmt::format("Cannot send a record to topic '{}'", delivery.topic), delivery.error,
                          fatal.value_or(""));
    } catch (const std::exception& e) {
        fail_or_skip(delivery.sequence, delivery.topic, e);
    }
}

void SourceSession::throw_if_failed() {
    if (failure_) std::rethrow_exception(failure_);
}

void SourceSession::finish() noexcept {
    if (task_.cancelled()) return;
    try {
        if (transaction_) return finish_transaction();
        const auto timeout = parts().config->offset_flush_timeout;
        const auto deadline = OffsetCommitter::Clock::now() + timeout;
        if (!producer_.flush(timeout * 6 / 10)) {
            logger_.warn(
                "{} {} records were not acknowledged in time at stop; they will be sent "
                "again",
                label_, producer_.outstanding());
        }
        if (!task_.cancelled()) committer_.finish(submitted_, deadline);  // its time may have come meanwhile
    } catch (const std::exception& e) {
        logger_.error("{} Failed to finish: {}", label_, e.what());
    }
}

void SourceSession::stop() noexcept {
    if (std::exchange(started_, false)) source_->stop();
}

}
