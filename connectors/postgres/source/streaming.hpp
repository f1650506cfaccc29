/// Turns the messages of the replication stream into source records, and knows where the source stands.
///
/// Input   frames in the order of the stream, and the stored offset that was resumed from.
/// Output  records into a BatchBuilder, none for what was delivered before.
/// State   the running transaction and the position. One for each replication session.
/// Throws  ConnectException, with the reason as its cause, for an event that cannot be processed, unless
///         event.processing.failure.handling.mode lets it pass.
/// Facts   Debezium 3.7: records per operation, offsets per message type.
#pragma once
#include "connectors/postgres/client/replication_stream.hpp"
#include "connectors/postgres/decoding/decoder.hpp"
#include "connectors/postgres/source/record_factory.hpp"
#include "connectors/postgres/source/reselect.hpp"
#include "connectors/postgres/source/resume_filter.hpp"
#include "connectors/postgres/source/signals.hpp"
#include "connectors/postgres/source/source_metrics.hpp"
#include "connectors/postgres/source/table_cache.hpp"
#include "connectors/postgres/source/unseen_transactions.hpp"

namespace millrace::postgres {

class Streaming {
public:
    struct Parts {
        const SourceConfig& config;
        TableCache& tables;
        const RecordFactory& records;
        Connection& catalog;
        const Logger& logger;
        Decoder& decoder;
        IncrementalSnapshot& incremental;
        Signals& signals;
        std::function<void()> until_shown;  ///< comes back when the tables show all that the stream has brought
    };
    Streaming(const Parts& parts, const OffsetState& resume_from);

    void handle(const Frame& frame, BatchBuilder& batch);
    /// A heartbeat record with the current position.
    void heartbeat(BatchBuilder& batch) const;

    /// The stream was quiet up to `end`, outside of transactions: the position is as after a commit there.
    void skip_to(Lsn end);
    /// An offset without a record, with the current position.
    void mark(BatchBuilder& batch) const { mark(stored(), batch); }
    static void mark(const OffsetState& offset, BatchBuilder& batch);

    const EventCounts& counts() const noexcept { return counts_; }
    const OffsetState& position() const noexcept { return state_; }
    /// The offset to go with records: the position, or that before the signal for a blocking snapshot, until it is
    /// done.
    const OffsetState& stored() const noexcept { return held_ ? *held_ : state_; }
    /// Where signals and incremental snapshots put what they do, outside of an event.
    IncrementalSnapshot::Outgoing outgoing(BatchBuilder& batch) { return {batch, state_, stored()}; }
    /// The blocking snapshot is done.
    void release() noexcept { held_.reset(); }
    bool in_transaction() const noexcept { return in_transaction_; }
    UnseenTransactions& transactions() noexcept { return transactions_; }
    /// The last record may be of the first row of several that were written at once (COPY). Its offset is not to be
    /// stored before the next frame has shown that: from it Debezium would go on behind all of them.
    bool holds_last_record() const noexcept { return lone_insert_; }
    /// Where it holds one: whether that frame has one more of its rows.
    bool goes_on_in(const Frame& frame) const noexcept { return frame.start == last_row_lsn_; }
    void set_xmin(std::optional<std::int64_t> xmin) { state_.xmin = xmin; }

private:
    void dispatch(const Message& message, Lsn lsn, BatchBuilder& batch);

    /// What a row changes of the position.
    struct Place {
        Lsn lsn = no_lsn;
        std::optional<Lsn> processed = {};
        std::int64_t events_with_lsn = 0;
        std::optional<std::int64_t> tx_id = {};
        std::optional<std::int64_t> ts_usec = {};
        MessageType message = MessageType::None;
        SnapshotKind snapshot = SnapshotKind::None;
    };
    struct Change {
        char op;
        Value key = {};
        Value before = {};
        Value after = {};
    };

    bool uninteresting(Lsn lsn, std::span<const std::byte> payload);
    void on_begin(const Begin& message, Lsn lsn, BatchBuilder& batch);
    void on_commit(const Commit& message, Lsn lsn, BatchBuilder& batch);
    /// A row of the signal table, or of one that an incremental snapshot reads. `previous`: the offset before it.
    void on_signal(Tuple row, const OffsetState& previous, BatchBuilder& batch);
    void on_signal_delete(Tuple old_row, const OffsetState& previous, BatchBuilder& batch);
    void on_insert(const Insert& message, Lsn lsn, BatchBuilder& batch);
    void on_update(const Update& message, Lsn lsn, BatchBuilder& batch);
    void key_change(const TableModel& table, const Change& removed, const Change& added, const OffsetState& previous,
                    BatchBuilder& batch);
    void on_delete(const Delete& message, Lsn lsn, BatchBuilder& batch);
    void on_truncate(const Truncate& message, Lsn lsn, BatchBuilder& batch);
    void on_message(const LogicalMessage& message, Lsn lsn, BatchBuilder& batch);
    /// True if the event goes on: counts it and moves the position to it.
    bool take_event(Lsn lsn, MessageType type);
    /// The offset before the row of `table` that came last, which is the first with its LSN.
    OffsetState before_first_row(const TableModel& table) const;
    bool skips(char op) const noexcept { return config_.skipped_operations.find(op) != std::string::npos; }
    SourceInfo source_info(const TableModel* table, Arena& arena) const;
    void count(char op) noexcept;
    Value transaction_block(const std::string& collection, Arena& arena);
    /// One change record of the event at the position.
    /// With what post processors read again.
    Tuple completed(std::uint32_t relation, const TableModel& table, Tuple row, Tuple old_row, Arena& arena) const;
    SourceRecord change(const TableModel& table, const Change& change, Arena& arena);
    void check_columns(const TableModel& table, Tuple row) const;
    void transaction_record(bool end, Lsn lsn, BatchBuilder& batch);

    const SourceConfig& config_;
    TableCache& tables_;
    const RecordFactory& records_;
    Connection& catalog_;
    Reselection reselection_;
    const Logger& logger_;
    Decoder& decoder_;
    bool pgoutput_;  ///< the wire format lets rows be skipped undecoded
    IncrementalSnapshot& incremental_;
    Signals& signals_;
    ResumeFilter filter_;
    OffsetState state_;
    std::optional<OffsetState> held_;
    bool in_transaction_ = false;
    std::uint32_t xid_ = 0;
    std::int64_t commit_usec_ = 0;
    Lsn last_row_lsn_ = no_lsn;
    std::int64_t rows_with_lsn_ = 0;
    UnseenTransactions transactions_;
    Place before_first_row_;    ///< with last_row_lsn_
    bool lone_insert_ = false;  ///< the last message was an insert with a record, the first with its LSN
    bool after_lone_insert_ = false;
    std::int64_t total_order_ = 0;
    std::size_t collection_buckets_ = 16;  ///< of the HashMap in which Debezium counts
    std::optional<std::string> origin_;
    Lsn origin_lsn_ = no_lsn;
    EventCounts counts_;
};

}
