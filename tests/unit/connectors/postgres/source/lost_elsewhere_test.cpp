/// Where Debezium 3.7 loses rows, or fails for ever, after a restart.
#include "tests/unit/connectors/postgres/source/task_fixture.hpp"

#include <algorithm>
#include <set>

using namespace millrace;
using namespace millrace::postgres;
using namespace millrace::postgres::test;

namespace {

/// The offset with which streaming begins: that of a row which was stored before.
OffsetMap streaming_since(Database& database, const Settings& settings, const std::string& first_insert) {
    Harness harness;
    harness.start(settings);
    database.run(first_insert);
    const auto offset = harness.take(1).back().offset;
    harness.stop();
    return offset;
}

std::vector<Event> records_from(const OffsetMap& offset, const Settings& settings, std::size_t count) {
    Harness harness;
    harness.keep(offset);
    harness.start(settings);
    auto events = harness.take(count);
    harness.stop();
    return events;
}

}

TEST_CASE("a restart within the rows of one COPY loses none of them", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_bug_copy");
    database.run("CREATE TABLE t(id int PRIMARY KEY)");
    const auto settings = database.connector({});
    const auto begin = streaming_since(database, settings, "INSERT INTO t VALUES (0)");
    database.run("INSERT INTO t SELECT generate_series(1, 6)");  // one record of the WAL, as those of COPY are
    const auto rows = records_from(begin, settings, 6);
    database.run("INSERT INTO t VALUES (99)");
    constexpr std::int64_t ids[] = {1, 2, 3, 4, 5, 6, 99};
    for (std::size_t stored = 0; stored < 6; ++stored) {
        INFO("stored " << stored + 1 << " of 6");
        const auto rest = records_from(rows[stored].offset, settings, 6 - stored);
        for (std::size_t i = 0; i < rest.size(); ++i) CHECK(rest[i].id == ids[stored + 1 + i]);
    }
}

TEST_CASE("a restart after a TRUNCATE of two tables goes on", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_bug_trunc");
    database.run("CREATE TABLE a(id int PRIMARY KEY)");
    database.run("CREATE TABLE b(id int PRIMARY KEY)");
    const auto settings = database.connector({{"skipped.operations", "none"}});
    const auto begin = streaming_since(database, settings, "INSERT INTO a VALUES (0)");
    database.run("TRUNCATE a, b");
    const auto truncates = records_from(begin, settings, 2);
    CHECK(truncates[0].op == 't');
    CHECK(truncates[1].op == 't');
    database.run("INSERT INTO a VALUES (7)");
    const auto after_one = records_from(truncates[0].offset, settings, 2);
    CHECK(after_one[0].topic == truncates[1].topic);
    CHECK(after_one[0].op == 't');
    CHECK(after_one[1].id == 7);
    CHECK(records_from(truncates[1].offset, settings, 1).front().id == 7);
}

TEST_CASE("a publication of chosen tables takes up another one, with the operations that were asked for",
          "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_bug_pub");
    database.run("CREATE TABLE a(id int PRIMARY KEY)");
    database.run("CREATE TABLE b(id int PRIMARY KEY)");
    const auto filtered = [&](const char* tables, const char* skipped) {
        return database.connector({{"publication.autocreate.mode", "filtered"},
                                   {"table.include.list", tables},
                                   {"skipped.operations", skipped}});
    };
    const auto begin = streaming_since(database, filtered("public.a", "d"), "INSERT INTO a VALUES (1)");
    Harness harness;
    harness.keep(begin);
    harness.start(filtered("public.a,public.b", "u,t"));
    REQUIRE(eventually([&] {
        return database.run("SELECT 1 FROM pg_publication_tables WHERE tablename = 'b'").size() == 1 &&
               database.run("SELECT 1 FROM pg_replication_slots WHERE active AND database = current_database()")
                       .size() == 1;
    }));
    database.run("INSERT INTO b VALUES (2)");
    CHECK(harness.take(1).front().id == 2);
    harness.stop();
    const auto publication = database.run("SELECT pubinsert, pubupdate, pubdelete, pubtruncate FROM pg_publication");
    CHECK(publication.flag(0, 0));
    CHECK_FALSE(publication.flag(0, 1));
    CHECK(publication.flag(0, 2));
    CHECK_FALSE(publication.flag(0, 3));
}

TEST_CASE("a snapshot beside a slot that exists has neither gap nor overlap", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_bug_slot");
    database.run("CREATE TABLE t(id int PRIMARY KEY)");
    database.run("SELECT pg_create_logical_replication_slot('millrace_bug_slot', 'pgoutput')");
    database.run("INSERT INTO t SELECT generate_series(1, 100)");
    Harness harness;
    harness.start(database.connector());
    const auto rows = harness.take(100);
    database.run("INSERT INTO t VALUES (101)");
    const auto streamed = harness.take(1);
    harness.stop();
    CHECK(std::ranges::all_of(rows, [](const Event& event) { return event.op == 'r'; }));
    CHECK(streamed.front().op == 'c');
    CHECK(streamed.front().id == 101);
}

