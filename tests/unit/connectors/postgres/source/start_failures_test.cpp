/// How a FAILED task's status begins: Java's class and text, then what to do.
#include "connectors/api/java_class.hpp"
#include "tests/unit/connectors/postgres/source/task_fixture.hpp"

using namespace millrace;
using namespace millrace::postgres;
using namespace millrace::postgres::test;

namespace {

constexpr const char* debezium = "io.debezium.DebeziumException: ";
constexpr const char* connect = "org.apache.kafka.connect.errors.ConnectException: ";

std::string begin_of_trace(const std::exception& error) {
    const auto* java = dynamic_cast<const HasJavaClass*>(&error);
    return (java == nullptr ? connect : std::string(java->java_class()) + ": ") + with_cause(error);
}

std::string failure(const Settings& settings, const std::optional<OffsetMap>& offset = {}) {
    Harness harness;
    if (offset) harness.keep(*offset);
    const auto end = std::chrono::steady_clock::now() + 60s;
    try {
        harness.start(settings);
        while (std::chrono::steady_clock::now() < end) harness.further(100ms);
    } catch (const ConnectException& e) {
        return begin_of_trace(e);
    }
    return "";
}

}

TEST_CASE("publications that cannot be used fail the task as they do Debezium's", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_fail_pub");
    database.run("CREATE TABLE t(id int PRIMARY KEY)");
    const auto filtered = [&](Settings more) {
        more["publication.autocreate.mode"] = "filtered";
        return database.connector(std::move(more));
    };
    CHECK(failure(filtered({{"table.include.list", "public.none"}})) ==
          std::string(connect) +
              "Unable to create filtered publication millrace_fail_pub for ; No table filters found for filtered "
              "publication millrace_fail_pub; table.include.list and its like match no table");
    database.run("CREATE PUBLICATION millrace_fail_pub FOR ALL TABLES");
    const auto text =
        "A logical publication for all tables named 'millrace_fail_pub' for plugin 'pgoutput' and database "
        "'millrace_fail_pub' is already active on the server and can not be altered. If you need to exclude some "
        "tables or include only specific subset, please recreate the publication with necessary configuration or let "
        "plugin recreate it by dropping existing publication. Otherwise please change the "
        "'publication.autocreate.mode' property to 'all_tables'.";
    CHECK(failure(filtered({})) == std::string(debezium) + text);
    database.run("SELECT pg_create_logical_replication_slot('millrace_fail_pub', 'pgoutput')");
    CHECK(failure(filtered({})) == std::string(connect) +
                                       "An exception occurred in the change event producer. This connector will be "
                                       "stopped.; " +
                                       text);
}

TEST_CASE("a role that may not make the publication is told what may", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_fail_role");
    database.run("CREATE TABLE t(id int PRIMARY KEY)");
    const Role role(database, "millrace_fail_role", "REPLICATION");
    CHECK_THAT(failure(role.connector()),
               Catch::StartsWith("io.debezium.jdbc.JdbcConnectionException: ERROR: permission "
                                 "denied for database millrace_fail_role") &&
                   Catch::Contains("publication.autocreate.mode=disabled"));
    CHECK_THAT(
        failure(role.connector({{"publication.autocreate.mode", "filtered"}})),
        Catch::StartsWith(std::string(connect) +
                          R"(Unable to create filtered publication millrace_fail_role for "public"."t"; ERROR: )"));
}

TEST_CASE("slots, offsets and guardrails fail the task with Debezium's class", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_fail_slot");
    database.run("CREATE TABLE t(id int PRIMARY KEY); CREATE TABLE u(id int PRIMARY KEY)");
    CHECK(failure(database.connector(
              {{"guardrail.collections.max", "1"}, {"guardrail.collections.limit.action", "fail"}})) ==
          std::string(debezium) +
              "Guardrail limit exceeded: 2 tables/collections configured for capture, but maximum allowed is 1.");

    database.run("INSERT INTO t VALUES (1), (2)");
    Harness harness;
    harness.start(database.connector());
    const auto rows = harness.take(2);
    harness.stop();
    CHECK(failure(database.connector({{"snapshot.mode", "no_data"}}), rows[0].offset) ==
          std::string(debezium) +
              "The connector previously stopped while taking a snapshot, but now the connector is configured to never "
              "allow snapshots. Reconfigure the connector to use snapshots initially or when needed.");
    database.drop_slot();
    const auto gone = failure(database.connector(), rows[1].offset);
    CHECK_THAT(gone,
               Catch::StartsWith(std::string(debezium) + "The connector is trying to read change stream starting at "
                                                         "PostgresOffsetContext [") &&
                   Catch::Contains("], but this is no longer available on the server. Reconfigure the connector "
                                   "to use a snapshot mode when needed."));

    database.run("SELECT pg_create_logical_replication_slot('millrace_fail_slot', 'test_decoding')");
    CHECK_THAT(failure(database.connector()),
               Catch::StartsWith(std::string(debezium) +
                                 "Creation of replication slot failed; when setting up multiple connectors for the "
                                 "same database host, please make sure to use a distinct replication slot name for "
                                 "each.") &&
                   Catch::Contains("SELECT pg_drop_replication_slot('millrace_fail_slot')"));
}

TEST_CASE("two columns that get one name are refused, whatever becomes of bad events", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_fail_names");
    const auto settings = database.connector({{"field.name.adjustment.mode", "avro"},
                                              {"event.processing.failure.handling.mode", "skip"},
                                              {"table.include.list", "public.t"}});
    const auto make = [&] { database.run(R"(CREATE TABLE t(id int PRIMARY KEY, "a b" int, "a-b" int))"); };
    const auto refusal = std::string(connect) +
                         "An exception occurred in the change event producer. This connector will be stopped.; Cannot "
                         "create field because of field name duplication a_b";
    SECTION("in a snapshot") {
        make();
        database.run("INSERT INTO t VALUES (1, 2, 3)");
        CHECK_THAT(failure(settings), Catch::StartsWith(refusal));
    }
    SECTION("in the stream") {
        Harness harness;
        harness.start(settings);
        make();
        database.run("INSERT INTO t VALUES (1, 2, 3)");
        std::string text;
        try {
            harness.take(1);
        } catch (const ConnectException& e) {
            text = begin_of_trace(e);
        }
        CHECK_THAT(text, Catch::StartsWith(refusal));
        harness.stop();
    }
    SECTION("in a key alone") {
        auto by_key = settings;
        by_key["message.key.columns"] = "public.t:a b,a-b";
        by_key["column.exclude.list"] = "public.t.a.b";
        make();
        database.run("INSERT INTO t VALUES (1, 2, 3)");
        CHECK_THAT(failure(by_key), Catch::StartsWith(refusal));
    }
}
