// What the stream's rows become where the order of frames, or who they come under, matters.
#include "tests/unit/connectors/postgres/source/task_fixture.hpp"

using namespace millrace;
using namespace millrace::postgres;
using namespace millrace::postgres::test;

TEST_CASE("no offset stands behind the first of several rows that were written at once", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_at_once");
    database.run("CREATE TABLE t(id int PRIMARY KEY, v text)");
    const bool counted = GENERATE(false, true);
    CAPTURE(counted);
    Harness harness;
    harness.start(database.connector(
        {{"snapshot.mode", "no_data"}, {"provide.transaction.metadata", counted ? "true" : "false"}}));
    constexpr auto events_so_far = "transaction_data_collection_order_public.t";
    // One row by itself, then three of one COPY, in one transaction.
    database.run("BEGIN; INSERT INTO t VALUES (1, 'alone'); COPY t(id) FROM PROGRAM 'seq 2 4'; COMMIT");
    const auto rows = harness.take(4);
    harness.stop();
    REQUIRE(rows.size() == 4);
    const auto place = [](const Event& row) { return number(row.offset, "lsn_proc"); };
    const auto processed = [](const Event& row) { return number(row.offset, "lsn_events_processed"); };
    CHECK(processed(rows[0]) == 1);
    // The first of the COPY has the offset of the row before it.
    CHECK(place(rows[1]) == place(rows[0]));
    CHECK(processed(rows[1]) == 1);
    CHECK(number(rows[1].offset, events_so_far) == number(rows[0].offset, events_so_far));
    CHECK(place(rows[2]) > place(rows[1]));
    CHECK(processed(rows[2]) == 2);
    CHECK(place(rows[3]) == place(rows[2]));
    CHECK(processed(rows[3]) == 3);
    CHECK(number(rows[3].offset, events_so_far) == (counted ? 4 : 0));

    // From each of them nothing is lost.
    constexpr std::array<std::size_t, 4> come_again{3, 3, 1, 0};
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (come_again[i] == 0) continue;
        CAPTURE(i);
        Harness again;
        again.keep(rows[i].offset);
        again.start(database.connector());
        const auto rest = again.take(come_again[i]);
        CHECK(rest.front().id == static_cast<std::int64_t>(rows.size() - come_again[i] + 1));
        CHECK(rest.back().id == 4);
        again.stop();
    }
}

TEST_CASE("rows of one transaction that were written one by one fill batches and no more", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_one_by_one");
    database.run("CREATE TABLE t(id int PRIMARY KEY)");
    Harness harness;
    harness.start(database.connector({{"snapshot.mode", "no_data"}, {"max.batch.size", "100"}}));
    database.run("INSERT INTO t SELECT generate_series(1, 5000)");
    const auto rows = harness.take(5000);
    harness.stop();
    CHECK(rows.back().id == 5000);
    CHECK(number(rows.back().offset, "lsn_events_processed") == 1);
    CHECK(harness.largest_batch <= 101);  // one more is held until the next row has come
}

TEST_CASE("an update without a change of a complete row is left out under the root's replica identity, too",
          "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_unchanged_leaf");
    database.run("CREATE TABLE t(id int PRIMARY KEY, v text) PARTITION BY HASH (id)");
    database.run("CREATE TABLE leaf PARTITION OF t FOR VALUES WITH (MODULUS 1, REMAINDER 0)");
    database.run("ALTER TABLE leaf REPLICA IDENTITY FULL");
    Harness harness;
    harness.start(database.connector({{"snapshot.mode", "no_data"},
                                      {"publish.via.partition.root", "true"},
                                      {"skip.messages.without.change", "true"}}));
    database.run("INSERT INTO t VALUES (1, 'a')");
    database.run("UPDATE t SET v = v");
    database.run("UPDATE t SET v = 'b'");
    const auto events = harness.take(2);
    CHECK(events[0].op == 'c');
    CHECK(events[0].topic == "millrace_unchanged_leaf.public.t");
    CHECK(events[1].op == 'u');
    CHECK(events[1].after.find("v=b") != std::string::npos);
    harness.stop();
}