TEST_CASE("a replica identity is set where it is another one, and the table is left alone where it is not",
          "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_identity");
    database.run("CREATE TABLE t(id int PRIMARY KEY)");
    const auto settings = database.connector({{"replica.identity.autoset.values", "public.t:FULL"}});
    const auto begin = streaming_since(database, settings, "INSERT INTO t VALUES (1)");
    const auto state = [&] {
        const auto row = database.run("SELECT relreplident, xmin FROM pg_class WHERE relname = 't'");
        return std::pair(row.text(0, 0), row.text(0, 1));
    };
    const auto before = state();
    CHECK(before.first == "f");
    database.run("INSERT INTO t VALUES (2)");
    CHECK(records_from(begin, settings, 1).front().id == 2);
    CHECK(state() == before);
}

TEST_CASE("a restart within a transaction goes on counting its events, and tells its beginning once", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_lost_tx");
    database.run("CREATE TABLE t(id int PRIMARY KEY)");
    database.run("CREATE TABLE u(id int PRIMARY KEY)");
    const auto settings = database.connector({{"provide.transaction.metadata", "true"}});
    const auto before = streaming_since(database, settings, "INSERT INTO t VALUES (0)");
    static constexpr std::size_t rows = 6;
    const auto stop_after = GENERATE(range(std::size_t{1}, std::size_t{6}));
    INFO("stopped after record " << stop_after);
    Harness first;
    first.keep(before);
    first.start(settings);
    database.run(
        "BEGIN; INSERT INTO t VALUES (1), (2); INSERT INTO u VALUES (3), (4); INSERT INTO t VALUES (5), (6); COMMIT");
    const auto told = first.take(rows);
    first.stop();

    Harness again;
    again.keep(told[stop_after - 1].offset);
    again.start(settings);
    database.run("INSERT INTO u VALUES (7)");
    const auto rest = again.take(rows - stop_after + 1);
    REQUIRE(eventually([&] {
        again.further(100ms);
        return again.transactions.size() == 3;
    }));
    again.stop();
    for (std::size_t i = 0; i < rows - stop_after; ++i) {
        CHECK(rest[i].id == told[stop_after + i].id);
        CHECK(rest[i].total_order == static_cast<std::int64_t>(stop_after + i + 1));
    }
    CHECK(rest.back().total_order == 1);
    CHECK(again.transactions[0].status == "END");
    CHECK(again.transactions[0].events == rows);
    CHECK(again.transactions[1].status == "BEGIN");
    CHECK(again.transactions[2].events == 1);
}

TEST_CASE("a replica identity by another index than the key's loses no change, and keys have what the server sent",
          "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_lost_ix");
    database.run("CREATE TABLE t(id int PRIMARY KEY, a int NOT NULL); CREATE UNIQUE INDEX by_a ON t(a)");
    database.run("ALTER TABLE t REPLICA IDENTITY USING INDEX by_a");
    const auto settings = database.connector({{"tombstones.on.delete", "false"}});
    const auto before = streaming_since(database, settings, "INSERT INTO t VALUES (0, 0)");
    database.run(
        "INSERT INTO t VALUES (1, 10); UPDATE t SET a = 11 WHERE id = 1; UPDATE t SET id = 2 WHERE id = 1; DELETE FROM "
        "t WHERE id = 2");
    // The old row of a change of the index has no id: its key is told with the fallback, as Debezium does.
    const auto events = records_from(before, settings, 5);
    std::string ops;
    std::vector<std::int64_t> keys;
    for (const auto& event : events) {
        ops += event.op;
        keys.push_back(event.id);
    }
    CHECK(ops == "cdcud");
    CHECK(keys == std::vector<std::int64_t>{1, 0, 1, 2, 0});
}

TEST_CASE("values that Debezium loses or shifts are whole, and the same in snapshot and stream, if that is wanted",
          "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_lost_values");
    database.run("CREATE TYPE mood AS ENUM ('sad', 'ok')");
    database.run(
        "CREATE TABLE t(id int PRIMARY KEY, n name, d date, bc date, julian date, moods mood[], grid int[], "
        "days date[], t time, times time[])");
    const auto insert = [&](int id) {
        database.run(fmt::format(
            "INSERT INTO t VALUES ({}, 'a name', 'infinity', '0044-03-15 BC', '1582-10-10', '{{sad,NULL}}', "
            "'{{{{1,2}},{{3,NULL}}}}', '{{infinity}}', '24:00', '{{01:02:03.004005}}')",
            id));
    };
    insert(1);
    Harness harness;
    const auto mode = GENERATE("isostring", "adaptive", "structured");
    CAPTURE(mode);
    harness.start(
        database.connector({{"time.precision.mode", mode}, {"millrace.reproduce.debezium.defects", "false"}}));
    const auto in_snapshot = harness.take(1).front();
    insert(2);
    const auto streamed = harness.take(1).front();
    harness.stop();
    CHECK(in_snapshot.op == 'r');
    CHECK(streamed.op == 'c');
    const auto behind_id = [](const std::string& row) { return row.substr(row.find(',')); };
    CHECK(behind_id(streamed.after) == behind_id(in_snapshot.after));
    for (const auto* field : {",n=a name,", ",d=", ",bc=", ",julian=", ",moods=[sad, null],", ",grid=[1, 2, 3, null],",
                              ",days=[", ",t=", ",times=["}) {
        CHECK_THAT(streamed.after, Catch::Contains(field));
    }
    if (mode == std::string_view("isostring")) CHECK_THAT(streamed.after, Catch::Contains("t=24:00:00Z"));
}
