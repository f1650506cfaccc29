#include "connectors/postgres/source/publication.hpp"

#include "connectors/postgres/source/catalog.hpp"
#include "connectors/postgres/source/debezium_exception.hpp"
#include "connectors/postgres/source/slot.hpp"
#include "connectors/support/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <set>

namespace millrace::postgres {
namespace {

std::string join_tables(const std::vector<std::pair<Oid, TableId>>& tables) {
    std::string list;
    for (const auto& [oid, id] : tables) list += (list.empty() ? "" : ", ") + quoted(id);
    return list;
}

/// The name as CREATE PUBLICATION without quotes makes it.
std::string folded(std::string name) {
    for (auto& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return name;
}

std::string with_options(const ReplicationConfig& config) {
    std::string options;
    if (config.via_partition_root) options += "publish_via_partition_root = true";
    if (config.publish) {
        options += (options.empty() ? "" : ", ") + fmt::format("publish = '{}'", *config.publish);
    }
    return options.empty() ? "" : fmt::format(" WITH ({})", options);
}

void run_ddl(Connection& connection, const SourceConfig& config, const std::string& sql) {
    if (is_standby(connection)) {
        throw ConnectException(
            fmt::format("The server is a standby, where the publication {} cannot be made or changed: run {} on the "
                        "primary and, once the standby has it, restart the connector",
                        config.replication.publication, sql));
    }
    const auto limit = config.replication.ddl_timeout.count();
    try {
        connection.query("BEGIN");
        connection.query(fmt::format("SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}", limit, limit));
        connection.query(sql);
        connection.query("COMMIT");
    } catch (const DatabaseError& e) {
        try {
            connection.query("ROLLBACK");
        } catch (const DatabaseError&) {  // the connection is gone: the first error says why
        }
        if (e.sqlstate == sqlstate::query_canceled || e.sqlstate == sqlstate::lock_not_available) {
            throw DebeziumException(
                "Creation of publication failed: query to create/update publication timed out, please make sure that "
                "there are no maintenance activities going on the database end.");
        }
        if (e.sqlstate == sqlstate::insufficient_privilege) {
            throw JdbcConnectionException(fmt::format(
                "{}. The publication {} cannot be made or changed: run as a role that may: {} and set "
                "publication.autocreate.mode=disabled, or give the connector's role what it needs (CREATE on the "
                "database, ownership of the tables; superuser for all tables)",
                e.what(), config.replication.publication, sql));
        }
        throw;
    }
}

std::string nothing_to_publish(const std::string& publication) {
    return fmt::format(
        "No table filters found for filtered publication {}; table.include.list and its like match no table",
        publication);
}

/// Of a publication of chosen tables. `doing` is "create" or "update".
void run_filtered_ddl(Connection& connection, const SourceConfig& config, std::string_view doing,
                      const std::vector<std::pair<Oid, TableId>>& tables, std::string_view options) {
    const auto& name = config.replication.publication;
    try {
        if (tables.empty()) throw DebeziumException(nothing_to_publish(name));
        const auto list = join_tables(tables);
        run_ddl(connection, config,
                doing == "create" ? fmt::format("CREATE PUBLICATION {} FOR TABLE {}{}", name, list, options)
                                  : fmt::format("ALTER PUBLICATION {} SET TABLE {}", name, list));
    } catch (const ConnectException& e) {
        const auto* failed = dynamic_cast<const DatabaseError*>(&e);
        if (failed != nullptr && !failed->of_statement()) throw;
        std::throw_with_nested(ConnectException(
            fmt::format("Unable to {} filtered publication {} for {}", doing, name, join_tables(tables))));
    }
}

void check_filtered(Connection& connection, const SourceConfig& config, bool all_tables, const Logger& logger) {
    const auto& r = config.replication;
    if (all_tables) {
        throw DebeziumException(fmt::format(
            "A logical publication for all tables named '{}' for plugin 'pgoutput' and database '{}' is already active "
            "on the server and can not be altered. If you need to exclude some tables or include only specific subset, "
            "please recreate the publication with necessary configuration or let plugin recreate it by dropping "
            "existing publication. Otherwise please change the 'publication.autocreate.mode' property to "
            "'all_tables'.",
            r.publication, config.connection.database));
    }
    const auto tables = list_captured_tables(connection, config.filters);
    if (tables.empty()) {
        logger.warn("{}", nothing_to_publish(r.publication));
        return;
    }
    std::set<std::string> wanted;
    for (const auto& [oid, id] : tables) wanted.insert(id.text());
    const auto rows = connection.query(
        "SELECT n.nspname || '.' || c.relname FROM pg_catalog.pg_publication p JOIN pg_catalog.pg_publication_rel pr "
        "ON pr.prpubid = p.oid JOIN pg_catalog.pg_class c ON c.oid = pr.prrelid JOIN pg_catalog.pg_namespace n "
        "ON n.oid = c.relnamespace WHERE p.pubname = " +
        connection.quote_literal(folded(r.publication)));
    const auto named = [](const Rows& from) {
        std::set<std::string> names;
        for (std::size_t i = 0; i < from.size(); ++i) names.insert(from.text(i, 0));
        return names;
    };
    if (named(rows) == wanted) return;
    // FOR TABLES IN SCHEMA names no table, and may give the same.
    const auto published = connection.query(
        "SELECT schemaname || '.' || tablename FROM pg_catalog.pg_publication_tables WHERE pubname = " +
        connection.quote_literal(folded(r.publication)));
    if (named(published) == wanted) return;
    logger.info("Updating the publication {} to the captured tables", r.publication);
    run_filtered_ddl(connection, config, "update", tables, {});
    if (r.publish) {
        run_ddl(connection, config,
                fmt::format("ALTER PUBLICATION {} SET (publish = '{}')", r.publication, *r.publish));
    }
}

/// What replica.identity.autoset.values ask for, as ALTER TABLE has it behind REPLICA IDENTITY. No letter's case
/// counts, but for those of an index.
std::string identity_wanted(std::string_view wanted) {
    const auto kind = lower_case(wanted.substr(0, wanted.find(' ')));
    if (kind == "index") return "USING INDEX " + quote_identifier(trim(wanted.substr(kind.size())));
    return kind == "full" ? "FULL" : kind == "nothing" ? "NOTHING" : "DEFAULT";
}

/// What the table has, in the same form.
std::string identity_of(Connection& connection, Oid table) {
    const auto rows = connection.query(
        fmt::format("SELECT c.relreplident, (SELECT x.relname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x "
                    "ON x.oid = i.indexrelid WHERE i.indrelid = c.oid AND i.indisreplident) FROM pg_catalog.pg_class c "
                    "WHERE c.oid = {}",
                    table));
    const auto kind = rows.empty() ? std::string() : rows.text(0, 0);
    if (kind == "i") return "USING INDEX " + quote_identifier(rows.text(0, 1));
    return kind == "f" ? "FULL" : kind == "n" ? "NOTHING" : "DEFAULT";
}

}

void ensure_publication(Connection& connection, const SourceConfig& config, const Logger& logger) {
    const auto& r = config.replication;
    const auto found = connection.query("SELECT puballtables FROM pg_catalog.pg_publication WHERE pubname = " +
                                        connection.quote_literal(folded(r.publication)));
    if (!found.empty()) {
        if (r.publication_mode == PublicationMode::Filtered) {
            check_filtered(connection, config, found.flag(0, 0), logger);
        }
        return;
    }
    if (r.publication_mode == PublicationMode::Disabled) {
        throw ConnectException("Publication autocreation is disabled, please create one and restart the connector.");
    }
    const auto options = with_options(r);
    if (r.publication_mode == PublicationMode::Filtered) {
        const auto tables = list_captured_tables(connection, config.filters);
        logger.info("Creating the publication {} for {}", r.publication, join_tables(tables));
        return run_filtered_ddl(connection, config, "create", tables, options);
    }
    const auto* what = r.publication_mode == PublicationMode::AllTables ? " FOR ALL TABLES" : "";
    logger.info("Creating the publication {}{}", r.publication, what);
    run_ddl(connection, config, fmt::format("CREATE PUBLICATION {}{}{}", r.publication, what, options));
}

void apply_replica_identities(Connection& connection, const SourceConfig& config, const Logger& logger) {
    if (config.replication.replica_identities.empty()) return;
    for (const auto& [oid, id] : list_captured_tables(connection, config.filters)) {
        const auto matches = [&](const auto& row) { return RegexList(std::vector{row.first}).matches(id.text()); };
        if (std::ranges::count_if(config.replication.replica_identities, matches) > 1) {
            logger.error("More than one pattern of replica.identity.autoset.values is of '{}': it stays as it is",
                         id.text());
            continue;
        }
        for (const auto& [pattern, wanted] : config.replication.replica_identities) {
            if (!RegexList(std::vector{pattern}).matches(id.text())) continue;
            const auto identity = identity_wanted(wanted);
            // The statement would wait for, and hold up, whoever uses the table.
            if (identity_of(connection, oid) == identity) break;
            try {
                connection.query(fmt::format("ALTER TABLE {} REPLICA IDENTITY {}", quoted(id), identity));
                logger.info("REPLICA IDENTITY of '{}' set to {}", id.text(), wanted);
            } catch (const DatabaseError& e) {
                if (e.sqlstate.empty()) throw;
                logger.error("Cannot set REPLICA IDENTITY {} of '{}': {}", wanted, id.text(), e.what());
            }
            break;
        }
    }
}

}
