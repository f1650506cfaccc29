#include "connectors/postgres/check/source_check.hpp"
#include "connectors/postgres/source/catalog.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>

namespace millrace::postgres {
namespace {

/// Amazon's way to let a role replicate: membership, instead of an attribute.
constexpr std::string_view managed_role = "rds_replication";

/// The administrator that each service gives instead of a superuser.
constexpr std::pair<std::string_view, Service> administrators[] = {
    {"rds_superuser", Service::AmazonRds},
    {"cloudsqlsuperuser", Service::GoogleCloudSql},
    {"azure_pg_admin", Service::Azure},
    {"avnadmin", Service::Aiven},
};

std::string setting(Connection& connection, const std::string& name) {
    return connection.query("SELECT current_setting(" + connection.quote_literal(name) + ", true)").text(0, 0);
}
int count(Connection& connection, const std::string& sql) {
    return static_cast<int>(connection.query(sql).integer(0, 0).value_or(0));
}

void read_settings(Connection& connection, ServerFacts& out) {
    out.version = connection.server_version();
    out.standby = connection.query("SELECT pg_is_in_recovery()").flag(0, 0);
    out.wal_level = setting(connection, "wal_level");
    out.slots = count(connection, "SELECT current_setting('max_replication_slots')::int");
    out.slots_taken = count(connection, "SELECT count(*) FROM pg_catalog.pg_replication_slots");
    out.senders = count(connection, "SELECT current_setting('max_wal_senders')::int");
    out.senders_taken = count(connection, "SELECT count(*) FROM pg_catalog.pg_stat_replication");
    const auto libraries =
        connection.query("SELECT setting FROM pg_catalog.pg_settings WHERE name = 'output_plugin_libraries'");
    if (!libraries.empty()) out.plugin_libraries = libraries.text(0, 0);
}

void read_role(Connection& connection, ServerFacts& out) {
    const auto role = connection.query(
        "SELECT current_user, rolsuper, rolreplication, has_database_privilege(current_database(), 'CREATE'), "
        "current_database() FROM pg_catalog.pg_roles WHERE rolname = current_user");
    out.role = role.text(0, 0);
    out.superuser = role.flag(0, 1);
    out.may_replicate = role.flag(0, 2);
    out.may_create = role.flag(0, 3);
    out.database = role.text(0, 4);
    const auto managed =
        connection.query("SELECT pg_has_role(current_user, oid, 'MEMBER') FROM pg_catalog.pg_roles WHERE rolname = " +
                         connection.quote_literal(managed_role));
    for (const auto& [administrator, service] : administrators) {
        const auto found = connection.query("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = " +
                                            connection.quote_literal(administrator));
        if (!found.empty()) out.service = service;
    }
    if (managed.empty()) return;
    out.managed_role = managed_role;
    out.may_replicate = out.may_replicate || managed.flag(0, 0);
}

/// OIDs of what the publication has, with the tables that they are partitions of, and their partitions.
std::set<std::string> published_tables(Connection& connection, const std::string& publication) {
    const auto rows = connection.query(
        "SELECT DISTINCT related.relid::oid FROM pg_catalog.pg_publication_tables p JOIN pg_catalog.pg_namespace n ON "
        "n.nspname = p.schemaname JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = p.tablename, "
        "LATERAL (SELECT c.oid AS relid UNION SELECT relid FROM pg_catalog.pg_partition_ancestors(c.oid) UNION SELECT "
        "relid FROM pg_catalog.pg_partition_tree(c.oid)) related WHERE p.pubname = lower(" +
        connection.quote_literal(publication) + ")");
    std::set<std::string> found;
    for (std::size_t i = 0; i < rows.size(); ++i) found.insert(rows.text(i, 0));
    return found;
}

void read_tables(Connection& connection, const SourceConfig& config, ServerFacts& out) {
    std::set<std::string> captured, published;
    // Servers before 12 do not tell of partitions.
    const bool compared = out.publication_exists && !out.publication_all_tables && out.version >= 120000;
    if (compared) published = published_tables(connection, config.replication.publication);
    for (const auto& [oid, id] : list_captured_tables(connection, config.filters)) captured.insert(std::to_string(oid));
    const auto rows = connection.query(
        "SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname), has_table_privilege(c.oid, 'SELECT') "
        "AND "
        "has_schema_privilege(n.oid, 'USAGE'), pg_has_role(current_user, c.relowner, 'MEMBER'), c.relreplident IN "
        "('f', 'i') OR "
        "c.relreplident = 'd' AND EXISTS (SELECT 1 FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND "
        "i.indisprimary) "
        "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', "
        "'p') AND "
        "c.relpersistence = 'p' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE "
        "'pg\\_%' ORDER BY 2");
    for (std::size_t i = 0; i < rows.size(); ++i) {
        out.tables.push_back({.name = rows.text(i, 1),
                              .captured = captured.contains(rows.text(i, 0)),
                              .readable = rows.flag(i, 2),
                              .owned = rows.flag(i, 3),
                              .has_identity = rows.flag(i, 4),
                              .published = !compared || published.contains(rows.text(i, 0))});
    }
}

}

ServerFacts read_server(Connection& connection, const SourceConfig& config) {
    ServerFacts out;
    read_settings(connection, out);
    read_role(connection, out);
    const auto slot = connection.query("SELECT active FROM pg_catalog.pg_replication_slots WHERE slot_name = " +
                                       connection.quote_literal(config.replication.slot));
    out.slot_exists = !slot.empty();
    out.slot_active = out.slot_exists && slot.flag(0, 0);
    const auto publication = connection.query(
        "SELECT puballtables, pg_has_role(current_user, pubowner, 'MEMBER') FROM "
        "pg_catalog.pg_publication WHERE pubname = lower(" +
        connection.quote_literal(config.replication.publication) + ")");
    out.publication_exists = !publication.empty();
    out.publication_all_tables = out.publication_exists && publication.flag(0, 0);
    out.publication_owned = out.publication_exists && publication.flag(0, 1);
    read_tables(connection, config, out);
    return out;
}

}
