#include "tests/unit/connectors/postgres/source/task_fixture.hpp"
#include "tests/unit/eventually.hpp"

using namespace millrace;
using namespace millrace::postgres;
using namespace millrace::postgres::test;

TEST_CASE("a snapshot is followed by the stream without gap and overlap", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_task_a");
    database.run("CREATE TABLE t(id int PRIMARY KEY, v text)");
    database.run("INSERT INTO t SELECT i, 'v' FROM generate_series(1, 5000) i");
    Harness harness;
    harness.start(database.connector());
    const auto rows = harness.take(5000);
    CHECK(rows.size() == 5000);
    CHECK(rows.front().snapshot == "first");
    CHECK(rows.back().snapshot == "last");
    database.run("INSERT INTO t VALUES (5001, 'new'); UPDATE t SET v = 'w' WHERE id = 1; DELETE FROM t WHERE id = 2");
    const auto changes = harness.take(4);
    REQUIRE(changes.size() == 4);
    CHECK(changes[0].op == 'c');
    CHECK(changes[1].op == 'u');
    CHECK(changes[2].op == 'd');
    CHECK(changes[3].op == '\0');
    CHECK(harness.further(50ms) == 0);
    harness.stop();
}

TEST_CASE("a task has started once its slot is there, so that nothing written from then on is missed", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_task_started");
    database.run("CREATE TABLE t(id int PRIMARY KEY)");
    const auto settings = database.connector({{"snapshot.mode", "no_data"}});
    Harness harness;
    harness.start(settings);
    database.run("INSERT INTO t VALUES (1)");
    CHECK(harness.take(1)[0].id == 1);
    harness.stop();
    database.drop_slot();

    // Making a slot takes as long as the transactions that run.
    database.run("BEGIN");
    database.run("INSERT INTO t VALUES (2)");
    Harness waiting;
    std::stop_source stop;
    std::jthread starter([&] { waiting.start(settings, stop.get_token()); });
    CHECK(eventually([&] {
        return !database.run("SELECT 1 FROM pg_replication_slots WHERE slot_name = 'millrace_task_started'").empty();
    }));
    stop.request_stop();
    starter.join();  // before the transaction has ended
    waiting.stop();
    database.run("COMMIT");
}

TEST_CASE("a restart at any record repeats at most what was not stored and loses nothing", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_task_b");
    database.run("CREATE TABLE t(id int PRIMARY KEY, v text)");
    Harness harness;
    const auto settings = database.connector({{"tombstones.on.delete", "true"}});
    harness.start(settings);
    database.run("INSERT INTO t VALUES (0, 'begin')");
    harness.store(harness.take(1).back().offset);
    harness.stop();

    constexpr std::size_t all = 8;
    for (std::size_t stop_after = 1; stop_after <= all; ++stop_after) {
        INFO("stopped after record " << stop_after);
        // A multi-insert (equal LSNs), a key change (three records) and a delete (two records), in two transactions.
        database.run("TRUNCATE t");
        database.run(
            "BEGIN; INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c'); UPDATE t SET id = 10 WHERE id = 1; COMMIT");
        database.run("DELETE FROM t WHERE id = 2");
        Harness fresh;
        fresh.keep(*harness.stored());
        fresh.start(settings);
        const auto first = fresh.take(all);
        fresh.stop();
        REQUIRE(first.size() == all);
        // Of all these records only the offset of this one was stored.
        Harness again;
        again.keep(first[stop_after - 1].offset);
        again.start(settings);
        database.run("INSERT INTO t VALUES (99, 'end')");
        std::vector<Event> rest;
        while (rest.empty() || rest.back().id != 99) {
            const auto more = again.take(1);
            rest.insert(rest.end(), more.begin(), more.end());
        }
        again.stop();
        harness.keep(rest.back().offset);
        // The records behind the stored one, each in its place at the end of what came.
        std::size_t before_end = 0;
        while (rest[before_end].id != 99) ++before_end;
        REQUIRE(before_end >= all - stop_after);
        for (std::size_t i = stop_after; i < all; ++i) {
            const auto& wanted = first[i];
            const auto& got = rest[before_end - (all - i)];
            CHECK(got.op == wanted.op);
            CHECK(got.id == wanted.id);
        }
        // At most the other records of the same change come twice.
        CHECK(before_end - (all - stop_after) <= 2);
    }
}

