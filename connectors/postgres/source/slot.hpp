/// The replication slot: its state, its creation, and what stands in the way of using it.
#pragma once
#include "connectors/postgres/client/connection.hpp"
#include "connectors/postgres/client/lsn.hpp"
#include "connectors/postgres/source/config.hpp"
#include "connectors/postgres/source/offsets.hpp"

#include <optional>
#include <string>

namespace millrace::postgres {

struct SlotState {
    OutputPlugin plugin = OutputPlugin::PgOutput;
    bool active = false;
    std::optional<Lsn> restart = {};
    std::optional<Lsn> confirmed = {};  ///< confirmed_flush_lsn
    std::optional<std::int64_t> catalog_xmin = {};
    std::string wal_status = {};
};
/// None if the database has no slot of this name. Throws DebeziumException when the name is taken by a slot of
/// another plugin or database. Where wal2json is configured, one of pgoutput will do as well.
std::optional<SlotState> find_slot(Connection& connection, const SourceConfig& config);

struct CreatedSlot {
    Lsn consistent_point = no_lsn;
    std::string snapshot = {};  ///< exported; lives until the connection's next command
};
struct NewSlot {
    std::string name;
    OutputPlugin plugin = OutputPlugin::PgOutput;
    bool temporary = false;  ///< ends with the connection
};
/// On a replication connection.
CreatedSlot create_slot(Connection& replication, const SourceConfig& config, const NewSlot& slot);
/// The plugin to make a slot with: wal2json is for slots that are there already.
OutputPlugin plugin_of_new_slots(const ReplicationConfig& config) noexcept;

/// "process 4711 (application 'Debezium Streaming' of user cdc from 10.0.0.3)" for an active slot, else empty.
std::string slot_holder(Connection& connection, const std::string& slot);

/// True of a server in recovery, which nobody can write to.
bool is_standby(Connection& connection);

/// Of a standby: what it has received.
Lsn current_wal_position(Connection& connection);

/// Everything that is visible in the database now was committed before this position. Of a standby: what it replayed.
Lsn end_of_wal(Connection& connection);

/// wal_level, and whether a standby can decode: throws what is derived of ConnectException, with the remedy.
void check_server(Connection& connection);

/// Why the stored offset cannot be continued from the slot, or empty. `end` is where the server's WAL ends; none of a
/// standby, which may have to catch up. Pure.
std::string position_problem(const OffsetState& offset, const std::optional<SlotState>& slot, std::optional<Lsn> end,
                             const ReplicationConfig& config);

}
