// The part of SinkSession that rebalances and commits.
#include "worker/runtime/sink_session.hpp"
#include "worker/runtime/trace.hpp"

#include <algorithm>

namespace millrace::worker {

void SinkSession::on_assigned(std::span<const TopicPartition> partitions, TopicOffsets& start) {
    offsets_.assign(start);
    for (const auto& [partition, offset] : start) {
        logger_.debug("{} Assigned topic partition {}-{} with offset {}", label_, partition.topic, partition.partition,
                      offset);
    }
    redelivering_ = redelivering_ && !batch_.records.empty();
    if (partitions.empty() || rebalance_failed_) return;
    opening_.assign(partitions.begin(), partitions.end());
    try {
        sink_->open(partitions);
    } catch (...) {
        rebalance_failed_ = true;
        opening_.clear();
        throw;
    }
    opening_.clear();
    for (const auto& partition : partitions) {
        if (const auto wanted = rewinds_.extract(partition)) start[partition] = wanted.mapped();
    }
    rewound(start);
    measure_active();
}

void SinkSession::on_ready() {
    task_.metrics().partitions(consumer_->assignment().size());
    apply_pauses();
}

void SinkSession::on_revoked(std::span<const TopicPartition> partitions, bool lost) {
    if (partitions.empty()) return;
    logger_.debug("{} Partitions {}: {}", label_, lost ? "lost" : "revoked", partitions.size());
    close_partitions(partitions, lost);
}

/// Also after a failure the partitions are gone for the task.
void SinkSession::close_partitions(std::span<const TopicPartition> partitions, bool lost) {
    const auto forget = [&] {
        offsets_.remove(partitions);
        batch_.drop(partitions);
        const auto left = consumer_->assignment().size();
        task_.metrics().partitions(left - std::min(left, partitions.size()));
        measure_active();
        for (const auto& partition : partitions) {
            paused_by_task_.erase(partition);
            rewinds_.erase(partition);
        }
    };
    try {
        if (lost) {
            sink_->close(partitions);
        } else {
            commit(partitions, true);
        }
    } catch (...) {
        rebalance_failed_ = true;
        forget();
        throw;
    }
    forget();
}

void SinkSession::commit_when_due() {
    const auto now = Clock::now();
    if (!committing_ && (commit_requested_ || now >= next_commit_)) {
        commit(consumer_->assignment(), false);
        next_commit_ = now + parts().config->offset_flush_interval;
        commit_requested_ = false;
    }
    if (committing_ && now >= commit_started_ + parts().config->offset_flush_timeout) {
        logger_.warn("{} Commit of offsets timed out", label_);
        committing_ = false;
    }
}

void SinkSession::commit(std::span<const TopicPartition> partitions, bool closing) {
    auto current = offsets_.current(partitions);
    lower_to_rewinds(current);
    if (current.empty()) {
        if (closing) sink_->close(partitions);
        return;
    }
    if (dead_letters_ && !dead_letters_->drain(parts().config->offset_flush_timeout)) {
        logger_.warn("{} The dead letter queue does not have all refused records yet; no offsets are committed",
                     label_);
        if (closing) sink_->close(partitions);
        return;
    }
    commit_started_ = Clock::now();
    task_.metrics().commit_begun(++commit_sequence_);
    const auto given = ask_task(current, partitions, closing);
    if (!given) return measure_commit(false);
    auto offsets = given->empty() ? TopicOffsets{} : offsets_.committable(*given, partitions, label_, logger_);
    lower_to_rewinds(offsets);
    offsets.empty() ? measure_commit(true) : send_commit(offsets, closing);
}

/// What the task wants to have again is not done, although it was given already.
void SinkSession::lower_to_rewinds(TopicOffsets& offsets) const {
    for (auto& [partition, offset] : offsets) {
        const auto wanted = rewinds_.find(partition);
        if (wanted != rewinds_.end()) offset = std::min(offset, wanted->second);
    }
}

void SinkSession::measure_commit(bool success) { task_.metrics().committed(Clock::now() - commit_started_, success); }

void SinkSession::measure_active() { task_.metrics().active(offsets_.uncommitted(batch_.offsets)); }

/// What the task lets be committed; none if it failed. Its partitions are closed before the commit, as Kafka Connect
/// does it: a task may still write while it closes.
std::optional<TopicOffsets> SinkSession::ask_task(const TopicOffsets& offsets,
                                                  std::span<const TopicPartition> partitions, bool closing) {
    std::optional<TopicOffsets> given;
    try {
        given = sink_->pre_commit(offsets);
    } catch (const std::exception& e) {
        if (closing) {
            logger_.warn("{} Offset commit failed during close: {}", label_, trace_of(e));
        } else {
            logger_.error("{} Offset commit failed, rewinding to last committed offsets: {}", label_, trace_of(e));
            rewind_to_committed(partitions);
        }
    }
    if (closing) sink_->close(partitions);
    return given;
}

void SinkSession::rewind_to_committed(std::span<const TopicPartition> partitions) {
    const auto last = offsets_.last_committed(partitions);
    batch_.drop(partitions);
    consumer_->seek(last);
    offsets_.rewind(last);
}

void SinkSession::send_commit(const TopicOffsets& offsets, bool closing) {
    if (task_.cancelled()) return;
    const auto sequence = commit_sequence_;
    offsets_.sent(offsets);
    logger_.info("{} Committing offsets {} using sequence number {}", label_,
                 closing ? "synchronously" : "asynchronously", sequence);
    if (!closing) {
        committing_ = true;
        consumer_->commit_async(
            offsets, [this, sequence, offsets](std::exception_ptr error) { on_committed(sequence, offsets, error); });
        return;
    }
    std::exception_ptr error;
    try {
        consumer_->commit(offsets, parts().config->offset_flush_timeout);
    } catch (const std::exception&) {
        error = std::current_exception();
    }
    on_committed(sequence, offsets, error);
}

void SinkSession::on_committed(std::uint64_t sequence, const TopicOffsets& offsets, const std::exception_ptr& error) {
    if (sequence != commit_sequence_) {
        logger_.debug(
            "{} Received out of order commit callback for sequence number {}, but most recent sequence number is {}",
            label_, sequence, commit_sequence_);
        task_.metrics().commit_skipped();
        // librdkafka tries a commit again when brokers are back, and may do so behind the newer one.
        if (offsets_.doubt(offsets)) request_commit();
        return;
    }
    committing_ = false;
    measure_commit(error == nullptr);
    if (error) {
        logger_.error("{} Commit of offsets threw an unexpected exception for sequence number {}: {}", label_, sequence,
                      trace_of(error));
        return;
    }
    offsets_.committed(offsets);
    measure_active();
}

}
