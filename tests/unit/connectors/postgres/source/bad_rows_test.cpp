/// Rows that cannot be converted, and event.processing.failure.handling.mode, in snapshots of each kind.
#include "tests/unit/connectors/postgres/source/task_fixture.hpp"
#include "tests/unit/log_lines.hpp"

#include <algorithm>
#include <regex>

using namespace millrace;
using namespace millrace::postgres;
using namespace millrace::postgres::test;

namespace {

// A decimal cannot be NaN.
constexpr const char* bad = "'NaN'";

Settings strict(const Database& database, Settings more) {
    more.try_emplace("event.converting.failure.handling.mode", "fail");
    return database.connector(std::move(more));
}

/// With N for the numbers that differ from run to run.
std::string numberless(const std::string& text) {
    static const std::regex numbers("(transaction_id|lsn|lsn_proc|lsn_commit|txId|ts_usec)=[0-9]+");
    return std::regex_replace(text, numbers, "$1=N");
}

bool completed(const OffsetMap& offset) {
    return std::ranges::any_of(offset.entries(), [](const auto& entry) {
        return entry.key == "snapshot_completed" && entry.value.as_boolean();
    });
}

std::string shown(const std::vector<Event>& events) {
    std::string text;
    for (const auto& event : events) {
        text += fmt::format("{}{}:{} ", event.topic.substr(event.topic.rfind('.') + 1), event.id, event.snapshot);
    }
    return text;
}

}

TEST_CASE("a snapshot leaves bad rows out, wherever they stand, if the user says so", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_bad_rows");
    const auto values = [&](const char* table, std::initializer_list<const char*> amounts) {
        database.run(fmt::format("CREATE TABLE {}(id int PRIMARY KEY, n numeric(5,2))", table));
        int id = 0;
        for (const auto* amount : amounts) {
            database.run(fmt::format("INSERT INTO {} VALUES ({}, {})", table, ++id, amount));
        }
    };
    values("a", {"1", bad, "3"});
    values("b", {"1", "2", bad});
    values("c", {bad, bad});
    const auto* mode = GENERATE("warn", "skip", "ignore");
    CAPTURE(mode);
    Harness harness;
    harness.start(strict(database, {{"event.processing.failure.handling.mode", mode}}));
    const auto rows = harness.take(4);
    CHECK(shown(rows) == "a1:first a3:last_in_data_collection b1:first_in_data_collection b2:last ");
    CHECK_FALSE(completed(rows[2].offset));
    CHECK(completed(rows[3].offset));
    database.run("INSERT INTO c VALUES (10, 10)");
    CHECK(shown(harness.take(1)) == "c10: ");
    harness.store(rows[3].offset);
    harness.stop();

    Harness again;
    again.keep(rows[3].offset);
    again.start(strict(database, {{"event.processing.failure.handling.mode", mode}}));
    CHECK(shown(again.take(1)) == "c10: ");
    again.stop();
}

TEST_CASE("a row of a snapshot is converted once, whatever becomes of bad ones", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_converted_once");
    database.run("CREATE TABLE t(id int PRIMARY KEY, n numeric(5,2))");
    database.run("INSERT INTO t SELECT i, 'NaN' FROM generate_series(1, 10) i");
    const auto* mode = GENERATE("fail", "warn", "skip");
    CAPTURE(mode);
    const auto log = std::make_shared<LogLines>();
    Harness harness(log);
    harness.start(database.connector({{"event.processing.failure.handling.mode", mode}}));
    CHECK(harness.take(10).size() == 10);
    harness.stop();
    // Each conversion says that the column becomes null.
    const auto lines = log->all();
    std::size_t conversions = 0;
    const std::string_view warning = "Failed to properly convert data value for 'public.t.n'";
    for (auto at = lines.find(warning); at != std::string::npos; at = lines.find(warning, at + 1)) ++conversions;
    CHECK(conversions == 10);
}

TEST_CASE("bad rows in great number leave nothing behind", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_many_bad_rows");
    database.run("CREATE TABLE t(id int PRIMARY KEY, v text, n numeric(5,2))");
    // More than a batch holds, before, between and behind the good ones.
    database.run(
        "INSERT INTO t SELECT i, repeat('x', 1000), CASE WHEN i IN (3000, 3001, 6000) THEN 1 ELSE 'NaN'::numeric END "
        "FROM generate_series(1, 9000) i");
    Harness harness;
    harness.start(strict(database, {{"event.processing.failure.handling.mode", "skip"}}));
    const auto rows = harness.take(3);
    CHECK(shown(rows) == "t3000:true t3001:true t6000:last ");
    CHECK(rows[2].after.find(std::string(1000, 'x')) != std::string::npos);
    database.run("INSERT INTO t VALUES (10000, '', 1)");
    CHECK(shown(harness.take(1)) == "t10000: ");
    harness.stop();
}

