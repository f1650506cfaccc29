/// Reads the captured tables as they were at one point of the WAL, by COPY, into source records of op "r".
///
/// Input   a connection on which the snapshot's transaction is begun (exported snapshot or REPEATABLE READ).
/// Output  batches to `sink`, the last one flushed; the offset after the snapshot.
/// State   one row of each table is held back, because only its successor tells which marker it gets.
/// Facts   Debezium 3.7: order of tables, markers, offsets.
#pragma once
#include "connectors/postgres/incremental/signal.hpp"
#include "connectors/postgres/source/snapshot_work.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace millrace::postgres {

/// Takes the batch; blocks while there is no room. Throws Interrupted when the task ends.
using BatchSink = std::function<void(SourceBatch)>;

/// Splits a line of COPY's text format into columns, undoing its escapes in place. `line` is changed.
void split_copy_line(char* line, std::size_t size, std::vector<Column>& columns);

class Snapshot : private SnapshotWork {
public:
    using SnapshotWork::Parts;
    /// `stop` is for more connections; without it one has to do.
    Snapshot(const Parts& parts, BatchBuilder& batch, BatchSink sink, const Wakeup* stop = nullptr)
        : SnapshotWork(parts), stop_(stop), batch_(batch), sink_(std::move(sink)) {}

    struct Start {
        Lsn position = no_lsn;                          ///< of the view
        Lsn stream_from = no_lsn;                       ///< where the stream begins afterwards
        bool stream_follows = true;                     ///< and brings what changes in tables that are done
        std::optional<SnapshotProgress> progress = {};  ///< to go on from; none: not to be kept in the offset either
    };
    /// `before`: the offset so far, or none. Returns the offset of the finished snapshot.
    OffsetState run(const Start& start, const std::optional<OffsetState>& before);
    /// Of the tables that a signal asks for, while the stream stands at `position`. Until its last row the offset says
    /// `stored`, which comes before the signal.
    void run_blocking(const SnapshotRequest& request, const OffsetState& position, const OffsetState& stored);

private:
    /// A row's values, in the memory of the batch.
    struct Converted {
        Value key;
        Value after;
    };
    struct HeldRow {
        HeldRow() noexcept {}
        const TableModel* model = nullptr;
        std::string line = {};
        bool first_in_table = false;
        bool first = false;                       ///< in the first table
        std::optional<Converted> converted = {};  ///< good while `batch` is the number of the batch
        std::int64_t batch = 0;
        SnapshotProgress::Table table = 0;
        std::optional<SnapshotProgress::Part> reached = {};  ///< with this row
    };
    /// A connection and the table that is read on it.
    struct Lane {
        Connection* connection = nullptr;
        const CatalogTable* table = nullptr;               ///< null: it is at its end
        std::string statement = {};                        ///< SELECT, without the condition of a piece
        bool own_statement = false;                        ///< it is the user's
        std::deque<Piece> pieces = {};                     ///< the first is being read
        SnapshotProgress::Part part = {};                  ///< what is read once the first piece is
        std::optional<SnapshotProgress::Part> whole = {};  ///< what is read once the last one is, if it has pages
        const TableModel* model = nullptr;
        std::int64_t rows = 0;
        std::optional<HeldRow> held = {};
    };

    /// What notifications name. The signal table is in the lists where Debezium has it, although it is never exported.
    struct TableLists {
        std::string resolved = {};     ///< sorted
        std::string in_progress = {};  ///< in the order of a HashMap
        std::string scanned = {};      ///< in the order of the snapshot
    };

    using NamedTables = std::vector<std::pair<Oid, TableId>>;
    /// In the order of table.include.list; a signal table that is not in it comes last.
    NamedTables in_order(const NamedTables& captured) const;
    void list(const NamedTables& ordered);
    std::vector<CatalogTable> load(const NamedTables& ordered);
    std::vector<CatalogTable> tables_in_order();
    void sort_by_rows(std::vector<CatalogTable>& tables);
    std::vector<CatalogTable> tables_of(const SnapshotRequest& request);
    /// What is done already leaves the list.
    void resume(const Start& start, std::vector<CatalogTable>& tables);
    void read_all(const Start& start);
    /// ABORTED is told if `work` fails.
    void abort_on_failure(const std::function<void()>& work);
    void tell_resolved();
    void read_tables(const std::vector<CatalogTable>& tables);
    /// As many connections to the same view of the database as snapshot.max.threads and the tables want, less one.
    std::vector<std::unique_ptr<Connection>> more_connections(std::size_t tables);
    void read_in_lanes(const std::vector<CatalogTable>& tables, std::vector<Lane>& lanes);
    void begin_table(Lane& lane, const CatalogTable& table);
    /// Its rows stay where the view shows them. Throws DatabaseError, to be tried again, if they do not show any more.
    static void hold_table(Connection& connection, const CatalogTable& table);
    std::vector<Piece> pieces_of(Lane& lane, const CatalogTable& table);
    void begin_piece(Lane& lane);
    /// Goes on with the next piece, or ends the table.
    void end_piece(Lane& lane);
    /// What has come, at most a bounded number of lines; false if there was nothing.
    bool read_some(Lane& lane);
    void end_table(Lane& lane);
    std::string override_for(const TableId& id) const;
    void notify(std::string_view type, std::vector<std::pair<std::string, std::string>> data = {});
    void row(Lane& lane, std::string_view line);
    Converted convert(const TableModel& model, std::string_view line);
    /// As it was converted, unless that batch is gone.
    Converted convert_to_send(const HeldRow& row);
    /// False: it cannot be converted, and need not be. Only where that may be are rows converted before they are held
    /// back: a row that is left out must not be the last.
    bool convert_early(const TableModel& model, std::string_view line, std::optional<Converted>& to);
    /// Rows that were added to batches since it was told last.
    void tell_rows();
    void hand_over();
    void emit(const HeldRow& row, bool last_in_table, bool last);
    void note_progress(const HeldRow& row, bool last_in_table);

    const Wakeup* stop_;
    BatchBuilder& batch_;
    BatchSink sink_;
    OffsetState state_;                         ///< what the source blocks say
    OffsetState row_offset_;                    ///< of every row but the last
    OffsetState done_;                          ///< of the last row
    std::optional<SnapshotProgress> progress_;  ///< with the rows that are sent
    bool progress_changed_ = false;             ///< since it was written
    bool stream_follows_ = true;
    std::int64_t transactions_ = 0;  ///< the view shows all before this one
    std::int64_t next_transaction_ = 0;
    std::int64_t pages_at_once_ = 0;            ///< 0: whole tables
    bool has_offset_ = false;                   ///< notifications may go with row_offset_
    const SnapshotRequest* request_ = nullptr;  ///< of a blocking snapshot
    TableLists lists_;
    OffsetEntries shared_offset_ = {};  ///< in the batch's memory, for all of its rows
    bool fresh_batch_ = true;
    std::int64_t batch_number_ = 0;  ///< of the batch that is being filled
    std::vector<Column> columns_;
    std::optional<HeldRow> ended_;               ///< the last row of the table that ended last
    const CatalogTable* first_table_ = nullptr;  ///< its first row is the first of all; if it has none, none is
    std::int64_t rows_ = 0;
    std::int64_t told_rows_ = 0;  ///< to the metrics
    std::int64_t next_report_nanos_ = 0;
};

}
