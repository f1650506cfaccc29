/// What a server lacks for a connector, before the connector is created.
///
/// read_server() asks, findings() decides from what it was told, so that each rule can be tried with values.
#pragma once
#include "connectors/postgres/client/connection.hpp"
#include "connectors/postgres/source/config.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::postgres {

struct CheckedTable {
    std::string name;  ///< quoted, with its schema
    bool captured = false;
    bool readable = true;  ///< SELECT is granted
    bool owned = true;     ///< by a role that the connector's role is a member of
    /// Without one that UPDATE and DELETE can be published by, the server refuses them.
    bool has_identity = true;
    bool published = true;  ///< by the publication, where that exists
};

/// Whose server it is decides where its parameters are set, and what stands for a superuser.
enum class Service : std::uint8_t { OwnServer, AmazonRds, GoogleCloudSql, Azure, Aiven };

struct ServerFacts {
    int version = 0;  ///< 150020
    bool standby = false;
    std::string wal_level = "logical";
    int slots = 10;  ///< max_replication_slots, and how many are taken
    int slots_taken = 0;
    int senders = 10;
    int senders_taken = 0;
    std::optional<std::string> plugin_libraries = {};  ///< output_plugin_libraries, where the server has it

    Service service = Service::OwnServer;
    std::string role = {};
    bool superuser = false;
    bool may_replicate = false;
    std::optional<std::string> managed_role = {};  ///< of a managed service, which gives REPLICATION
    bool may_create = false;                       ///< in the database
    std::string database = {};

    bool slot_exists = false;
    bool slot_active = false;
    bool publication_exists = false;
    bool publication_all_tables = false;
    bool publication_owned = true;          ///< by a role that the connector's role is a member of
    std::vector<CheckedTable> tables = {};  ///< all of the database, those of the system left out
};

struct Finding {
    bool fatal = true;  ///< the connector would not run; else it would, but something else would not
    std::string what = {};
    std::string remedy = {};  ///< SQL, or what to set where
};

ServerFacts read_server(Connection& connection, const SourceConfig& config);
std::vector<Finding> findings(const ServerFacts& server, const SourceConfig& config);

}