TEST_CASE("a bad row ends the task that is not told otherwise", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_bad_row_fails");
    database.run("CREATE TABLE t(id int PRIMARY KEY, n numeric(5,2))");
    database.run("INSERT INTO t VALUES (1, 1), (2, 'NaN'), (3, 3)");
    Harness harness;
    harness.start(strict(database, {}));
    // Debezium's own causes, with what no two runs have in common left out.
    const std::string at =
        "Error while processing event at offset {last_snapshot_record=false, lsn=N, txId=N, ts_usec=N, "
        "snapshot=INITIAL, snapshot_completed=false}";
    CHECK_THAT(numberless(harness.failure()),
               Catch::StartsWith(
                   "An exception occurred in the change event producer. This connector will be stopped.; "
                   "java.util.concurrent.ExecutionException: org.apache.kafka.connect.errors.ConnectException: " +
                   at + "; org.apache.kafka.connect.errors.ConnectException: " + at + "; " + at +
                   "; Failed to properly convert data value for 'public.t.n' of type numeric"));
    harness.stop();
}

TEST_CASE("a change that cannot be converted fails with its offset as a cause", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_bad_change_fails");
    database.run("CREATE TABLE t(id int PRIMARY KEY, n numeric(5,2))");
    const auto* metadata = GENERATE("false", "true");
    CAPTURE(metadata);
    Harness harness;
    harness.start(strict(database, {{"snapshot.mode", "no_data"}, {"provide.transaction.metadata", metadata}}));
    database.run("INSERT INTO t VALUES (1, 1)");
    harness.take(1);
    database.run("INSERT INTO t VALUES (2, 2), (3, 'NaN')");
    const std::string offset =
        metadata == std::string_view("true")
            ? "transaction_id=N, lsn_proc=N, lsn_events_processed=1, transaction_data_collection_order_public.t=1, "
              "messageType=INSERT, "
            : "lsn_proc=N, lsn_events_processed=1, messageType=INSERT, ";
    CHECK_THAT(numberless(harness.failure()),
               Catch::StartsWith("An exception occurred in the change event producer. This connector will be "
                                 "stopped.; Error while processing event at offset {" +
                                 offset +
                                 "lsn_commit=N, lsn=N, txId=N, ts_usec=N}; Failed to properly convert data value for "
                                 "'public.t.n' of type numeric"));
    harness.stop();
}

TEST_CASE("incremental and blocking snapshots leave out bad rows alone", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_bad_row_asked");
    database.run("CREATE TABLE sig(id text PRIMARY KEY, type text, data text)");
    database.run("CREATE TABLE t(id int PRIMARY KEY, n numeric(5,2))");
    database.run(
        "INSERT INTO t SELECT i, CASE i % 5 WHEN 0 THEN 'NaN'::numeric ELSE i END FROM generate_series(1, 10) i");
    const auto* type = GENERATE("incremental", "blocking");
    CAPTURE(type);
    Harness harness;
    harness.start(strict(database, {{"event.processing.failure.handling.mode", "warn"},
                                    {"snapshot.mode", "no_data"},
                                    {"incremental.snapshot.chunk.size", "3"},
                                    {"skipped.operations", "none"},
                                    {"signal.data.collection", "public.sig"}}));
    database.run(fmt::format(
        R"(INSERT INTO sig VALUES ('s', 'execute-snapshot', '{{"data-collections": ["public.t"], "type": "{}"}}'))",
        type));
    std::string ids;
    std::string markers;
    while (ids.size() < 16) {
        for (const auto& event : harness.take(1)) {
            if (!event.topic.ends_with(".t")) continue;
            CHECK(event.op == 'r');
            ids += fmt::format("{} ", event.id);
            markers += event.snapshot + " ";
        }
    }
    CHECK(ids == "1 2 3 4 6 7 8 9 ");
    if (type == std::string_view("blocking")) CHECK_THAT(markers, Catch::EndsWith("true last "));
    database.run("INSERT INTO t VALUES (11, 11)");
    const auto is_new_row = [](const Event& event) { return event.topic.ends_with(".t") && event.id == 11; };
    while (std::ranges::none_of(harness.take(1), is_new_row)) {
    }
    harness.stop();
}
