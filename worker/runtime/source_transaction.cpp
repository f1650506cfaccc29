#include "worker/runtime/source_transaction.hpp"

#include "worker/runtime/submitted_records.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace millrace::worker {

namespace {

using std::chrono::milliseconds;

/// How many times longer than its commit a transaction lasts while records keep coming: the commit's share of the time.
constexpr int records_to_commit = 10;
constexpr milliseconds longest_stream{1000};
/// For a transaction that is of no more use: brokers that are away abort it themselves in time, or when a new producer
/// takes the id over.
constexpr milliseconds longest_goodbye{2000};
/// What is asked to be longer than this does not come about either; a clock can count it.
constexpr milliseconds never = std::chrono::hours(24 * 365);

}

SourceTransaction::SourceTransaction(Producer& producer, OffsetStore& offsets, std::string connector, Options options,
                                     OnCommitted on_committed)
    : producer_(producer),
      offsets_(offsets),
      connector_(std::move(connector)),
      offset_topic_(offsets.records(connector_, {}).topic),
      options_(std::move(options)),
      on_committed_(std::move(on_committed)) {
    options_.interval = std::min<milliseconds>(options_.interval, never);
}

void SourceTransaction::open() {
    producer_.begin_transaction();
    open_ = true;
    records_ = 0;
    opened_ = Clock::now();
}

void SourceTransaction::refuse_offset_topic() const {
    throw ConnectException(
        fmt::format("Records of connector {} may not be written to {}, the topic of its offsets, which a transaction "
                    "would then hold twice",
                    connector_, offset_topic_));
}

void SourceTransaction::stage(const SourceBatch& batch, std::size_t first, std::size_t end) {
    std::vector<bool> seen(batch.partitions.size());
    auto unseen = seen.size();
    for (auto i = end; i-- > first && unseen > 0;) {
        const auto& record = batch.records[i];
        if (seen.at(record.source_partition)) continue;
        seen[record.source_partition] = true;
        --unseen;
        const auto key = batch.partitions[record.source_partition];
        const auto known =
            std::ranges::find_if(staged_, [&](const auto& e) { return same_entries(e.first.entries(), key); });
        if (known != staged_.end()) {
            known->second = OffsetMap(record.source_offset);
        } else {
            staged_.emplace_back(OffsetMap(key), OffsetMap(record.source_offset));
        }
    }
}

bool SourceTransaction::ends_after(std::size_t record) const {
    return (!commit_after_.empty() && commit_after_.contains(record)) ||
           (!abort_after_.empty() && abort_after_.contains(record));
}

void SourceTransaction::end_after(std::size_t record) {
    const bool aborted = abort_after_.contains(record);
    if (aborted && commit_after_.contains(record)) {
        throw ConnectException("Connector requested both commit and abort of same record");
    }
    aborted ? abort() : commit();
}

void SourceTransaction::after_batch() {
    commit_after_.clear();
    abort_after_.clear();
    const bool commit_wanted = std::exchange(commit_batch_, false);
    const bool abort_wanted = std::exchange(abort_batch_, false);
    const auto now = Clock::now();
    switch (options_.boundary) {
    case TransactionBoundary::Poll:
        if (now - opened_ >=
            std::min<Clock::duration>(commit_took_ * records_to_commit, std::min(longest_stream, options_.longest))) {
            commit();
        }
        return;
    case TransactionBoundary::Interval:
        if (now >= due()) commit();
        return;
    case TransactionBoundary::Connector:
        if (abort_wanted && commit_wanted) {
            throw ConnectException("Connector requested both commit and abort of same transaction");
        }
        if (abort_wanted) {
            abort();
        } else if (commit_wanted) {
            commit();
        }
    }
}

SourceTransaction::Clock::time_point SourceTransaction::due() const {
    const auto end = last_commit_ + options_.interval;
    return open_ ? std::min(end, opened_ + options_.longest) : end;
}

milliseconds SourceTransaction::until_due(Clock::time_point now) const {
    if (!open_ || options_.boundary == TransactionBoundary::Connector) return never;
    if (options_.boundary == TransactionBoundary::Poll) return milliseconds{0};
    return std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(due() - now));
}

void SourceTransaction::when_idle() {
    if (options_.boundary == TransactionBoundary::Poll) {
        commit();
    } else {
        after_batch();
    }
}

void SourceTransaction::commit() {
    const auto began = Clock::now();
    try {
        write_and_commit(began);
    } catch (const std::exception& e) {
        if (options_.metrics != nullptr) options_.metrics->committed(Clock::now() - began, false);
        if (const auto* refused = dynamic_cast<const KafkaException*>(&e)) fail(*refused);
        throw;
    }
    if (options_.metrics != nullptr) options_.metrics->committed(Clock::now() - began, true);
}

/// Brokers fence a producer whose transaction took too long, as they do when a newer one has come.
void SourceTransaction::fail(const KafkaException& error) const {
    if (!is_fenced(error.code) || Clock::now() - opened_ < options_.longest) {
        std::throw_with_nested(ConnectException("Failed to flush offsets and/or records for task " + options_.task));
    }
    std::throw_with_nested(ConnectException(fmt::format(
        "The task {} was unable to finish writing records to Kafka before its producer transaction expired. It may be "
        "necessary to reconfigure this connector in order for it to run healthily with exactly-once support. Options "
        "for this include: tune the connector's producer configuration for higher throughput, increase the transaction "
        "timeout for the connector's producers, decrease the offset commit interval (if using interval-based "
        "transaction boundaries), or use the 'poll' transaction boundary (if the connector is not already configured "
        "to use it).",
        options_.task)));
}

void SourceTransaction::write_and_commit(Clock::time_point began) {
    if (!open_ && staged_.empty()) return;
    if (!open_) open();
    const auto offsets = offsets_.records(connector_, staged_);
    const Patience until_cancelled{.given_up = options_.given_up};
    send_all(producer_, offsets.topic, offsets.records, offset_sequence, until_cancelled);
    producer_.commit_transaction(until_cancelled);
    open_ = false;
    last_commit_ = Clock::now();
    commit_took_ = last_commit_ - began;
    if (options_.metrics != nullptr) options_.metrics->transaction(records_);
    const auto entries = std::exchange(staged_, {});
    offsets_.after_transaction(connector_, entries);
    for (const auto& [partition, offset] : entries) on_committed_(partition.entries(), offset->entries());
}

/// The records are gone; that the source has passed them is not.
void SourceTransaction::abort() {
    if (open_) producer_.abort_transaction({.given_up = options_.given_up});
    open_ = false;
    commit();
}

void SourceTransaction::pause() { options_.boundary == TransactionBoundary::Connector ? after_batch() : commit(); }

void SourceTransaction::finish() {
    // Where the task alone knows what belongs together, what it did not end is not whole.
    if (options_.boundary == TransactionBoundary::Connector) return abandon();
    commit();
}

void SourceTransaction::abandon() noexcept {
    staged_.clear();
    if (!std::exchange(open_, false)) return;
    try {
        producer_.abort_transaction({.longest = longest_goodbye, .given_up = options_.given_up});
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): it is aborted without us
    }
}

}
