/// A snapshot that was interrupted goes on behind what an offset says, and the stream brings what changed meanwhile.
#include "tests/unit/connectors/postgres/source/task_fixture.hpp"

#include <algorithm>
#include <set>

using namespace millrace;
using namespace millrace::postgres;
using namespace millrace::postgres::test;

namespace {

constexpr std::size_t small_rows = 100;
constexpr std::size_t large_rows = 20'000;
constexpr std::size_t rows_a_piece = 1600;  // 256 KiB of rows of about 200 bytes, generously

/// The table a, which is small, and b, which is read in pieces.
void make_tables(Database& database) {
    for (const auto& [name, rows] : {std::pair{"a", small_rows}, {"b", large_rows}}) {
        database.run(fmt::format("CREATE TABLE {}(id int PRIMARY KEY, v text DEFAULT repeat('v', 160))", name));
        database.run(fmt::format("INSERT INTO {} SELECT i FROM generate_series(1, {}) i", name, rows));
    }
}

/// Rows are read again that a transaction wrote which was running at the first view or began since: what was written so
/// far is told apart from that once everything has ended that ran beside it, also in other databases.
void settle(Database& database) {
    const auto now = std::string(database.run("SELECT pg_current_xact_id()").text(0, 0));
    const auto over = fmt::format("SELECT pg_snapshot_xmin(pg_current_snapshot()) > '{}'::xid8", now);
    REQUIRE(eventually([&] { return database.run(over).text(0, 0) == "t"; }));
}

Settings in_pieces(const Database& database, Settings more = {}) {
    more["snapshot.resume.interval.bytes"] = "262144";
    more["table.include.list"] = "public.a,public.b";
    return database.connector(std::move(more));
}

/// The offset of the last of the first `rows` rows, by a task that has ended.
OffsetMap interrupted_after(std::size_t rows, const Settings& settings) {
    Harness harness;
    harness.start(settings);
    const auto offset = harness.take(rows)[rows - 1].offset;
    harness.stop();
    return offset;
}

/// The records of a task that goes on from `offset`, to the end of its snapshot or behind it.
std::vector<Event> rest_of(Harness& harness, const OffsetMap& offset, const Settings& settings) {
    harness.keep(offset);
    harness.start(settings);
    std::vector<Event> events;
    while (std::ranges::none_of(events, [](const Event& e) { return e.snapshot == "last"; })) {
        std::ranges::move(harness.take(1), std::back_inserter(events));
    }
    return events;
}

std::set<std::int64_t> ids_read(const std::vector<Event>& events, std::string_view table) {
    std::set<std::int64_t> ids;
    for (const auto& event : events) {
        if (event.op == 'r' && event.topic.ends_with(table)) ids.insert(event.id);
    }
    return ids;
}

}