TEST_CASE("a killed connection is taken up again where it was", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_task_c");
    database.run("CREATE TABLE t(id int PRIMARY KEY)");
    Harness harness;
    harness.start(database.connector());
    database.run("INSERT INTO t VALUES (1)");
    CHECK(harness.take(1).back().id == 1);
    for (int i = 2; i < 12; ++i) {
        database.run(fmt::format("INSERT INTO t VALUES ({})", i));
        database.run(
            "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = 'millrace_task_c'");
        const auto events = harness.take(1);
        REQUIRE(events.size() == 1);
        CHECK(events[0].id == i);
    }
    harness.stop();
}

TEST_CASE("WAL is released only for stored offsets", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_task_d");
    database.run("CREATE TABLE t(id int PRIMARY KEY); INSERT INTO t VALUES (0)");
    Harness harness;
    harness.start(database.connector());
    harness.take(1);
    database.run("INSERT INTO t VALUES (1)");
    database.run("INSERT INTO t VALUES (2)");
    const auto first = harness.take(1);
    const auto events = first.size() == 2 ? std::vector<Event>{} : harness.take(1);
    const auto& last = events.empty() ? first.back() : events.back();
    const auto confirmed = [&] {
        return database.run("SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = 'millrace_task_d'")
            .text(0, 0);
    };
    const auto before = confirmed();
    harness.store(last.offset);
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (confirmed() == before && std::chrono::steady_clock::now() < end) harness.further(10ms);
    REQUIRE(last.offset.find("lsn_commit") != nullptr);
    CHECK(parse_lsn(confirmed()) == lsn_from_signed(last.offset.find("lsn_commit")->as_integer()));
    harness.stop();
}

TEST_CASE("a filtered publication gets new tables where operations are skipped", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_task_p");
    database.run("CREATE TABLE t(id int PRIMARY KEY); INSERT INTO t VALUES (1)");
    const auto settings =
        database.connector({{"publication.autocreate.mode", "filtered"}, {"skipped.operations", "d,t"}});
    const auto published = [&] {
        return database.run("SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_publication_tables")
            .text(0, 0);
    };
    Harness harness;
    harness.start(settings);
    const auto offset = harness.take(1).back().offset;
    CHECK(published() == "t");
    harness.stop();
    database.run("CREATE TABLE u(id int PRIMARY KEY)");
    Harness again;
    again.keep(offset);
    again.start(settings);
    REQUIRE(eventually([&] { return again.further(1ms) == 0 && published() == "t u"; }));
    database.run("INSERT INTO u VALUES (2)");
    CHECK(again.take(1).size() == 1);
    CHECK(database.run("SELECT 1 FROM pg_publication WHERE pubinsert AND NOT pubdelete AND NOT pubtruncate").size() ==
          1);
    again.stop();
}

TEST_CASE("the slot of a quiet table advances while another table is written to", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_task_h");
    database.run("CREATE TABLE t(id int PRIMARY KEY); CREATE TABLE busy(id serial PRIMARY KEY, v text)");
    const auto settings = database.connector({{"table.include.list", "public.t"},
                                              {"publication.autocreate.mode", "filtered"},
                                              {"slot.advance.interval.ms", "100"}});
    const auto confirmed = [&] {
        return parse_lsn(
            database.run("SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = 'millrace_task_h'")
                .text(0, 0));
    };
    Harness harness;
    harness.start(settings);
    database.run("INSERT INTO t VALUES (1)");
    harness.store(harness.take(1).back().offset);
    database.run("INSERT INTO busy(v) SELECT repeat('x', 1000) FROM generate_series(1, 1000)");
    const auto written = parse_lsn(database.run("SELECT pg_current_wal_lsn()").text(0, 0));
    const auto position = [](const OffsetMap& offset) { return lsn_from_signed(offset.find("lsn")->as_integer()); };
    const auto end = std::chrono::steady_clock::now() + 60s;
    while ((harness.marks.empty() || position(harness.marks.back()) < *written) &&
           std::chrono::steady_clock::now() < end) {
        CHECK(harness.further(100ms) == 0);
    }
    REQUIRE(!harness.marks.empty());
    const auto mark = harness.marks.back();
    REQUIRE(position(mark) >= *written);
    CHECK(mark.find("messageType")->as_text() == "COMMIT");
    CHECK(mark.find("lsn_proc")->as_integer() == mark.find("lsn")->as_integer());
    CHECK(mark.find("lsn_commit")->as_integer() == mark.find("lsn")->as_integer());

    SECTION("only when the offset is stored") {
        CHECK(*confirmed() < *written);
        harness.store(mark);
        while (*confirmed() < *written && std::chrono::steady_clock::now() < end) harness.further(10ms);
        CHECK(*confirmed() == position(mark));
    }
    SECTION("and a restart from there loses nothing that came after") {
        database.run("INSERT INTO t VALUES (2)");
        harness.stop();
        Harness again;
        again.keep(mark);
        again.start(settings);
        CHECK(again.take(1).front().id == 2);
        again.stop();
        return;
    }
    harness.stop();
}

