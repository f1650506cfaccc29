#include "connectors/postgres/source/start_plan.hpp"

#include "connectors/postgres/source/debezium_exception.hpp"

namespace millrace::postgres {

StartPlan plan_start(const SnapshotConfig& config, const std::optional<OffsetState>& position, bool snapshot_done) {
    const bool unfinished = position && position->snapshot_unfinished();
    switch (config.mode) {
    case SnapshotMode::Initial:
    case SnapshotMode::WhenNeeded:
        return {.snapshot = !position || unfinished, .stream = true};
    case SnapshotMode::Always:
        return {.snapshot = !snapshot_done, .stream = true};
    case SnapshotMode::InitialOnly:
        return {.snapshot = !position || unfinished, .stream = false};
    case SnapshotMode::NoData:
        if (unfinished) {
            throw DebeziumException(
                "The connector previously stopped while taking a snapshot, but now the connector is configured to "
                "never allow snapshots. Reconfigure the connector to use snapshots initially or when needed.");
        }
        return {.snapshot = false, .stream = true};
    case SnapshotMode::ConfigurationBased:
        return {.snapshot = config.based_snapshot_data && !snapshot_done, .stream = config.based_start_stream};
    }
    return {};
}

bool snapshots_after_lost_position(const SnapshotConfig& config) noexcept {
    return config.mode == SnapshotMode::WhenNeeded ||
           (config.mode == SnapshotMode::ConfigurationBased && config.based_on_data_error);
}

}
