/// Source partitions and offsets in Debezium's form, both ways: either connector goes on where the other stopped.
///
/// Integers of any width are read. Keys are written in the order of a Java HashMap, in which Debezium's come.
/// Facts: Debezium 3.7, PostgresOffsetContext.
#pragma once
#include "connectors/api/record.hpp"
#include "connectors/postgres/client/lsn.hpp"
#include "connectors/postgres/incremental/snapshot_state.hpp"
#include "connectors/postgres/source/snapshot_progress.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::postgres {

/// messageType of an offset.
enum class MessageType : std::uint8_t { None, Begin, Commit, Insert, Update, Delete, Truncate, Logical, Origin, Noop };
std::string_view to_string(MessageType type) noexcept;

enum class SnapshotKind : std::uint8_t { None, Initial, Blocking, Incremental };

/// Of a table in the running transaction.
struct TableEvents {
    std::int64_t count = 0;
    std::size_t place = 0;  ///< in the order in which the tables came first
    bool operator==(const TableEvents&) const = default;
};

/// Where the source stands.
struct OffsetState {
    Lsn lsn = no_lsn;                   ///< of the last record; after a commit, of that
    std::optional<Lsn> processed = {};  ///< lsn_proc
    std::optional<Lsn> committed = {};  ///< lsn_commit: end of the last commit seen
    std::int64_t events_with_lsn = 0;   ///< lsn_events_processed: row events that had `processed`, this one included
    std::optional<std::int64_t> tx_id = {};
    std::optional<std::int64_t> ts_usec = {};
    std::optional<std::int64_t> xmin = {};
    MessageType message = MessageType::None;
    SnapshotKind snapshot = SnapshotKind::None;
    bool snapshot_completed = false;
    bool last_snapshot_record = false;
    std::string transaction_id = {};                           ///< with transaction metadata
    std::map<std::string, TableEvents> collection_order = {};  ///< events of the transaction so far, a table
    IncrementalOffsetPtr incremental = {};                     ///< of the incremental snapshot that runs
    std::int64_t signals = 0;                                  ///< number of those of channels that this tells of
    SnapshotProgressPtr snapshot_progress = {};                ///< of the initial snapshot that runs

    /// An initial snapshot that did not come to its end.
    bool snapshot_unfinished() const noexcept { return snapshot == SnapshotKind::Initial && !snapshot_completed; }
    /// What may be confirmed to the server once this offset is stored.
    Lsn confirmable() const noexcept {
        return snapshot_completed ? lsn : committed.value_or(processed.value_or(no_lsn));
    }
};

/// Whether `offset` stands further along the stream than `other`; false if both stand at one event.
bool is_behind(const OffsetState& offset, const OffsetState& other) noexcept;
OffsetEntries write_offset(const OffsetState& state, Arena& arena);
OffsetState read_offset(OffsetEntries entries);
/// As Java shows the map of the offset: {lsn_proc=26538584, lsn=26538584}. The progress of a snapshot, which is long
/// and not of Debezium's, is left out.
std::string java_text(const OffsetState& state);
/// Throws ConnectException unless the partition is {"server": prefix} and the offset, as a user sets it, has the whole
/// number "lsn" and numbers where the others are read as such. An empty `prefix` is not compared.
void check_offset(OffsetEntries partition, OffsetEntries offset, std::string_view prefix);
/// {"server": prefix}
OffsetEntries source_partition(std::string_view prefix, Arena& arena);

}