TEST_CASE("an enum label added while streaming is in the schema of its first row", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_task_i");
    database.run("CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t(id int PRIMARY KEY, m mood)");
    Harness harness;
    harness.start(database.connector());
    database.run("INSERT INTO t VALUES (1, 'sad')");
    CHECK(harness.take(1).back().enum_labels == "sad");
    database.run("ALTER TYPE mood ADD VALUE 'glad'");
    database.run("INSERT INTO t VALUES (2, 'sad'), (3, 'glad'), (4, 'sad')");
    std::vector<std::string> labels;
    for (const auto& event : harness.take(3)) labels.push_back(event.enum_labels);
    CHECK(labels == std::vector<std::string>{"sad", "sad,glad", "sad,glad"});
    harness.stop();
}

TEST_CASE("a slot in use is named with its holder and taken when it is free", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_task_e");
    database.run("CREATE TABLE t(id int PRIMARY KEY); INSERT INTO t VALUES (1)");
    Harness one;
    one.start(database.connector());
    one.store(one.take(1).back().offset);
    Harness two;
    two.keep(*one.stored());
    two.start(database.connector());
    CHECK(two.further(300ms) == 0);
    one.stop();
    database.run("INSERT INTO t VALUES (2)");
    CHECK(two.take(1).back().id == 2);
    two.stop();
}

TEST_CASE("what the user has to mend fails the task with the remedy", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_task_f");
    database.run("CREATE TABLE t(id int PRIMARY KEY)");
    const auto failure = [&](const Settings& more) -> std::string {
        Harness harness;
        harness.start(database.connector(more));
        try {
            for (int i = 0; i < 100; ++i) harness.further(100ms);
        } catch (const ConnectException& e) {
            return with_cause(e);
        }
        return "";
    };
    CHECK(failure({{"publication.autocreate.mode", "disabled"}}) ==
          "Publication autocreation is disabled, please create one and restart the connector.");
    CHECK_THAT(failure({{"publication.autocreate.mode", "filtered"}, {"table.include.list", "public.none"}}),
               Catch::Contains("No table filters found for filtered publication"));
    CHECK_THAT(failure({{"database.dbname", "no_such_database"}}), Catch::Contains("does not exist"));
}

TEST_CASE("validation tries the connection and says what is wrong with it", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_task_g");
    const auto error_with = [&](const Settings& more) -> std::string {
        for (const auto& value : PostgresConnector().validate(database.connector(more))) {
            if (value.name == "database.hostname" && !value.errors.empty()) return value.errors[0];
        }
        return "";
    };
    CHECK(error_with({}).empty());
    CHECK(
        error_with({{"database.port", "1"}}) ==
        fmt::format("Error while validating connector config: Connection to {}:1 refused. Check that the hostname and "
                    "port are correct and that the postmaster is accepting TCP/IP connections.",
                    server->host));
    CHECK(error_with({{"database.dbname", "nope"}}) ==
          "Error while validating connector config: FATAL: database \"nope\" does not exist");
    CHECK(error_with({{"database.dbname", "nope"}, {"snapshot.mode", "sometimes"}})
              .empty());  // that is to be mended first
}

TEST_CASE("a key column that a filter leaves out of the values is in a snapshot's keys", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_left_out_key");
    database.run("CREATE TABLE t(id int PRIMARY KEY, n int, v text)");
    database.run("INSERT INTO t VALUES (1, 70, 'a')");
    Harness harness;
    harness.start(database.connector({{"message.key.columns", "public.t:n"}, {"column.exclude.list", "public.t.n"}}));
    const auto row = harness.take(1).front();
    CHECK(row.op == 'r');
    CHECK(row.id == 70);
    CHECK(row.after.find("n=") == std::string::npos);
    harness.stop();
}
