#include "connectors/postgres/source/publication.hpp"

#include "tests/unit/connectors/postgres/source/task_fixture.hpp"
#include "tests/unit/log_lines.hpp"

using namespace millrace;
using namespace millrace::postgres;
using namespace millrace::postgres::test;

namespace {

SourceConfig config_of(const Database& database, Settings more) {
    return parse_config(database.connector(std::move(more)), [](const std::string&) {});
}

std::string identity(Database& database, const std::string& table) {
    return database.run("SELECT relreplident FROM pg_catalog.pg_class WHERE oid = '" + table + "'::regclass")
        .text(0, 0);
}

}

TEST_CASE("a filtered publication of a schema stays one if it gives the captured tables", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_publication");
    Connection connection(connection_settings(database.connector(), [](const std::string&) {}), "test");
    if (connection.server_version() < 150000) return;  // FOR TABLES IN SCHEMA
    database.run("CREATE TABLE one (id int PRIMARY KEY)");
    database.run("CREATE PUBLICATION millrace_publication FOR TABLES IN SCHEMA public");
    const auto schemas = [&] { return database.run("SELECT 1 FROM pg_catalog.pg_publication_namespace").size(); };

    const Logger logger;
    ensure_publication(connection, config_of(database, {{"publication.autocreate.mode", "filtered"}}), logger);
    CHECK(schemas() == 1);

    database.run("CREATE TABLE two (id int PRIMARY KEY)");
    const auto some =
        config_of(database, {{"publication.autocreate.mode", "filtered"}, {"table.include.list", "public.two"}});
    ensure_publication(connection, some, logger);
    const auto published = database.run("SELECT tablename FROM pg_catalog.pg_publication_tables");
    REQUIRE(published.size() == 1);
    CHECK(published.text(0, 0) == "two");
}

TEST_CASE("a table that two patterns of replica.identity.autoset.values are of stays as it is", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_identities");
    Connection connection(connection_settings(database.connector(), [](const std::string&) {}), "test");
    database.run("CREATE TABLE one (id int PRIMARY KEY)");
    database.run("CREATE TABLE two (id int PRIMARY KEY)");
    apply_replica_identities(
        connection, config_of(database, {{"replica.identity.autoset.values", "public\\..*:FULL,public.one:NOTHING"}}),
        Logger());
    CHECK(identity(database, "one") == "d");
    CHECK(identity(database, "two") == "f");
}

TEST_CASE("no letter's case counts in a replica identity, and a table that has it is left alone", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_identity_case");
    Connection connection(connection_settings(database.connector(), [](const std::string&) {}), "test");
    database.run("CREATE TABLE one (id int PRIMARY KEY)");
    database.run("CREATE TABLE two (id int PRIMARY KEY, \"Other\" int NOT NULL)");
    database.run("CREATE UNIQUE INDEX \"By_Other\" ON two (\"Other\")");
    database.run("CREATE TABLE three (id int PRIMARY KEY)");
    const auto config = config_of(database, {{"replica.identity.autoset.values",
                                              "public.one:full, public.two:Index By_Other ,public.three:Nothing"}});
    apply_replica_identities(connection, config, Logger());
    CHECK(identity(database, "one") == "f");
    CHECK(identity(database, "two") == "i");
    CHECK(identity(database, "three") == "n");
    const auto versions = [&] {
        const auto rows =
            database.run("SELECT xmin FROM pg_class WHERE relname IN ('one', 'two', 'three') ORDER BY relname");
        return rows.text(0, 0) + " " + rows.text(1, 0) + " " + rows.text(2, 0);
    };
    const auto before = versions();
    apply_replica_identities(connection, config, Logger());
    CHECK(versions() == before);
}

TEST_CASE("a filtered publication that is there stays as it is where no table matches", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_publication_none");
    Connection connection(connection_settings(database.connector(), [](const std::string&) {}), "test");
    database.run("CREATE TABLE one (id int PRIMARY KEY)");
    database.run("CREATE PUBLICATION millrace_publication_none FOR TABLE one");
    const auto sink = std::make_shared<LogLines>();
    ensure_publication(
        connection,
        config_of(database, {{"publication.autocreate.mode", "filtered"}, {"table.include.list", "public.no"}}),
        Logger(sink, "test"));
    CHECK_THAT(sink->all(), Catch::Contains("No table filters found for filtered publication"));
    CHECK(database.run("SELECT tablename FROM pg_catalog.pg_publication_tables").text(0, 0) == "one");
}
