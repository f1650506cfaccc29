/// Reads the captured tables as they were at one point of the WAL, by COPY, into source records of op "r".
///
/// Input   a connection on which the snapshot's transaction is begun (exported snapshot or REPEATABLE READ).
/// Output  batches to `sink`, the last one flushed; the offset after the snapshot.
/// State   one row is held back, because only its successor tells which marker it gets.
/// Facts   Debezium 3.7: order of tables, markers, offsets.
#pragma once
#include "connectors/postgres/incremental/signal.hpp"
#include "connectors/postgres/source/notifications.hpp"
#include "connectors/postgres/source/record_factory.hpp"
#include "connectors/postgres/source/table_cache.hpp"

#include <functional>
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
    };
    Snapshot(const Parts& parts, BatchBuilder& batch, BatchSink sink)
        : config_(parts.config),
          tables_(parts.tables),
          records_(parts.records),
          connection_(parts.connection),
          notifier_(parts.notifier),
          logger_(parts.logger),
          batch_(batch),
          sink_(std::move(sink)) {}

    /// `position`: the WAL position of the snapshot; `before`: the offset so far, or none. Returns the offset of the
    /// finished snapshot.
    OffsetState run(Lsn position, const std::optional<OffsetState>& before);
    /// Of the tables that a signal asks for, while the stream stands at `position`. Until its last row the offset says
    /// `stored`, which comes before the signal.
    void run_blocking(const SnapshotRequest& request, const OffsetState& position, const OffsetState& stored);

private:
    struct SelectedColumn;
    struct HeldRow {
        HeldRow() noexcept {}
        const TableModel* model = nullptr;
        std::string line = {};
        bool first_in_table = false;
        bool first_table = false;
    };

    std::vector<std::pair<Oid, TableId>> captured_tables();
    std::vector<CatalogTable> tables_in_order();
    std::vector<CatalogTable> tables_of(const SnapshotRequest& request);
    /// All rows; ABORTED is told if that fails.
    void read_tables(const std::vector<CatalogTable>& tables);
    void read_table(const CatalogTable& table);
    std::string override_for(const TableId& id) const;
    void notify(std::string_view type, std::vector<std::pair<std::string, std::string>> data = {});
    void row(const TableModel& model, std::string_view line, bool first_in_table);
    void emit(bool last_in_table, bool last);

    const SourceConfig& config_;
    TableCache& tables_;
    const RecordFactory& records_;
    Connection& connection_;
    const Notifier& notifier_;
    const Logger& logger_;
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
    std::optional<HeldRow> held_;
    std::int64_t rows_ = 0;
    std::int64_t rows_in_table_ = 0;
    std::size_t table_number_ = 0;  ///< 1: the first
    std::int64_t next_report_nanos_ = 0;
};

}
