/// One replication connection from START_REPLICATION to its end: frames become batches, the server hears how far it may
/// discard WAL, heartbeats and quiet positions are handed over in time.
///
/// Throws  Interrupted when the task stops; DatabaseError when the connection or the server ends, to be taken up again
///         from position(); UnclearMessagesException, then too, but with whole transactions; ConnectException for what
///         cannot pass by itself.
/// Facts   PostgreSQL manual, "Streaming Replication Protocol"; Debezium 3.7, heartbeats and LSN flushing.
#pragma once
#include "connectors/postgres/client/replication_stream.hpp"
#include "connectors/postgres/decoding/streamed_transactions.hpp"
#include "connectors/postgres/source/catalog_directory.hpp"
#include "connectors/postgres/source/confirmed_lsn.hpp"
#include "connectors/postgres/source/gathering.hpp"
#include "connectors/postgres/source/outlet.hpp"
#include "connectors/postgres/source/retained_wal.hpp"
#include "connectors/postgres/source/signal_channels.hpp"
#include "connectors/postgres/source/streaming.hpp"

#include <chrono>
#include <memory>

namespace millrace::postgres {

class ReplicationSession {
public:
    struct Parts {
        const SourceConfig& config;
        const RecordFactory& records;
        const Logger& logger;
        TableCache& tables;
        BatchBuilder& batch;
        Outlet& outlet;
        ConfirmedLsn& confirmed;
        Connection& general;
        Connection& replication;
        const Notifier& notifier;
        SignalChannels& channels;
        OutputPlugin plugin;
        bool whole_transactions;  ///< none comes before it has committed, whatever slot.stream.params say
        SourceMetrics& metrics;
    };
    /// `position` is where to begin, and follows what was handed over.
    ReplicationSession(const Parts& parts, OffsetState& position);

    ~ReplicationSession();
    ReplicationSession(const ReplicationSession&) = delete;
    ReplicationSession& operator=(const ReplicationSession&) = delete;

    [[noreturn]] void run();

private:
    using Clock = std::chrono::steady_clock;

    /// Tries slot.max.retries times more, slot.retry.delay.ms apart, where it may pass.
    void start();
    /// What START_REPLICATION failed with, and who has the slot.
    std::string start_problem(Lsn from, const DatabaseError& error);
    bool advances_slot() const noexcept;
    /// Where offset.mismatch.strategy says so, the slot goes to the stored offset, if that is further.
    void advance_slot();
    void on_failed_advance(Lsn to, const DatabaseError& error) const;
    [[noreturn]] void pump();
    /// The frames that are there; returns how many, at most frames_at_once.
    int read_frames();
    /// False: there is none.
    bool read_frame();
    /// True: the batch waits for the next frame, which tells what the offset of its last record is to be.
    bool hold();
    /// What was held goes on, before a frame that has shown that it may.
    void release();
    void on_keepalive(const Frame& frame);
    void run_timers(Clock::time_point now);
    void run_timers_of_records(Clock::time_point now);
    /// When run_timers, and run_timers_of_records, have something to do next.
    Clock::time_point next_timer() const;
    Clock::time_point next_timer_of_records() const;
    void let_frames_gather();
    void wait_for_frames(Clock::time_point now);
    void beat();
    void mark_if_quiet(Clock::time_point now);
    void fetch_xmin();
    /// Signals that ask for something, between two frames.
    void serve_snapshots();
    void take_blocking_snapshot();
    /// True if that view of the tables shows all that the stream has brought.
    bool all_shown(const TransactionView& view);
    void wait_until_shown();
    void read_signals();
    void carry_out(const std::vector<Signal>& signals);
    void tell_signals();
    void ask_for_position();
    void send_status(bool request_reply = false);
    void send_status_if_due();
    void on_flush_timeout() const;
    void watch_activity(Clock::time_point now);
    bool signals_by_time() const noexcept { return channels_.any(); }
    void flush();
    bool fetches_xmin() const noexcept { return config_.replication.xmin_interval > std::chrono::milliseconds::zero(); }
    bool watches_activity() const noexcept {
        return config_.replication.activity_interval > std::chrono::milliseconds::zero();
    }
    bool beats() const noexcept { return config_.heartbeat_interval > std::chrono::milliseconds::zero(); }

    const SourceConfig& config_;
    const RecordFactory& records_;
    const Logger& logger_;
    BatchBuilder& batch_;
    Outlet& outlet_;
    ConfirmedLsn& confirmed_;
    Connection& general_;
    OffsetState& position_;
    const Notifier& notifier_;
    SignalChannels& channels_;
    TableCache& tables_;
    OutputPlugin plugin_;
    const bool whole_transactions_;
    SourceMetrics& metrics_;
    RetainedWal retained_wal_;
    CatalogDirectory directory_;
    std::unique_ptr<Decoder> decoder_;
    ReplicationStream frames_;
    std::optional<StreamedTransactions> streamed_ = {};  ///< where slot.stream.params ask for them
    IncrementalSnapshot incremental_;
    Signals signals_;
    Streaming streaming_;
    std::unique_ptr<Connection> heartbeat_connection_;
    Lsn received_ = no_lsn;
    Lsn quiet_end_ = no_lsn;  ///< up to here the stream is read, and no transaction runs
    Lsn told_ = no_lsn;       ///< what the offsets handed over allow to confirm
    Lsn confirmed_sent_ = no_lsn;
    Clock::time_point quiet_since_;
    Clock::time_point next_status_;
    Clock::time_point next_heartbeat_;
    Clock::time_point next_xmin_;
    Clock::time_point next_signals_;
    Clock::time_point next_question_;  ///< after the server's position
    Clock::time_point next_chunk_ = {};
    std::optional<Clock::time_point> unshown_since_ = {};
    Clock::time_point next_activity_;
    std::pair<std::optional<Lsn>, std::optional<Lsn>> active_at_ = {};  ///< the position when it was looked at last
    Clock::time_point ping_window_start_ = {};
    int pings_ = 0;
    Gathering gathering_;
    bool held_ = false;
    bool status_due_ = false;
    bool records_came_ = false;  ///< since quiet_since_ was set
};

}
