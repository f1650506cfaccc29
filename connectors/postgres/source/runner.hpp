/// The work of the decoder's thread: connects, decides between snapshot and stream, and feeds the queue until it is
/// told to stop. Lost connections are taken up again from the position reached; what cannot pass by itself ends it.
///
/// Threads  run() has one of its own. All else comes from the task's thread.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/postgres/source/batch_builder.hpp"
#include "connectors/postgres/source/confirmed_lsn.hpp"
#include "connectors/postgres/source/notifications.hpp"
#include "connectors/postgres/source/outlet.hpp"
#include "connectors/postgres/source/signal_channels.hpp"
#include "connectors/postgres/source/slot.hpp"
#include "connectors/postgres/source/snapshot.hpp"
#include "connectors/postgres/source/start_plan.hpp"
#include "connectors/postgres/source/table_cache.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>

namespace millrace::postgres {

class RecordFactory;

class Runner {
public:
    struct Parts {
        const SourceConfig& config;
        BatchQueue& queue;
        const RecordFactory& records;
        Logger logger;
        std::optional<OffsetState> stored;  ///< at the start
        /// What is stored by now. From the runner's thread.
        std::function<std::optional<OffsetState>()> stored_now;
        std::int64_t (*clock)();  ///< nanoseconds since 1970
        SignalChannels::OpenTopic open_topic;
        SourceMetrics& metrics;
    };
    explicit Runner(Parts parts);

    /// Returns when stopped, or when an initial_only snapshot is complete; a permanent failure goes into the queue.
    void run() noexcept;
    /// This offset is stored: the WAL before it may go.
    void confirm(const OffsetState& offset) noexcept;
    void stop() noexcept;
    /// Returns once the slot is there, so that changes from now on are sent; or once the first attempt has failed,
    /// run() has ended, or `stop` is requested.
    void wait_for_slot(const std::stop_token& stop);

private:
    void session();
    void has_begun() noexcept;
    /// What a failure that ends the task says first, as Debezium's tasks do once they produce.
    [[noreturn]] void fail_as_producer() const;
    /// Waits before the next attempt; throws what ends the task.
    void back_off(const DatabaseError& error);
    /// Whether the stored offset still fits the slot: throws, or drops the offset where the snapshot mode allows.
    void check_position(Connection& general, const std::optional<SlotState>& slot, StartPlan& plan);
    /// Goes on from what is stored by now, if that is further: a task of another worker that ended late (its machine
    /// stood still) has stored more since this one began. Whether it did.
    bool take_later_offset();
    std::unique_ptr<Connection> connect_for_replication();
    CreatedSlot create_slot_patiently(Connection& replication);
    void take_snapshot(Connection& general, const CreatedSlot* created, bool stream);
    /// Where a snapshot begins that is taken in a view of `position`: anew, or behind the interrupted one.
    Snapshot::Start snapshot_start(Connection& general, const CreatedSlot* created, bool stream, Lsn position);
    /// Why the interrupted snapshot cannot go on; empty: it can.
    std::string why_over(Connection& general, const SnapshotProgress* progress, bool stream) const;
    void deliver_of_snapshot(SourceBatch batch);
    /// guardrail.collections.max
    void check_guardrail(Connection& general);
    /// There is no snapshot to take: told once.
    void tell_skipped();
    void start_at_slot(Connection& general, const CreatedSlot* created, const std::optional<SlotState>& slot);
    void stream(Connection& general, Connection& replication);
    void drop_slot() noexcept;

    const SourceConfig& config_;
    BatchQueue& queue_;
    const RecordFactory& records_;
    Logger logger_;
    const std::function<std::optional<OffsetState>()> stored_now_;
    std::optional<OffsetState> position_;  ///< of what was handed to the queue, or stored before the start
    bool snapshot_done_ = false;           ///< in this life of the task
    bool told_skipped_ = false;
    bool whole_transactions_ = false;  ///< instead of streamed ones
    std::mutex mutex_;
    std::condition_variable_any begun_changed_;
    bool begun_ = false;      ///< guarded by mutex_
    bool producing_ = false;  ///< the checks before the snapshot or the stream are passed
    OutputPlugin plugin_;     ///< that the slot is made with
    int failures_ = 0;        ///< since records flowed last
    TableCache tables_;
    BatchBuilder batch_;
    Outlet outlet_;
    ConfirmedLsn confirmed_;
    Notifier notifier_;
    SignalChannels channels_;
    SourceMetrics& metrics_;
};

}
