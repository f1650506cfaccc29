#include "connectors/postgres/source/snapshot_view.hpp"

#include "connectors/postgres/source/connect.hpp"

#include <fmt/format.h>

namespace millrace::postgres {
namespace {

constexpr std::size_t longest_slot_stem = 58;  // 63 less "_snap"

std::string_view isolation_statement(SnapshotIsolation isolation) {
    switch (isolation) {
    case SnapshotIsolation::Serializable:
        return "SERIALIZABLE, READ ONLY, DEFERRABLE";
    case SnapshotIsolation::RepeatableRead:
        return "REPEATABLE READ, READ ONLY";
    case SnapshotIsolation::ReadCommitted:
        return "READ COMMITTED, READ ONLY";
    case SnapshotIsolation::ReadUncommitted:
        return "READ UNCOMMITTED, READ ONLY";
    }
    return "REPEATABLE READ, READ ONLY";
}

/// Nothing is exported where the server refuses the slot.
CreatedSlot export_snapshot(const SnapshotViewParts& parts, SnapshotView& view) {
    try {
        view.exporter =
            connect(parts.config.connection, application::streaming, ConnectionMode::Replication, parts.stop);
        const auto name = fmt::format("{}_snap", parts.config.replication.slot.substr(0, longest_slot_stem));
        return create_slot(*view.exporter, parts.config, {.name = name, .temporary = true});
    } catch (const DatabaseError& e) {
        parts.logger.warn(
            "No temporary slot for the snapshot ({}): rows changed since the slot's position may come twice", e.what());
        view.exporter.reset();
        return {};
    }
}

}

void begin_snapshot(Connection& connection, SnapshotIsolation isolation) {
    // A standby has no serializable transactions.
    if (isolation == SnapshotIsolation::Serializable && is_standby(connection)) {
        isolation = SnapshotIsolation::RepeatableRead;
    }
    connection.query(fmt::format("BEGIN ISOLATION LEVEL {}", isolation_statement(isolation)));
}

SnapshotView open_snapshot_view(const SnapshotViewParts& parts, const CreatedSlot* created, bool stream) {
    auto& general = parts.general;
    SnapshotView view;
    CreatedSlot exported;
    if (created != nullptr) {
        exported = *created;
    } else if (stream) {
        exported = export_snapshot(parts, view);
    }
    view.position = exported.consistent_point;
    if (!exported.snapshot.empty()) {
        general.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
        general.query("SET TRANSACTION SNAPSHOT " + general.quote_literal(exported.snapshot));
    } else if (stream) {
        const auto slot = find_slot(general, parts.config);
        general.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
        view.position = slot && slot->confirmed ? *slot->confirmed : no_lsn;
    } else {
        begin_snapshot(general, parts.config.snapshot.isolation);
        view.position = current_wal_position(general);
    }
    return view;
}

}
