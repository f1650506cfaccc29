#include "connectors/postgres/check/source_check.hpp"

#include "connectors/postgres/source/slot.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::postgres {
namespace {

std::string list_of(const std::vector<std::string>& names) { return fmt::format("{}", fmt::join(names, ", ")); }

class Findings {
public:
    Findings(const ServerFacts& server, const SourceConfig& config) : server_(server), config_(config) {}

    std::vector<Finding> all() {
        server_settings();
        role();
        slot();
        tables();
        publication();
        return std::move(found_);
    }

private:
    void fatal(std::string what, std::string remedy) {
        found_.push_back({.what = std::move(what), .remedy = std::move(remedy)});
    }
    void minor(std::string what, std::string remedy) {
        found_.push_back({.fatal = false, .what = std::move(what), .remedy = std::move(remedy)});
    }
    std::string role_name() const { return quote_identifier(server_.role); }
    /// How the server gets that parameter, where it is set. `after`: what its own administrators do then.
    std::string parameter(std::string_view name, std::string_view value, std::string_view after) const {
        switch (server_.service) {
        case Service::AmazonRds:
            return fmt::format("In the parameter group: {}={}, then reboot the instance.", name, value);
        case Service::GoogleCloudSql:
            return fmt::format("The instance's flag {}={}; it restarts with that.", name, value);
        case Service::Azure:
            return fmt::format("The server parameter {}={}, then restart the server.", name, value);
        case Service::Aiven:
            return fmt::format("In the service's advanced configuration: {}={}.", name, value);
        default:
            return fmt::format("ALTER SYSTEM SET {} = '{}'; -- then {}", name, value, after);
        }
    }
    std::string logical_wal() const {
        if (server_.service == Service::AmazonRds) return parameter("rds.logical_replication", "1", "");
        if (server_.service == Service::GoogleCloudSql) return parameter("cloudsql.logical_decoding", "on", "");
        return parameter("wal_level", "logical", "restart the server");
    }

    void server_settings() {
        if (server_.version < 100000) {
            fatal(fmt::format("The server is PostgreSQL {}: 10 is the oldest that has pgoutput.",
                              server_.version / 10000),
                  "Upgrade the server.");
        }
        if (server_.wal_level != "logical") {
            fatal(fmt::format("wal_level is '{}'.", server_.wal_level), logical_wal());
        }
        const auto plugin = to_string(plugin_of_new_slots(config_.replication));
        if (server_.plugin_libraries && server_.plugin_libraries->find(plugin) == std::string::npos) {
            fatal(fmt::format("output_plugin_libraries is '{}', without {}.", *server_.plugin_libraries, plugin),
                  parameter(
                      "output_plugin_libraries",
                      *server_.plugin_libraries + (server_.plugin_libraries->empty() ? "" : ", ") + std::string(plugin),
                      "SELECT pg_reload_conf()"));
        }
        // One to stream by, and a temporary one that a snapshot exports its view with.
        if (!server_.slot_exists && server_.slots_taken >= server_.slots) {
            fatal(fmt::format("All {} replication slots are taken.", server_.slots),
                  parameter("max_replication_slots", std::to_string(server_.slots + 4), "restart the server") +
                      "\n  or drop one that nobody uses: SELECT slot_name FROM pg_replication_slots WHERE NOT active;");
        }
        if (server_.senders_taken >= server_.senders) {
            fatal(fmt::format("All {} WAL senders are taken.", server_.senders),
                  parameter("max_wal_senders", std::to_string(server_.senders + 4), "restart the server"));
        }
    }
    void role() {
        if (server_.superuser || server_.may_replicate) return;
        if (server_.managed_role) {
            fatal(fmt::format("The role {} may not replicate.", server_.role),
                  fmt::format("GRANT {} TO {};", *server_.managed_role, role_name()));
        } else {
            fatal(fmt::format("The role {} may not replicate.", server_.role),
                  fmt::format("ALTER ROLE {} REPLICATION;", role_name()));
        }
    }
    void slot() {
        if (server_.slot_active) {
            minor(fmt::format("The replication slot {} is in use: another connector, or this one, reads it.",
                              config_.replication.slot),
                  "Give this connector a slot.name of its own.");
        }
    }
    void tables() {
        std::vector<std::string> unreadable;
        bool any = false;
        for (const auto& table : server_.tables) {
            any = any || table.captured;
            if (table.captured && !table.readable) unreadable.push_back(table.name);
        }
        if (!any) {
            fatal("No table of the database is captured.", "See table.include.list and its like.");
        }
        if (!unreadable.empty()) {
            fatal(
                fmt::format("The role {} may not read {}.", server_.role, list_of(unreadable)),
                fmt::format("GRANT SELECT ON {} TO {}; -- and USAGE on the schemas", list_of(unreadable), role_name()));
        }
    }

