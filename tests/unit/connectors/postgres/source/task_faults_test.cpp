/// What goes wrong on the server's side: each is survived, or refused with what to do.
#include "tests/unit/connectors/postgres/source/task_fixture.hpp"

using namespace millrace;
using namespace millrace::postgres;
using namespace millrace::postgres::test;

namespace {

/// A table with one row that was streamed, and the offset behind it, stored by a task that has ended.
OffsetMap stream_one_row(Database& database, const Settings& settings) {
    database.run("CREATE TABLE t(id int PRIMARY KEY)");
    Harness harness;
    harness.start(settings);
    database.run("INSERT INTO t VALUES (1)");
    const auto offset = harness.take(1).back().offset;
    harness.store(offset);
    harness.stop();
    return offset;
}

std::string failure_from(const OffsetMap& offset, const Settings& settings) {
    Harness harness;
    harness.keep(offset);
    harness.start(settings);
    auto text = harness.failure();
    harness.stop();
    return text;
}

}

TEST_CASE("a slot that was dropped is refused, or answered by a snapshot where the mode says so", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_fault_a");
    const auto offset = stream_one_row(database, database.connector());
    database.drop_slot();
    database.run("INSERT INTO t VALUES (2)");
    CHECK_THAT(failure_from(offset, database.connector()),
               Catch::Contains("is no longer available on the server. Reconfigure the connector to use a snapshot"));

    Harness again;
    again.keep(offset);
    again.start(database.connector({{"snapshot.mode", "when_needed"}}));
    const auto rows = again.take(2);
    CHECK(rows[0].op == 'r');
    CHECK(rows[1].snapshot == "last");
    again.stop();
}

TEST_CASE("a slot that is ahead of the stored offset is refused unless it is trusted", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_fault_b");
    const auto offset = stream_one_row(database, database.connector());
    database.run("INSERT INTO t VALUES (2)");
    database.on_slot("pg_replication_slot_advance(slot_name, pg_current_wal_lsn())");
    // How far the server moves restart_lsn, and so which of two reasons is given, is up to what it logged meanwhile.
    CHECK_THAT(failure_from(offset, database.connector()), Catch::Contains("offset.mismatch.strategy=trust_slot"));

    Harness trusting;
    trusting.keep(offset);
    trusting.start(database.connector({{"offset.mismatch.strategy", "trust_slot"}}));
    database.run("INSERT INTO t VALUES (3)");
    CHECK(trusting.take(1).front().id == 3);
    trusting.stop();
}

TEST_CASE("a task goes on from what the one before it stored late", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_fault_l");
    const auto offset = stream_one_row(database, database.connector());
    Harness late;
    late.keep(offset);
    late.start(database.connector());
    database.run("INSERT INTO t VALUES (2)");
    const auto later = late.take(1).back().offset;
    const auto confirmed = [&] {
        return database.run("SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = current_database()")
            .text(0, 0);
    };
    const auto before = std::string(confirmed());
    late.store(later);
    REQUIRE(eventually([&] { return confirmed() != before; }));
    late.stop();
    Harness next;
    next.keep(offset);
    next.keep_late(later);
    next.start(database.connector());
    database.run("INSERT INTO t VALUES (3)");
    CHECK(next.take(1)[0].id == 3);
    next.stop();
}

TEST_CASE("a slot that is behind the stored offset repeats nothing", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_fault_c");
    const auto settings = database.connector({{"lsn.flush.mode", "manual"}});
    const auto offset = stream_one_row(database, settings);
    database.run("INSERT INTO t VALUES (2)");
    Harness again;
    again.keep(offset);
    again.start(settings);
    CHECK(again.take(1).front().id == 2);
    again.stop();
}

TEST_CASE("a changed password ends the task at its next connection, with the server's words", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_fault_d");
    const Role role(database, "millrace_fault_role", "SUPERUSER REPLICATION");
    database.run("CREATE TABLE t(id int PRIMARY KEY)");
    Harness harness;
    harness.start(role.connector());
    database.run("INSERT INTO t VALUES (1)");
    CHECK(harness.take(1).front().id == 1);
    database.run("ALTER ROLE millrace_fault_role PASSWORD 'two'");
    database.run("INSERT INTO t VALUES (2)");
    CHECK(harness.take(1).front().id == 2);
    database.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'millrace_fault_role'");
    const auto text = harness.failure();
    harness.stop();
    CHECK_THAT(text, Catch::Contains("password authentication failed for user \"millrace_fault_role\""));
}

TEST_CASE("a publication that was dropped is named, with the way to get every row", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_fault_e");
    database.run("CREATE TABLE t(id int PRIMARY KEY)");
    Harness harness;
    harness.start(database.connector());
    database.run("INSERT INTO t VALUES (1)");
    const auto offset = harness.take(1).back().offset;
    database.run("DROP PUBLICATION millrace_fault_e");
    database.run("INSERT INTO t VALUES (2)");
    const auto text = harness.failure();
    harness.stop();
    CHECK_THAT(text, Catch::Contains("ERROR: publication \"millrace_fault_e\" does not exist. It was dropped while"));
    CHECK_THAT(failure_from(offset, database.connector()), Catch::Contains("with snapshot.mode=when_needed"));

    database.drop_slot();
    Harness again;
    again.keep(offset);
    again.start(database.connector({{"snapshot.mode", "when_needed"}}));
    CHECK(again.take(2).back().id == 2);
    database.run("INSERT INTO t VALUES (3)");
    CHECK(again.take(1).front().id == 3);
    again.stop();
}

TEST_CASE("an offset of a server that had more WAL is refused, or answered by a snapshot", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_fault_g");
    auto offset = stream_one_row(database, database.connector());
    for (const auto* key : {"lsn", "lsn_proc"}) {
        REQUIRE(offset.find(key) != nullptr);
        offset.set(key, Value::int64(offset.find(key)->as_integer() + (std::int64_t{1} << 40)));
    }
    database.run("INSERT INTO t VALUES (2)");
    CHECK_THAT(failure_from(offset, database.connector({{"offset.mismatch.strategy", "trust_slot"}})),
               Catch::Contains("is beyond the end of the server's WAL"));
    Harness again;
    again.keep(offset);
    again.start(database.connector({{"snapshot.mode", "when_needed"}}));
    CHECK(again.take(2)[1].id == 2);
    database.run("INSERT INTO t VALUES (3)");
    CHECK(again.take(1).front().id == 3);
    again.stop();
}

TEST_CASE("a value that cannot be converted and may not be missing is a failure of its event", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_fault_f");
    // Beyond what 64 bits of nanoseconds hold.
    database.run("CREATE TABLE t(id int PRIMARY KEY, at timestamp NOT NULL)");
    const auto insert = [&](int id, const char* at) {
        database.run(fmt::format("INSERT INTO t VALUES ({}, '{}')", id, at));
    };
    Harness harness;
    harness.start(database.connector({{"snapshot.mode", "no_data"},
                                      {"time.precision.mode", "nanoseconds"},
                                      {"event.processing.failure.handling.mode", "skip"}}));
    insert(1, "2262-04-12 12:00");
    insert(2, "2026-01-02 03:04");
    const auto rows = harness.take(1);
    CHECK(rows.front().id == 2);
    harness.stop();

    Harness strict;
    strict.keep(rows.back().offset);
    strict.start(database.connector({{"time.precision.mode", "nanoseconds"}}));
    insert(3, "2262-04-12 12:00");
    const auto text = strict.failure();
    strict.stop();
    CHECK_THAT(text, Catch::Contains(R"(Invalid value: null used for required field: "at", schema type: INT64)"));
}
