// What a source task does besides when its records are written exactly once.
#include "connectors/support/text.hpp"
#include "worker/kafka/client_config.hpp"
#include "worker/runtime/answer.hpp"
#include "worker/runtime/offset_clients.hpp"
#include "worker/runtime/source_session.hpp"
#include "worker/runtime/trace.hpp"

#include <algorithm>

namespace millrace::worker {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds init_wait{10'000};  ///< of each try, and then a line in the log
constexpr milliseconds answer_slice{100};
/// Asking the leader to fence fails while it changes, and for good where ACLs forbid it: then the task FAILED says so.
constexpr std::chrono::minutes fencing_patience{2};
constexpr std::int64_t default_transaction_timeout = 60'000;

/// Where the user has set something else than what has to be used.
void warn_of_ignored(const Logger& logger, const std::string& key, const Settings& given, const Settings& used) {
    const auto wanted = given.find(key);
    const auto& instead = used.at(key);
    if (wanted == given.end() || lower_case(trim(wanted->second)) == lower_case(instead)) return;
    logger.warn(
        "The value '{}' for the '{}' property will be ignored as it cannot be overridden for connectors when "
        "exactly-once source support is enabled. The value '{}' will be used instead.",
        wanted->second, key, instead);
}

}

std::shared_ptr<OffsetStore> SourceSession::make_own_offsets() {
    const auto clients = offset_clients(*parts().config, connector_settings_, name());
    if (!clients) return nullptr;
    if (exactly_once()) {
        const auto& worker = parts().config->settings();
        const auto given = sink_consumer_settings(worker, connector_settings_, "");
        warn_of_ignored(logger_, "isolation.level", given, clients->consumer);
    }
    refuse_overrides("consumer.override.");
    refuse_overrides("admin.override.");
    return until_it_succeeds("Cannot read its offsets topic yet",
                             [&] { return parts().offsets.of_connector(*clients); });
}

Settings SourceSession::in_transactions(const Settings& producer) {
    auto used = transactional(producer, transactional_id(parts().config->group_id, parts().id));
    for (const auto* key : {"enable.idempotence", "transactional.id"}) warn_of_ignored(logger_, key, producer, used);
    return used;
}

std::unique_ptr<SourceTransaction> SourceSession::make_transaction() {
    const auto delivery = source_delivery(connector_settings_);
    const auto producer = source_producer_settings(parts().config->settings(), connector_settings_, "");
    const auto given = producer.find("transaction.timeout.ms");
    const auto timeout = given == producer.end() ? default_transaction_timeout : std::stoll(given->second);
    return std::make_unique<SourceTransaction>(
        producer_, offsets(), parts().id.connector,
        SourceTransaction::Options{.boundary = delivery.boundary,
                                   .interval = delivery.interval.value_or(parts().config->offset_flush_interval),
                                   .longest = milliseconds(timeout * 3 / 4),
                                   .task = name(),
                                   .metrics = &task_.metrics(),
                                   .given_up = [this] { return task_.cancelled(); }},
        [this](OffsetEntries partition, OffsetEntries offset) { tell_committed(partition, offset); });
}

/// The offset is stored: that the source could not use it harms nothing.
void SourceSession::tell_committed(OffsetEntries partition, OffsetEntries offset) {
    try {
        source_->offset_committed(partition, offset);
    } catch (const std::exception& e) {
        logger_.error("{} Exception thrown while telling the source that its offsets are stored: {}", label_,
                      trace_of(e));
    }
}

void SourceSession::pass(std::string_view what, const ProducerGate::Step& step) {
    const auto answer = std::make_shared<Answer>();
    if (!task_.ask(step, [answer](std::exception_ptr error) { answer->give(std::move(error)); })) {
        throw StopRequested("The task was cancelled");
    }
    for (;;) {
        const auto given = answer->wait_until(OffsetCommitter::Clock::now() + answer_slice);
        if (task_.stop_requested()) throw StopRequested(fmt::format("The task is to stop while {}", what));
        if (!given) continue;
        if (*given) std::rethrow_exception(*given);
        return;
    }
}

/// In this order: nobody writes for this task when its stored offsets are read.
void SourceSession::take_over_producers() {
    const auto patience = OffsetCommitter::Clock::now() + fencing_patience;
    until_it_succeeds("Cannot have the producers of earlier tasks fenced out yet", [&] {
        try {
            pass("it waits for a round of zombie fencing", parts().gate.fence);
        } catch (const RetriableException& e) {
            if (OffsetCommitter::Clock::now() < patience) throw;
            throw ConnectException(fmt::format("Failed to perform round of zombie fencing: {}", e.what()));
        }
    });
    logger_.info("{} Initializing transactional producer", label_);
    const Patience until_stopped{.longest = init_wait, .given_up = [this] { return task_.stop_requested(); }};
    until_it_succeeds("Cannot take over its transactional id yet", [&] { producer_.init_transactions(until_stopped); });
    until_it_succeeds("Cannot make sure that it is wanted here yet",
                      [&] { pass("it reads the config topic", parts().gate.verify); });
}

void SourceSession::send_in_transaction(SourceBatch batch) {
    if (!batch.values) batch.values = std::make_shared<Arena>();
    std::size_t staged = 0;
    for (std::size_t i = 0; i < batch.records.size(); ++i) {
        if (!send(batch.records[i], 0, *batch.values)) return transaction_->stage(batch, staged, i);
        if (!transaction_->ends_after(i)) continue;
        transaction_->stage(batch, std::exchange(staged, i + 1), i + 1);
        transaction_->end_after(i);
    }
    batch.values.reset();
    transaction_->stage(batch, staged, batch.records.size());
    transaction_->after_batch();
}

void SourceSession::finish_transaction() {
    if (interrupted_ || failure_ || task_.cancelled()) return transaction_->abandon();
    transaction_->finish();
}

TransactionContext* SourceSession::transaction_context() noexcept {
    const bool by_connector =
        transaction_ && source_delivery(connector_settings_).boundary == TransactionBoundary::Connector;
    return by_connector ? transaction_.get() : nullptr;
}

}