    void publication() {
        const auto& r = config_.replication;
        if (plugin_of_new_slots(r) != OutputPlugin::PgOutput) return;
        if (server_.publication_exists) {
            if (r.publication_mode == PublicationMode::Filtered && server_.publication_all_tables) {
                fatal(fmt::format("The publication {} is for all tables, and publication.autocreate.mode is filtered.",
                                  r.publication),
                      fmt::format("DROP PUBLICATION {};", r.publication));
            } else {
                unpublished();
            }
        } else {
            creation();
        }
        identities();
    }
    std::vector<std::string> captured_tables() const {
        std::vector<std::string> captured;
        for (const auto& table : server_.tables) {
            if (table.captured) captured.push_back(table.name);
        }
        return captured;
    }
    /// Tables whose changes would not come, as a publication that exists lacks them.
    void unpublished() {
        const auto& r = config_.replication;
        std::vector<std::string> missing;
        bool owned = server_.superuser || server_.publication_owned;
        for (const auto& table : server_.tables) {
            if (!table.captured || table.published) continue;
            missing.push_back(table.name);
            owned = owned && (server_.superuser || table.owned);
        }
        if (missing.empty()) return;
        if (r.publication_mode != PublicationMode::Filtered) {
            minor(fmt::format("The publication {} does not have {}: changes there would not come.", r.publication,
                              list_of(missing)),
                  fmt::format("ALTER PUBLICATION {} ADD TABLE {};", r.publication, list_of(missing)));
        } else if (!owned) {
            fatal(fmt::format("The publication {} does not have {}, and the role {} may not change it.", r.publication,
                              list_of(missing), server_.role),
                  fmt::format("As its owner: ALTER PUBLICATION {} SET TABLE {};", r.publication,
                              list_of(captured_tables())));
        }
    }
    /// What the SQL of a publication's creation is made of.
    std::string statement() const {
        const auto& r = config_.replication;
        if (r.publication_mode == PublicationMode::AllTables) {
            return server_.service == Service::Aiven
                       ? fmt::format(
                             "CREATE EXTENSION aiven_extras CASCADE; SELECT * FROM "
                             "aiven_extras.aiven_create_publication_for_all_tables('{}', "
                             "'INSERT,UPDATE,DELETE,TRUNCATE');",
                             r.publication)
                       : fmt::format("CREATE PUBLICATION {} FOR ALL TABLES;", r.publication);
        }
        const auto captured = captured_tables();
        return captured.empty() ? fmt::format("CREATE PUBLICATION {};", r.publication)
                                : fmt::format("CREATE PUBLICATION {} FOR TABLE {};", r.publication, list_of(captured));
    }
    void creation() {
        const auto& r = config_.replication;
        if (r.publication_mode == PublicationMode::Disabled) {
            fatal(
                fmt::format("There is no publication {}, and publication.autocreate.mode is disabled.", r.publication),
                statement());
        } else if (server_.standby) {
            fatal(fmt::format("There is no publication {}, and the server is a standby.", r.publication),
                  "On the primary: " + statement());
        } else if (server_.superuser) {
            return;
        } else if (r.publication_mode == PublicationMode::AllTables) {
            fatal(fmt::format("The role {} may not create a publication for all tables: only a superuser may.",
                              server_.role),
                  fmt::format("publication.autocreate.mode=filtered, or, as {}: {}",
                              server_.service == Service::Aiven ? "avnadmin" : "a superuser", statement()));
        } else if (!server_.may_create) {
            fatal(fmt::format("The role {} may not create a publication in the database {}.", server_.role,
                              server_.database),
                  fmt::format("GRANT CREATE ON DATABASE {} TO {};", quote_identifier(server_.database), role_name()));
        } else if (r.publication_mode == PublicationMode::Filtered) {
            foreign_tables();
        }
    }
    void foreign_tables() {
        std::vector<std::string> foreign;
        for (const auto& table : server_.tables) {
            if (table.captured && !table.owned) foreign.push_back(table.name);
        }
        if (foreign.empty()) return;
        fatal(fmt::format("The role {} owns not all of the tables of its publication: {}.", server_.role,
                          list_of(foreign)),
              fmt::format("As their owner: {}\n  and publication.autocreate.mode=disabled", statement()));
    }
    /// What is published and has no identity cannot be updated by anybody any more.
    void identities() {
        const auto& r = config_.replication;
        const bool everything = server_.publication_exists ? server_.publication_all_tables
                                                           : r.publication_mode == PublicationMode::AllTables;
        for (const auto& table : server_.tables) {
            if (table.has_identity || !(everything || table.captured)) continue;
            minor(fmt::format("{} has no primary key and no replica identity: once it is published, the server refuses "
                              "UPDATE and DELETE on it.",
                              table.name),
                  fmt::format("ALTER TABLE {} REPLICA IDENTITY FULL;{}", table.name,
                              table.captured ? "" : " -- or publication.autocreate.mode=filtered"));
        }
    }

    const ServerFacts& server_;
    const SourceConfig& config_;
    std::vector<Finding> found_;
};

}

std::vector<Finding> findings(const ServerFacts& server, const SourceConfig& config) {
    return Findings(server, config).all();
}

}
