#include "connectors/postgres/source/slot.hpp"

#include "connectors/postgres/source/debezium_exception.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::postgres {
namespace {

std::optional<Lsn> lsn_at(const Rows& rows, std::size_t column) {
    const auto text = rows.get(0, column);
    return text ? parse_lsn(*text) : std::nullopt;
}

constexpr int version_with_decoding_standbys = 160000;
constexpr const char* no_longer_available =
    "The connector is trying to read change stream starting at {}, but this is no longer available on the server. "
    "Reconfigure the connector to use a snapshot mode when needed.";

// A position may stand in front of the header of a page or behind it.
constexpr std::uint64_t page_header = 40;
constexpr const char* accept_gap =
    ". Take a new snapshot (snapshot.mode=when_needed, or remove the offsets), or accept the gap with "
    "offset.mismatch.strategy=trust_slot";

std::string describe(const OffsetState& offset) {
    return fmt::format("PostgresOffsetContext [lsn={}, lsn_proc={}, lsn_commit={}]", to_string(offset.lsn),
                       offset.processed ? to_string(*offset.processed) : "null",
                       offset.committed ? to_string(*offset.committed) : "null");
}

}

std::optional<SlotState> find_slot(Connection& connection, const SourceConfig& config) {
    const auto& name = config.replication.slot;
    const auto rows = connection.query(
        "SELECT plugin, database, active, restart_lsn, confirmed_flush_lsn, catalog_xmin, slot_type, " +
        std::string(connection.server_version() >= 130000 ? "wal_status" : "''") +
        " FROM pg_catalog.pg_replication_slots WHERE slot_name = " + connection.quote_literal(name));
    if (rows.empty()) return {};
    const auto plugin = rows.text(0, 0);
    const auto database = rows.text(0, 1);
    const auto known = {OutputPlugin::PgOutput, OutputPlugin::Decoderbufs, OutputPlugin::Wal2Json};
    const auto* made_with = std::ranges::find(known, plugin, [](OutputPlugin p) { return to_string(p); });
    const auto wanted = config.replication.plugin;
    const bool usable =
        made_with != known.end() && (*made_with == wanted || *made_with == plugin_of_new_slots(config.replication));
    if (!usable || database != config.connection.database) {
        throw DebeziumException(fmt::format(
            "Creation of replication slot failed; when setting up multiple connectors for the same database host, "
            "please make sure to use a distinct replication slot name for each. The replication slot '{}' exists "
            "already, but as a {} slot with the plugin '{}' of the database '{}': set slot.name to another name, or, "
            "if nobody reads it, drop it: SELECT pg_drop_replication_slot('{}')",
            name, rows.text(0, 6), plugin, database, name));
    }
    return SlotState{.plugin = *made_with,
                     .active = rows.flag(0, 2),
                     .restart = lsn_at(rows, 3),
                     .confirmed = lsn_at(rows, 4),
                     .catalog_xmin = rows.integer(0, 5),
                     .wal_status = rows.text(0, 7)};
}

OutputPlugin plugin_of_new_slots(const ReplicationConfig& config) noexcept {
    return config.plugin == OutputPlugin::Wal2Json ? OutputPlugin::PgOutput : config.plugin;
}

CreatedSlot create_slot(Connection& replication, const SourceConfig& config, const NewSlot& slot) {
    const bool standby = is_standby(replication);
    const bool failover =
        config.replication.failover && !slot.temporary && !standby && replication.server_version() >= 170000;
    const auto plugin = to_string(slot.plugin);
    const auto sql = fmt::format("CREATE_REPLICATION_SLOT {}{} LOGICAL {}{}", quote_identifier(slot.name),
                                 slot.temporary ? " TEMPORARY" : "", plugin, failover ? " ( FAILOVER )" : "");
    try {
        const auto rows = replication.query(sql, config.replication.ddl_timeout);
        return {.consistent_point = parse_lsn(rows.text(0, 1)).value_or(no_lsn), .snapshot = rows.text(0, 2)};
    } catch (const DatabaseError& e) {
        if (standby && e.sqlstate == sqlstate::query_canceled) {
            throw DatabaseError(
                "Creation of replication slot failed; on a standby it waits until the primary has told its running "
                "transactions, which an idle one does not: run SELECT pg_log_standby_snapshot() on the primary",
                e.sqlstate);
        }
        if (e.sqlstate == sqlstate::query_canceled || e.sqlstate == sqlstate::lock_not_available) {
            throw DatabaseError(
                "Creation of replication slot failed; query to create replication slot timed out, please make sure "
                "that "
                "there are no long running queries on the database.",
                sqlstate::query_canceled);
        }
        std::string hint;
        if (e.sqlstate == sqlstate::duplicate_object) {
            hint =
                "; when setting up multiple connectors for the same database host, please make sure to use a "
                "distinct replication slot name for each.";
        } else if (e.sqlstate == sqlstate::configuration_limit_exceeded) {
            hint = "; raise max_replication_slots or drop slots that nobody reads";
        } else if (std::string_view(e.what()).find("may not be used as an output plugin") != std::string_view::npos) {
            hint = fmt::format("; add {} to the server's setting output_plugin_libraries, or set plugin.name=pgoutput",
                               plugin);
        } else if (e.sqlstate == sqlstate::undefined_file) {
            hint = fmt::format("; the server does not have {}: install it there, or set plugin.name=pgoutput", plugin);
        }
        throw DatabaseError(fmt::format("Creation of replication slot failed{}: {}", hint, e.what()), e.sqlstate,
                            e.reaction);
    }
}

