/// The work of the decoder's thread: connects, decides between snapshot and stream, and feeds the queue until it is
/// told to stop. Lost connections are taken up again from the position reached; what cannot pass by itself ends it.
///
/// Threads  run() has one of its own. confirm() and stop() come from the task's thread.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/postgres/client/replication_stream.hpp"
#include "connectors/postgres/source/batch_queue.hpp"
#include "connectors/postgres/source/slot.hpp"
#include "connectors/postgres/source/snapshot.hpp"
#include "connectors/postgres/source/streaming.hpp"

#include <atomic>
#include <memory>

namespace millrace::postgres {

class Runner {
public:
    struct Parts {
        const SourceConfig& config;
        BatchQueue& queue;
        const RecordFactory& records;
        Logger logger;
        std::optional<OffsetState> stored;
    };
    explicit Runner(Parts parts);

    /// Returns when stopped, or when an initial_only snapshot is complete; a permanent failure goes into the queue.
    void run() noexcept;
    /// This offset is stored: the WAL before it may go.
    void confirm(const OffsetState& offset) noexcept;
    void stop() noexcept;

private:
    using Clock = std::chrono::steady_clock;
    struct Session;
    struct Plan {
        bool snapshot = false;
        bool stream = true;
    };

    void session();
    Plan plan() const;
    /// Whether the stored offset still fits the slot: throws, or drops the offset where the snapshot mode allows.
    void check_position(const std::optional<SlotState>& slot, Plan& plan);
    std::unique_ptr<Connection> connect(std::string_view application_name, ConnectionMode mode);
    CreatedSlot create_slot_patiently(Connection& replication);
    void take_snapshot(Connection& general, const CreatedSlot* created, bool stream);
    void start_at_slot(Connection& general, const CreatedSlot* created, const std::optional<SlotState>& slot);
    void stream(Connection& general, std::unique_ptr<Connection> replication);
    void start_replication(Session& session);
    void pump(Session& session);
    void on_keepalive(Session& session, const Frame& frame);
    void beat(Session& session);
    void mark_if_quiet(Session& session, Clock::time_point now);
    void fetch_xmin(Session& session);
    void send_status(Session& session);
    void flush(Session& session);
    void deliver(SourceBatch batch, Session* session);
    void pause(std::chrono::milliseconds time);
    void drop_slot() noexcept;
    bool stopping() const noexcept { return stopping_.load(); }

    const SourceConfig& config_;
    BatchQueue& queue_;
    const RecordFactory& records_;
    Logger logger_;
    std::optional<OffsetState> position_;  ///< of what was handed to the queue, or stored before the start
    bool snapshot_done_ = false;           ///< in this life of the task
    TableCache tables_;
    BatchBuilder batch_;
    Wakeup stop_signal_;
    Wakeup confirm_signal_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> confirmed_{0};
    bool progress_ = false;  ///< records flowed since the last failure
};

}
