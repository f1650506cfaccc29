#include "connectors/postgres/source/publication.hpp"

#include "tests/unit/connectors/postgres/source/task_fixture.hpp"

using namespace millrace;
using namespace millrace::postgres;
using namespace millrace::postgres::test;

namespace {

SourceConfig config_of(const Database& database, Settings more) {
    return parse_config(database.connector(std::move(more)), [](const std::string&) {});
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
    const auto identity = [&](const std::string& table) {
        return database.run("SELECT relreplident FROM pg_catalog.pg_class WHERE oid = '" + table + "'::regclass")
            .text(0, 0);
    };
    CHECK(identity("one") == "d");
    CHECK(identity("two") == "f");
}
