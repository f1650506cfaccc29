/// Reads the captured tables as they were at one point of the WAL, by COPY, into source records of op "r".
///
/// Input   a connection on which the snapshot's transaction is begun (exported snapshot or REPEATABLE READ).
/// Output  batches to `sink`, the last one flushed; the offset after the snapshot.
/// State   one row of each table is held back, because only its successor tells which marker it gets.
/// Facts   Debezium 3.7: order of tables, markers, offsets.
#pragma once
#include "connectors/postgres/incremental/signal.hpp"
#include "connectors/postgres/source/notifications.hpp"
#include "connectors/postgres/source/record_factory.hpp"
#include "connectors/postgres/source/table_cache.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace millrace::postgres {

/// Takes the batch; blocks while there is no room. Throws Interrupted when the task ends.
using BatchSink = std::function<void(SourceBatch)>;

/// Splits a line of COPY's text format into columns, undoing its escapes in place. `line` is changed.
void split_copy_line(char* line, std::size_t size, std::vector<Column>& columns);

class Snapshot {
public:
    struct Parts {
        const SourceConfig& config;
        TableCache& tables;
        const RecordFactory& records;
        Connection& connection;
        const Notifier& notifier;
        const Logger& logger;
        const Wakeup* stop = nullptr;  ///< for more connections; null: one has to do
    };
    Snapshot(const Parts& parts, BatchBuilder& batch, BatchSink sink)
        : config_(parts.config),
          tables_(parts.tables),
          records_(parts.records),
          connection_(parts.connection),
          notifier_(parts.notifier),
          logger_(parts.logger),
          stop_(parts.stop),
          batch_(batch),
          sink_(std::move(sink)) {}

    /// `position`: the WAL position of the snapshot; `before`: the offset so far, or none. Returns the offset of the
    /// finished snapshot.
    OffsetState run(Lsn position, const std::optional<OffsetState>& before);
    /// Of the tables that a signal asks for, while the stream stands at `position`. Until its last row the offset says
    /// `stored`, which comes before the signal.
    void run_blocking(const SnapshotRequest& request, const OffsetState& position, const OffsetState& stored);

private:
    struct HeldRow {
        HeldRow() noexcept {}
        const TableModel* model = nullptr;
        std::string line = {};
        bool first_in_table = false;
        bool first = false;  ///< in the first table
    };
    /// A connection and the table that is read on it.
    struct Lane {
        Connection* connection = nullptr;
        const CatalogTable* table = nullptr;  ///< null: it is at its end
        const TableModel* model = nullptr;
        std::int64_t rows = 0;
        std::optional<HeldRow> held = {};
    };

    std::vector<std::pair<Oid, TableId>> captured_tables();
    std::vector<CatalogTable> tables_in_order();
    std::vector<CatalogTable> tables_of(const SnapshotRequest& request);
    /// All rows; ABORTED is told if that fails.
    void read_tables(const std::vector<CatalogTable>& tables);
    /// As many connections to the same view of the database as snapshot.max.threads and the tables want, less one.
    std::vector<std::unique_ptr<Connection>> more_connections(std::size_t tables);
    void read_in_lanes(const std::vector<CatalogTable>& tables, std::vector<Lane>& lanes);
    void begin_table(Lane& lane, const CatalogTable& table);
    /// What has come, at most a bounded number of lines; false if there was nothing.
    bool read_some(Lane& lane);
    void end_table(Lane& lane);
    std::string override_for(const TableId& id) const;
    void notify(std::string_view type, std::vector<std::pair<std::string, std::string>> data = {});
    void row(Lane& lane, std::string_view line);
    void emit(const HeldRow& row, bool last_in_table, bool last);

    const SourceConfig& config_;
    TableCache& tables_;
    const RecordFactory& records_;
    Connection& connection_;
    const Notifier& notifier_;
    const Logger& logger_;
    const Wakeup* stop_;
    BatchBuilder& batch_;
    BatchSink sink_;
    OffsetState state_;                         ///< what the source blocks say
    OffsetState row_offset_;                    ///< of every row but the last
    OffsetState done_;                          ///< of the last row
    bool has_offset_ = false;                   ///< notifications may go with row_offset_
    const SnapshotRequest* request_ = nullptr;  ///< of a blocking snapshot
    std::string table_list_;
    OffsetEntries shared_offset_ = {};  ///< in the batch's memory, for all of its rows
    bool fresh_batch_ = true;
    std::vector<Column> columns_;
    std::optional<HeldRow> ended_;               ///< the last row of the table that ended last
    const CatalogTable* first_table_ = nullptr;  ///< its first row is the first of all; if it has none, none is
    std::int64_t rows_ = 0;
    std::int64_t next_report_nanos_ = 0;
};

}
