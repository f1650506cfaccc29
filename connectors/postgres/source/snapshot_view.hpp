/// The transaction that a snapshot reads in, and the WAL position that it stands for.
#pragma once
#include "connectors/api/log.hpp"
#include "connectors/postgres/source/slot.hpp"

#include <memory>

namespace millrace::postgres {

struct SnapshotView {
    Lsn position = no_lsn;
    std::unique_ptr<Connection> exporter = {};  ///< holds the temporary slot, where one was needed
};

/// Begins a transaction that only reads.
void begin_snapshot(Connection& connection, SnapshotIsolation isolation);

struct SnapshotViewParts {
    const SourceConfig& config;
    Connection& general;
    const Wakeup& stop;
    const Logger& logger;
};
/// Begins the transaction on `general`. `created`: the slot that was made for this snapshot, or null. With `stream` the
/// rows and the stream after `position` meet without gap and overlap; for a slot that was there already a temporary one
/// exports the snapshot, and only where the server has no room for it may rows come twice.
SnapshotView open_snapshot_view(const SnapshotViewParts& parts, const CreatedSlot* created, bool stream);

}
