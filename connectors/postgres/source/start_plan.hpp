/// What a session begins with: a snapshot, the stream, or both. Pure.
///
/// Facts: Debezium 3.7, snapshot.mode.
#pragma once
#include "connectors/postgres/source/config.hpp"
#include "connectors/postgres/source/offsets.hpp"

#include <optional>

namespace millrace::postgres {

struct StartPlan {
    bool snapshot = false;
    bool stream = true;
};

/// From the mode and the offset reached. `snapshot_done`: in this life of the task. Throws ConnectException where the
/// mode forbids the snapshot that the offset asks for.
StartPlan plan_start(const SnapshotConfig& config, const std::optional<OffsetState>& position, bool snapshot_done);
/// Whether a position that the slot cannot serve any more is answered by a new snapshot.
bool snapshots_after_lost_position(const SnapshotConfig& config) noexcept;

}
