#include "connectors/postgres/check/source_check.hpp"

#include "tests/pch.hpp"

#include <algorithm>

using namespace millrace;
using namespace millrace::postgres;

namespace {

/// A server that lacks nothing.
ServerFacts good() {
    return {.version = 150020,
            .role = "cdc",
            .superuser = false,
            .may_replicate = true,
            .may_create = true,
            .database = "shop",
            .tables = {{.name = "public.book", .captured = true}}};
}
SourceConfig filtered() {
    SourceConfig config;
    config.replication.publication_mode = PublicationMode::Filtered;
    return config;
}
std::string text_of(const ServerFacts& server, const SourceConfig& config = filtered()) {
    std::string text;
    for (const auto& finding : findings(server, config)) {
        text += (finding.fatal ? "" : "mind: ") + finding.what + " | " + finding.remedy + "\n";
    }
    return text;
}

}

TEST_CASE("a server that has everything is given no advice", "[postgres][check]") { CHECK(text_of(good()).empty()); }

TEST_CASE("each thing that a server lacks is named with its remedy", "[postgres][check]") {
    struct Lack {
        std::function<void(ServerFacts&, SourceConfig&)> make;
        std::string what, remedy;
    };
    const auto [make, what, remedy] = GENERATE(values<Lack>({
        {[](auto& s, auto&) { s.wal_level = "replica"; }, "wal_level is 'replica'",
         "ALTER SYSTEM SET wal_level = 'logical'"},
        {[](auto& s, auto&) { s.version = 90600; }, "PostgreSQL 9", "Upgrade"},
        {[](auto& s, auto&) { s.slots_taken = 10; }, "All 10 replication slots", "max_replication_slots = '14'"},
        {[](auto& s, auto&) { s.senders_taken = 10; }, "All 10 WAL senders", "max_wal_senders = '14'"},
        {[](auto& s, auto&) { s.plugin_libraries = "test_decoding"; }, "without pgoutput", "'test_decoding, pgoutput'"},
        {[](auto& s, auto&) { s.may_replicate = false; }, "may not replicate", "ALTER ROLE \"cdc\" REPLICATION;"},
        {[](auto& s, auto&) {
             s.may_replicate = false;
             s.managed_role = "rds_replication";
         },
         "may not replicate", "GRANT rds_replication TO \"cdc\";"},
        {[](auto& s, auto&) { s.tables[0].readable = false; }, "may not read public.book",
         "GRANT SELECT ON public.book TO \"cdc\";"},
        {[](auto& s, auto&) { s.tables[0].owned = false; }, "owns not all",
         "CREATE PUBLICATION dbz_publication FOR TABLE public.book;"},
        {[](auto& s, auto&) { s.tables[0].captured = false; }, "No table of the database is captured",
         "table.include.list"},
        {[](auto& s, auto&) { s.may_create = false; }, "may not create a publication",
         "GRANT CREATE ON DATABASE \"shop\" TO \"cdc\";"},
        {[](auto& s, auto&) { s.standby = true; }, "a standby", "On the primary: CREATE PUBLICATION"},
        {[](auto&, auto& c) { c.replication.publication_mode = PublicationMode::AllTables; }, "only a superuser may",
         "CREATE PUBLICATION dbz_publication FOR ALL TABLES;"},
        {[](auto&, auto& c) { c.replication.publication_mode = PublicationMode::Disabled; },
         "autocreate.mode is disabled", "CREATE PUBLICATION dbz_publication FOR TABLE public.book;"},
        {[](auto& s, auto&) { s.publication_exists = s.publication_all_tables = true; }, "is for all tables",
         "DROP PUBLICATION"},
    }));
    auto server = good();
    auto config = filtered();
    make(server, config);
    CHECK_THAT(text_of(server, config), Catch::Contains(what) && Catch::Contains(remedy) && !Catch::StartsWith("mind"));
}

TEST_CASE("where a service keeps its parameters is said in its own words", "[postgres][check]") {
    const auto [service, level, senders] = GENERATE(table<Service, std::string, std::string>({
        {Service::OwnServer, "ALTER SYSTEM SET wal_level = 'logical';", "ALTER SYSTEM SET max_wal_senders = '14';"},
        {Service::AmazonRds, "In the parameter group: rds.logical_replication=1, then reboot", "max_wal_senders=14"},
        {Service::GoogleCloudSql, "The instance's flag cloudsql.logical_decoding=on", "flag max_wal_senders=14"},
        {Service::Azure, "The server parameter wal_level=logical, then restart", "parameter max_wal_senders=14"},
        {Service::Aiven, "In the service's advanced configuration: wal_level=logical", "max_wal_senders=14"},
    }));
    auto server = good();
    server.service = service;
    server.wal_level = "replica";
    server.senders_taken = 10;
    CHECK_THAT(text_of(server), Catch::Contains("| " + level) && Catch::Contains(senders));
    SourceConfig everything;
    CHECK_THAT(text_of(server, everything),
               Catch::Contains(service == Service::Aiven
                                   ? "as avnadmin: CREATE EXTENSION aiven_extras CASCADE; SELECT * FROM "
                                     "aiven_extras.aiven_create_publication_for_all_tables('dbz_publication', "
                                   : "as a superuser: CREATE PUBLICATION dbz_publication FOR ALL TABLES;"));
}

TEST_CASE("a publication that lacks captured tables is told of", "[postgres][check]") {
    auto server = good();
    server.tables[0].published = false;
    server.tables.push_back({.name = "public.pen", .captured = true});
    server.publication_exists = true;
    CHECK(text_of(server).empty());  // the connector adds it
    for (bool* right : {&server.publication_owned, &server.tables[0].owned}) {
        *right = false;
        CHECK_THAT(text_of(server),
                   Catch::StartsWith("The publication dbz_publication does not have public.book, and the role cdc may "
                                     "not change it. | As its owner: ALTER PUBLICATION dbz_publication SET TABLE "
                                     "public.book, public.pen;"));
        *right = true;
    }
    auto config = filtered();
    config.replication.publication_mode = PublicationMode::Disabled;
    CHECK_THAT(text_of(server, config),
               Catch::StartsWith("mind: The publication dbz_publication does not have public.book") &&
                   Catch::Contains("ALTER PUBLICATION dbz_publication ADD TABLE public.book;"));
}

TEST_CASE("what a superuser or an existing publication makes needless is not asked for", "[postgres][check]") {
    auto server = good();
    server.may_replicate = server.may_create = server.tables[0].owned = false;
    server.superuser = true;
    CHECK(text_of(server).empty());
    server.superuser = false;
    server.may_replicate = server.publication_exists = true;
    CHECK(text_of(server).empty());
}

TEST_CASE("a slot that exists needs no other", "[postgres][check]") {
    auto server = good();
    server.slots_taken = 10;
    server.slot_exists = true;
    CHECK(text_of(server).empty());
    server.slot_active = true;
    CHECK_THAT(text_of(server), Catch::StartsWith("mind: The replication slot debezium is in use"));
}

TEST_CASE("tables that could not be changed any more are told of", "[postgres][check]") {
    auto server = good();
    server.superuser = true;
    server.tables.push_back({.name = "public.tick", .captured = false, .has_identity = false});
    CHECK(text_of(server).empty());
    SourceConfig everything;
    CHECK_THAT(text_of(server, everything),
               Catch::Contains("mind: public.tick has no primary key") &&
                   Catch::Contains("ALTER TABLE public.tick REPLICA IDENTITY FULL; -- or publication"));
    server.tables[1].captured = true;
    CHECK_THAT(text_of(server), Catch::Contains("public.tick has no primary key"));
}