std::string slot_holder(Connection& connection, const std::string& slot) {
    const auto rows = connection.query(
        "SELECT s.active_pid, a.application_name, a.usename, a.client_addr FROM pg_catalog.pg_replication_slots s "
        "LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = s.active_pid WHERE s.active AND s.slot_name = " +
        connection.quote_literal(slot));
    if (rows.empty() || !rows.get(0, 0)) return {};
    return fmt::format("process {} (application '{}' of user {} from {})", rows.text(0, 0), rows.text(0, 1),
                       rows.text(0, 2), rows.get(0, 3).value_or("the same host"));
}

bool is_standby(Connection& connection) { return connection.query("SELECT pg_is_in_recovery()").flag(0, 0); }

Lsn current_wal_position(Connection& connection) {
    const auto rows =
        connection.query(is_standby(connection) ? "SELECT pg_last_wal_receive_lsn()" : "SELECT pg_current_wal_lsn()");
    return parse_lsn(rows.text(0, 0)).value_or(no_lsn);
}

Lsn end_of_wal(Connection& connection) {
    constexpr std::uint64_t page_bytes = 8192;
    constexpr std::uint64_t page_header_bytes = 24;
    constexpr std::uint64_t segment_header_bytes = 40;
    const auto rows = connection.query(is_standby(connection) ? "SELECT pg_last_wal_replay_lsn()"
                                                              : "SELECT pg_current_wal_insert_lsn()");
    auto end = number(parse_lsn(rows.text(0, 0)).value_or(no_lsn));
    // Where the last record fills its page, the next one stands behind the header of a page that is not there yet, and
    // an idle stream never comes to it.
    const auto in_page = end % page_bytes;
    if (in_page == page_header_bytes || in_page == segment_header_bytes) end -= in_page;
    return Lsn{end};
}

void check_server(Connection& connection) {
    if (connection.server_version() < version_with_decoding_standbys && is_standby(connection)) {
        throw ConnectException(
            "The server is a standby, and standbys decode changes from PostgreSQL 16 on: set database.hostname to the "
            "primary");
    }
    const auto level = connection.query("SHOW wal_level").text(0, 0);
    if (level == "logical") return;
    throw DebeziumException(
        fmt::format("Creation of replication slot failed: Postgres server wal_level property must be 'logical' but is: "
                    "'{}'. Run ALTER SYSTEM SET wal_level "
                    "= 'logical' and restart the server (on a managed service set its parameter for logical "
                    "replication), then restart the connector",
                    level));
}

std::string position_problem(const OffsetState& offset, const std::optional<SlotState>& slot, std::optional<Lsn> end,
                             const ReplicationConfig& config) {
    if (!slot) return fmt::format(no_longer_available, describe(offset));
    if (slot->wal_status == "lost") {
        return fmt::format(
            "The replication slot '{}' has lost WAL that was not read (wal_status is 'lost', see "
            "max_slot_wal_keep_size): drop it and take a new snapshot, for example with snapshot.mode=when_needed",
            config.slot);
    }
    if (!config.check_position) return {};
    const auto known =
        std::max(offset.committed.value_or(no_lsn), std::max(offset.processed.value_or(no_lsn), offset.lsn));
    if (end && number(known) > number(*end) + page_header) {
        return fmt::format(
            "The stored offset {} is beyond the end of the server's WAL, {}: it is of another server, or this one is a "
            "standby that was promoted before it had received everything. What is written to it now would be taken "
            "for known. Take a new snapshot (snapshot.mode=when_needed, or remove the offsets)",
            to_string(known), to_string(*end));
    }
    if (config.mismatch == OffsetMismatch::TrustSlot || config.mismatch == OffsetMismatch::TrustGreaterLsn) return {};
    if (offset.processed && slot->restart && *slot->restart > *offset.processed) {
        return fmt::format("{} The replication slot '{}' keeps WAL from {} on{}",
                           fmt::format(no_longer_available, describe(offset)), config.slot, to_string(*slot->restart),
                           accept_gap);
    }
    // In this mode Debezium confirms more than it stores.
    if (config.flush_mode == LsnFlushMode::ConnectorAndDriver) return {};
    if (slot->confirmed && *slot->confirmed > known) {
        return fmt::format(
            "The replication slot '{}' stands at {}, beyond the stored offset {}: it was made anew or moved, and the "
            "changes between are no longer in it{}",
            config.slot, to_string(*slot->confirmed), to_string(known), accept_gap);
    }
    return {};
}

}
