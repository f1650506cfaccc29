/// How far the incremental snapshots have come, and its form in the source offset: either implementation goes on where
/// the other stopped, in the middle of a table.
///
/// Facts   Debezium 3.7, AbstractIncrementalSnapshotContext: keys incremental_snapshot_*.
#pragma once
#include "connectors/postgres/incremental/key_value.hpp"

#include <deque>
#include <memory>

namespace millrace::postgres {

/// The texts as they stand in the offset.
struct IncrementalOffset {
    std::string collections = {};  ///< JSON
    std::string maximum_key = {};
    std::string primary_key = {};  ///< of the last row that was sent
    std::string correlation_id = {};
    std::string total_rows = {};
};
using IncrementalOffsetPtr = std::shared_ptr<const IncrementalOffset>;  ///< null: none runs

struct IncrementalSnapshotState {
    struct Table {
        std::string id = {};             ///< schema.table
        std::string condition = {};      ///< empty: none
        std::string surrogate_key = {};  ///< empty: none
        std::string correlation_id = {};
    };
    std::deque<Table> tables = {};  ///< the first is being read
    std::optional<RowKey> maximum = {};
    std::optional<RowKey> last_sent = {};
    std::optional<std::int64_t> total_rows = {};

    bool running() const noexcept { return !tables.empty(); }
    /// The first table is done with.
    void next_table() {
        tables.pop_front();
        maximum.reset();
        last_sent.reset();
        total_rows.reset();
    }
};

/// Null if none runs.
IncrementalOffsetPtr to_offset(const IncrementalSnapshotState& state);
/// Keys that are not understood are none: the table is read again from its beginning.
IncrementalSnapshotState from_offset(const IncrementalOffset& offset);

}
