/// Incremental snapshots: tables are read in chunks while the stream goes on, and a row that the stream changes
/// meanwhile is left out, because the change tells it better. So is a row that a transaction changes which comes before
/// the chunk's window in the stream, and which the chunk does not show: its commit was in the WAL, but not visible.
///
/// A chunk stands between two watermarks. Usually they are rows of the signal table, whose own changes come back in the
/// stream. With read.only the second is the position of the WAL after the chunk was read, and nothing is written.
///
/// State   what is asked for and how far it has come, in the source offset with every record; the chunk that was read,
///         until the stream has passed the second watermark. Belongs to one replication session.
/// Throws  DatabaseError when the connection is lost or a watermark cannot be written.
/// Facts   Debezium 3.7, incremental snapshots; "DBLog: A Watermark Based Change-Data-Capture Framework".
#pragma once
#include "connectors/postgres/incremental/chunk_query.hpp"
#include "connectors/postgres/incremental/signal.hpp"
#include "connectors/postgres/source/chunk_window.hpp"
#include "connectors/postgres/source/snapshot_work.hpp"

#include <chrono>
#include <functional>
#include <memory>

namespace millrace::postgres {

class IncrementalSnapshot : private SnapshotWork {
public:
    using SnapshotWork::Parts;
    using Pause = std::function<void(std::chrono::milliseconds)>;
    /// Goes on where `resumed` says. `pause` throws Interrupted when the task ends.
    IncrementalSnapshot(const Parts& parts, Pause pause, const IncrementalOffsetPtr& resumed);

    /// Records go to `batch`; `state` is the position of the source, whose `incremental` is kept up to date here;
    /// `stored` is the offset that notifications may go with.
    struct Outgoing {
        BatchBuilder& batch;
        OffsetState& state;
        const OffsetState& stored;
    };
    // What signals ask for.
    void add(const SnapshotRequest& request, const std::string& id, const Outgoing& out);
    void stop(const SnapshotRequest& request, const Outgoing& out);
    void pause(const Outgoing& out);
    void resume(const Outgoing& out);

    // What the stream brings.
    void on_open(std::string_view marker) noexcept;
    /// True if it is the second watermark of the running chunk: send_window() follows.
    bool closes(std::string_view marker) const noexcept;
    /// The stream has come to `end`, outside of transactions. True: send_window() follows.
    bool reached(Lsn end) const noexcept { return window_.at && end >= *window_.at; }
    /// What this transaction of the stream changes in the table counts.
    bool watches(const TableModel& table, std::uint32_t xid) const noexcept { return window_.watches(table, xid); }
    /// A row of the watched table was changed to or from this one.
    void on_change(const TableModel& table, Tuple row) { window_.forget(table, row); }
    void on_truncate() noexcept { window_.rows.clear(); }

    /// A chunk is to be read.
    bool due() const noexcept { return state_.running() && !paused_ && !window_.pending(); }
    /// Reads the next chunk, of the next table if this one is at its end. `view` is of now, and shows everything that
    /// the stream has brought.
    void read_chunk(TransactionView view, const Outgoing& out);
    /// The chunk's rows that the stream did not change, as records of op "r".
    void send_window(const Outgoing& out);
    /// Where the stream must come to; none if it is not the position that counts.
    bool waits_for_position() const noexcept { return window_.at.has_value(); }

private:
    struct CurrentTable {
        CatalogTable table = {};
        std::vector<CatalogColumn> columns = {};
        ChunkTable query = {};
        std::vector<Oid> key_types = {};
        const TableModel* model = nullptr;
        std::int64_t rows = 0;
        std::int64_t chunks = 0;
        std::optional<RowKey> end = {};  ///< of the last chunk
    };

    void notify(std::string_view type, std::vector<std::pair<std::string, std::string>> data,
                const Outgoing& out) const;
    std::string table_list() const;
    bool prepare_table(const Outgoing& out);
    bool describe_table();
    bool find_maximum(const Outgoing& out);
    const RowKey& maximum() const;
    std::int64_t count_rows(const RowKey& maximum);
    bool fill_window(const Outgoing& out);
    /// `stored` is the offset before the row, and goes with it.
    void send_row(const ChunkWindow& window, std::size_t index, OffsetState& stored, const Outgoing& out);
    Rows read_rows();
    RowKey key_of(const Rows& rows, std::size_t row) const;
    void finish_table(std::string_view status, const Outgoing& out);
    void publish(OffsetState& state) const { state.incremental = to_offset(state_); }
    struct OpenMarker {
        std::string chunk;
        std::string opened;  ///< parts of the JSON text
        std::string about;
    };
    OpenMarker write_open_marker();
    void write_close_marker(const OpenMarker& marker);
    void write(const std::string& sql, const std::vector<std::string>& parameters);

    Pause pause_for_;
    IncrementalSnapshotState state_;
    bool paused_ = false;
    std::unique_ptr<CurrentTable> current_;  ///< null: the first table is not described yet
    ChunkWindow window_;
    bool failed_ = false;  ///< the table that ended last, by an error of a statement
};

}