TEST_CASE("an interrupted snapshot goes on within a table, and reads again what changed", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_resume_a");
    make_tables(database);
    const auto settings = in_pieces(database);
    constexpr std::size_t before = 12'000;
    const auto offset = interrupted_after(small_rows + before, settings);
    database.run("UPDATE b SET v = 'new' WHERE id <= 50");
    database.run("DELETE FROM b WHERE id = 60");
    database.run("INSERT INTO b VALUES (30001)");

    Harness harness;
    const auto events = rest_of(harness, offset, settings);
    const auto read = ids_read(events, ".b");
    CHECK(ids_read(events, ".a").empty());
    CHECK(read.size() <= large_rows - before + rows_a_piece + 51);
    for (std::int64_t id = 1; id <= 50; ++id) CHECK(read.contains(id));
    CHECK(read.contains(30'001));
    CHECK_FALSE(read.contains(60));
    for (std::int64_t id = before + 1; id <= std::int64_t{large_rows}; ++id) {
        if (!read.contains(id)) FAIL("row " << id << " was not read");
    }
    // What happened between the two views comes with the stream.
    const auto streamed = harness.take(53);
    CHECK(std::ranges::count(streamed, 'u', &Event::op) == 50);
    CHECK(std::ranges::count(streamed, 'd', &Event::op) == 1);
    CHECK(std::ranges::count(streamed, 'c', &Event::op) == 1);
    harness.stop();
}

TEST_CASE("an interrupted snapshot starts a table over that was rewritten since", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_resume_b");
    make_tables(database);
    const auto settings = in_pieces(database);
    const auto offset = interrupted_after(small_rows + 12'000, settings);
    database.run("DELETE FROM b WHERE id > 15000");
    database.run("VACUUM FULL b");

    Harness harness;
    const auto events = rest_of(harness, offset, settings);
    harness.stop();
    CHECK(ids_read(events, ".b").size() == 15'000);
    CHECK(ids_read(events, ".a").empty());
}

TEST_CASE("an interrupted snapshot that went on is interrupted again, and loses nothing", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_resume_c");
    make_tables(database);
    const auto settings = in_pieces(database);
    auto offset = interrupted_after(small_rows + 6000, settings);
    database.run("UPDATE b SET v = 'new' WHERE id = 7");
    {
        Harness harness;
        harness.keep(offset);
        harness.start(settings);
        offset = harness.take(6000).back().offset;
        harness.stop();
    }
    database.run("UPDATE b SET v = 'new' WHERE id = 6500");
    Harness harness;
    const auto read = ids_read(rest_of(harness, offset, settings), ".b");
    harness.stop();
    CHECK(read.contains(7));
    CHECK(read.contains(6500));
    CHECK(read.contains(large_rows));
    CHECK(read.size() <= large_rows - 10'000 + rows_a_piece);
}

TEST_CASE("an interrupted snapshot starts over when it could not be told from one of other settings", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_resume_d");
    make_tables(database);
    const auto offset = interrupted_after(small_rows + 12'000, in_pieces(database));
    Harness harness;
    const auto events = rest_of(harness, offset, in_pieces(database, {{"column.mask.with.5.chars", "public.b.v"}}));
    harness.stop();
    CHECK(ids_read(events, ".a").size() == small_rows);
    CHECK(ids_read(events, ".b").size() == large_rows);
}

TEST_CASE("an interrupted snapshot starts over when its slot was made anew", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_resume_e");
    make_tables(database);
    const auto offset = interrupted_after(small_rows + 12'000, in_pieces(database));
    database.drop_slot();
    Harness harness;
    const auto events = rest_of(harness, offset, in_pieces(database));
    harness.stop();
    CHECK(ids_read(events, ".a").size() == small_rows);
    CHECK(ids_read(events, ".b").size() == large_rows);
}

TEST_CASE("a connection that is lost within a snapshot is taken up behind what was read", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_resume_f");
    make_tables(database);
    Harness harness;
    harness.start(in_pieces(database, {{"max.batch.size", "500"}, {"max.queue.size", "501"}}));
    auto events = harness.take(small_rows + 8000);
    database.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'Debezium General' "
        "AND datname = 'millrace_resume_f'");
    while (std::ranges::none_of(events, [](const Event& e) { return e.snapshot == "last"; })) {
        std::ranges::move(harness.take(1), std::back_inserter(events));
    }
    harness.stop();
    CHECK(ids_read(events, ".b").size() == large_rows);
    CHECK(events.size() > small_rows + large_rows);
    CHECK(events.size() <= small_rows + large_rows + 2 * rows_a_piece);
}

TEST_CASE("a table that is rewritten while the snapshot reads another one is not taken for empty", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_resume_g");
    make_tables(database);
    // The first table is large and the queue small, so the second one is not begun yet.
    const auto settings = database.connector(
        {{"table.include.list", "public.b,public.a"}, {"max.batch.size", "500"}, {"max.queue.size", "501"}});
    const auto* change = GENERATE("ALTER TABLE a ALTER COLUMN id TYPE bigint", "ALTER TABLE a RENAME COLUMN v TO w",
                                  "ALTER TABLE a DROP COLUMN v");
    INFO(change);
    Harness harness;
    harness.start(settings);
    auto events = harness.take(1000);
    database.run(change);
    while (std::ranges::none_of(events, [](const Event& e) { return e.snapshot == "last"; })) {
        std::ranges::move(harness.take(1), std::back_inserter(events));
    }
    harness.stop();
    CHECK(ids_read(events, ".a").size() == small_rows);
    CHECK(ids_read(events, ".b").size() == large_rows);
    CHECK(events.size() == small_rows + large_rows);
}

TEST_CASE("an interrupted snapshot without a stream goes on, and reads again what changed in tables that were done",
          "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_resume_h");
    make_tables(database);
    settle(database);
    const auto settings = in_pieces(database, {{"snapshot.mode", "initial_only"}});
    constexpr std::size_t before = 12'000;
    auto offset = interrupted_after(small_rows + before, settings);
    database.run("UPDATE a SET v = 'new' WHERE id = 5");
    database.run("UPDATE b SET v = 'new' WHERE id = 7");
    settle(database);
    {
        Harness harness;
        harness.keep(offset);
        harness.start(settings);
        const auto events = harness.take(4000);
        offset = events.back().offset;
        CHECK(ids_read(events, ".a") == std::set<std::int64_t>{5});
        harness.stop();
    }
    database.run("INSERT INTO a VALUES (1000)");
    database.run("UPDATE b SET v = 'new' WHERE id = 8");
    Harness harness;
    const auto events = rest_of(harness, offset, settings);
    harness.stop();
    // What the second run has read of a is not read again.
    CHECK(ids_read(events, ".a") == std::set<std::int64_t>{1000});
    const auto read = ids_read(events, ".b");
    CHECK(read.contains(7));
    CHECK(read.contains(8));
    CHECK(read.size() <= large_rows - before - 4000 + 2 * rows_a_piece);
    for (auto id = std::int64_t{before} + 4001; id <= std::int64_t{large_rows}; ++id) {
        if (!read.contains(id)) FAIL("row " << id << " was not read");
    }
    CHECK(database.run("SELECT FROM pg_replication_slots WHERE slot_name = 'millrace_resume_h'").empty());
}
