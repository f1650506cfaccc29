/// The transactions of one exactly-once source task: begun with the first record, committed together with the offsets
/// of its records, so that either both are seen or neither (KIP-618).
///
/// Boundary  poll: where a poll brings nothing, and in a stream of records that does not end once a commit is a small
///           part of the time; interval: so often; connector: where the task says through TransactionContext.
/// Errors    ConnectException for a transaction that failed, RetriableException where nobody waits for it any more:
///           nothing of it is seen, and its offsets stay what they were.
///           Belongs to the task's thread.
#pragma once
#include "connectors/api/plugin.hpp"
#include "worker/config/connector_config.hpp"
#include "worker/kafka/error.hpp"
#include "worker/kafka/producer.hpp"
#include "worker/metrics/task_metrics.hpp"
#include "worker/runtime/stores.hpp"

#include <chrono>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <vector>

namespace millrace::worker {

class SourceTransaction final : public TransactionContext {
public:
    using Clock = std::chrono::steady_clock;
    /// Told of each offset that is committed.
    using OnCommitted = std::function<void(OffsetEntries partition, OffsetEntries offset)>;
    struct Options {
        TransactionBoundary boundary = TransactionBoundary::Poll;
        std::chrono::milliseconds interval{};  ///< of TransactionBoundary::Interval
        std::chrono::milliseconds
            longest{};                   ///< a transaction that is open longer is committed; brokers abort it later
        std::string task = {};           ///< named in errors
        TaskMetrics* metrics = nullptr;  ///< told of each commit and its size; outlives this
        std::function<bool()> given_up = {};  ///< true: nobody waits for this task any more, nor it for brokers
    };
    /// Of the records that hold offsets, in their delivery reports.
    static constexpr std::uint64_t offset_sequence = std::numeric_limits<std::uintptr_t>::max();

    SourceTransaction(Producer& producer, OffsetStore& offsets, std::string connector, Options options,
                      OnCommitted on_committed);

    /// Before each record that is sent. Throws ConnectException if it would go among the offsets.
    void begin(std::string_view topic) {
        if (topic == offset_topic_) refuse_offset_topic();
        if (!open_) open();
        ++records_;
    }
    /// These records of the batch were sent, or dropped on purpose: their offsets belong to the transaction.
    void stage(const SourceBatch& batch, std::size_t first, std::size_t end);
    /// Whether the task wants the transaction to end behind this record of the batch.
    bool ends_after(std::size_t record) const;
    void end_after(std::size_t record);
    void after_batch();
    /// poll() brought nothing.
    void when_idle();
    bool is_open() const noexcept { return open_; }
    /// When this wants to hear of what came, records or none: so long a poll may wait for records.
    std::chrono::milliseconds until_due(Clock::time_point now) const;
    /// Before a pause: where the task alone knows what belongs together, the transaction stays open unless it has ended
    /// it.
    void pause();
    /// Nothing is left of what may be committed; nothing of what may not.
    void finish();
    void abandon() noexcept;

    // TransactionContext
    void commit_transaction() override { commit_batch_ = true; }
    void abort_transaction() override { abort_batch_ = true; }
    void commit_transaction_after(std::size_t record) override { commit_after_.insert(record); }
    void abort_transaction_after(std::size_t record) override { abort_after_.insert(record); }

private:
    void open();
    /// With the boundary interval.
    Clock::time_point due() const;
    [[noreturn]] void refuse_offset_topic() const;
    void commit();
    [[noreturn]] void fail(const KafkaException& error) const;
    void write_and_commit(Clock::time_point began);
    void abort();

    Producer& producer_;
    OffsetStore& offsets_;
    std::string connector_;
    std::string offset_topic_;
    Options options_;
    OnCommitted on_committed_;
    std::size_t records_ = 0;  ///< of the transaction that is open
    bool open_ = false;
    Clock::time_point opened_{};
    Clock::time_point last_commit_ = Clock::now();
    Clock::duration commit_took_{};
    OffsetStore::Entries staged_;  ///< the newest offset of each source partition
    bool commit_batch_ = false;
    bool abort_batch_ = false;
    std::set<std::size_t> commit_after_;
    std::set<std::size_t> abort_after_;
};

}
