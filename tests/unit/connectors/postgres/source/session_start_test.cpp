/// Between the slot's state and the first frame: offset.mismatch.strategy and slot.max.retries.
#include "tests/unit/connectors/postgres/source/task_fixture.hpp"
#include "tests/unit/log_lines.hpp"

using namespace millrace;
using namespace millrace::postgres;
using namespace millrace::postgres::test;

namespace {

Lsn committed_at(const OffsetMap& offset) { return Lsn{static_cast<std::uint64_t>(number(offset, "lsn_commit"))}; }

Lsn confirmed(Database& database) {
    const auto rows =
        database.run("SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = current_database()");
    return parse_lsn(rows.text(0, 0)).value_or(no_lsn);
}

/// An offset that is stored, and of which the slot has not heard. The rows up to 2 are behind it.
OffsetMap offset_beyond_slot(Database& database) {
    database.run("CREATE TABLE t(id int PRIMARY KEY)");
    Harness harness;
    harness.start(database.connector());
    database.run("INSERT INTO t VALUES (1)");
    database.run("INSERT INTO t VALUES (2)");
    auto offset = harness.take(2).back().offset;
    harness.stop();
    REQUIRE(confirmed(database) < committed_at(offset));
    return offset;
}

}

TEST_CASE("the slot is advanced to the stored offset where the strategy trusts that", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_advance");
    const auto offset = offset_beyond_slot(database);
    const auto committed = committed_at(offset);
    const auto before = confirmed(database);

    // Nothing but the strategy moves the slot of a stream that does not begin.
    const auto after_failed_start = [&](const char* strategy, Settings more) {
        more["offset.mismatch.strategy"] = strategy;
        more["slot.stream.params"] = "no_such_option=1";
        more["slot.max.retries"] = more["errors.max.retries"] = "0";
        Harness harness;
        harness.keep(offset);
        harness.start(database.connector(std::move(more)));
        CHECK_THAT(harness.failure(), Catch::Contains("Failed to start replication stream at LSN{"));
        harness.stop();
        return confirmed(database);
    };
    CHECK(after_failed_start("no_validation", {}) == before);
    CHECK(after_failed_start("trust_slot", {}) == before);
    CHECK(after_failed_start("trust_offset", {{"lsn.flush.mode", "manual"}}) == before);
    const auto* trusting = GENERATE("trust_offset", "trust_greater_lsn");
    CAPTURE(trusting);
    CHECK(after_failed_start(trusting, {}) == committed);

    Harness again;
    again.keep(offset);
    again.start(database.connector({{"offset.mismatch.strategy", trusting}}));
    database.run("INSERT INTO t VALUES (3)");
    CHECK(again.take(1).front().id == 3);
    again.stop();
}

TEST_CASE("who may not advance the slot is told, and streams on", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_advance_role");
    const auto offset = offset_beyond_slot(database);
    const Role role(database, "millrace_advance_role", "REPLICATION");
    database.run("REVOKE EXECUTE ON FUNCTION pg_replication_slot_advance(name, pg_lsn) FROM PUBLIC");
    const auto* trusting = GENERATE("trust_offset", "trust_greater_lsn");
    CAPTURE(trusting);
    const auto log = std::make_shared<LogLines>();
    Harness harness(log);
    harness.keep(offset);
    harness.start(role.connector({{"offset.mismatch.strategy", trusting}}));
    database.run("INSERT INTO t VALUES (3)");
    CHECK(harness.take(1).front().id == 3);
    CHECK_THAT(log->all(),
               Catch::Contains("The slot cannot be advanced with pg_replication_slot_advance(): ERROR: permission "
                               "denied for function pg_replication_slot_advance"));
    harness.stop();
}

TEST_CASE("a slot that cannot be advanced is a failure of an event", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_advance_fails");
    const auto offset = offset_beyond_slot(database);
    // The server says so of a slot that has moved on meanwhile.
    database.run(
        "CREATE SCHEMA refusing; CREATE FUNCTION refusing.pg_replication_slot_advance(name, pg_lsn) RETURNS void AS $$ "
        "BEGIN RAISE EXCEPTION 'cannot advance replication slot to %, minimum is 0/1', $2 USING ERRCODE = '55000'; END "
        "$$ LANGUAGE plpgsql");
    const auto settings = [&](const char* mode) {
        return database.connector({{"offset.mismatch.strategy", "trust_offset"},
                                   {"event.processing.failure.handling.mode", mode},
                                   {"driver.currentSchema", "refusing,pg_catalog"}});
    };
    const auto text = fmt::format(
        "Cannot seek to the last known offset '{0}' on replication slot 'millrace_advance_fails'. Error from server: "
        "ERROR: cannot advance replication slot to {0}, minimum is 0/1",
        to_string(committed_at(offset)));
    Harness strict;
    strict.keep(offset);
    strict.start(settings("fail"));
    CHECK_THAT(strict.failure(), Catch::EndsWith("This connector will be stopped.; " + text));
    strict.stop();

    const auto* mode = GENERATE("warn", "skip");
    CAPTURE(mode);
    const auto log = std::make_shared<LogLines>();
    Harness lenient(log);
    lenient.keep(offset);
    lenient.start(settings(mode));
    database.run("INSERT INTO t VALUES (3)");
    CHECK(lenient.take(1).front().id == 3);
    lenient.stop();
    CHECK_THAT(log->all(), Catch::Contains(text));
    // A line for those who look for it, where it is no warning.
    CHECK((log->all(LogLevel::Warn).find(text) != std::string::npos) == (mode == std::string_view("warn")));
}

TEST_CASE("a slot that another has is advanced once it is free", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_advance_used");
    const auto offset = offset_beyond_slot(database);
    Harness one;
    one.keep(offset);
    one.start(database.connector({{"lsn.flush.mode", "manual"}}));  // the slot stays where it is
    const auto in_use = [&] {
        return database.run("SELECT 1 FROM pg_replication_slots WHERE active AND slot_name = current_database()")
                   .size() == 1;
    };
    REQUIRE(eventually(in_use));
    const auto* trusting = GENERATE("trust_offset", "trust_greater_lsn");
    CAPTURE(trusting);
    const auto waiting = [&](const char* retries) {
        return database.connector({{"offset.mismatch.strategy", trusting},
                                   {"slot.max.retries", retries},
                                   {"slot.retry.delay.ms", "10"},
                                   {"errors.max.retries", "0"}});
    };
    Harness impatient;
    impatient.keep(offset);
    impatient.start(waiting("2"));
    CHECK_THAT(impatient.failure(),
               Catch::Contains("The replication slot 'millrace_advance_used' is in use by process"));
    impatient.stop();
    REQUIRE(confirmed(database) < committed_at(offset));

    const auto log = std::make_shared<LogLines>();
    Harness patient(log);
    patient.keep(offset);
    patient.start(waiting("100000"));
    REQUIRE(eventually([&] { return log->all().find("and retrying, attempt number 3") != std::string::npos; }));
    one.stop();
    CHECK(eventually([&] { return confirmed(database) >= committed_at(offset); }));
    database.run("INSERT INTO t VALUES (3)");
    CHECK(patient.take(1).front().id == 3);
    patient.stop();
}

TEST_CASE("a slot that another has is waited for, as often as slot.max.retries says", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_retries");
    database.run("CREATE TABLE t(id int PRIMARY KEY)");
    Harness one;
    one.start(database.connector());
    const auto in_use = [&] {
        return database.run("SELECT 1 FROM pg_replication_slots WHERE active AND slot_name = current_database()")
                   .size() == 1;
    };
    REQUIRE(eventually(in_use));

    Harness impatient;
    impatient.start(
        database.connector({{"slot.max.retries", "2"}, {"slot.retry.delay.ms", "10"}, {"errors.max.retries", "0"}}));
    const auto text = impatient.failure();
    CHECK_THAT(text,
               Catch::Contains("Failed to start replication stream at LSN{") &&
                   Catch::Contains("; when setting up multiple connectors for the same database host, please make "
                                   "sure to use a distinct replication slot name for each. The replication slot "
                                   "'millrace_retries' is in use by process"));
    impatient.stop();

    Harness patient;
    patient.start(database.connector(
        {{"slot.max.retries", "100000"}, {"slot.retry.delay.ms", "10"}, {"errors.max.retries", "0"}}));
    CHECK(patient.further(300ms) == 0);
    one.stop();
    database.run("INSERT INTO t VALUES (1)");
    CHECK(patient.take(1).front().id == 1);
    patient.stop();
}

TEST_CASE("streaming.delay.ms is for streams that follow a snapshot", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_delay");
    database.run("CREATE TABLE t(id int PRIMARY KEY)");
    Harness first;
    first.start(database.connector());
    database.run("INSERT INTO t VALUES (1)");
    const auto offset = first.take(1).back().offset;
    first.stop();
    database.run("INSERT INTO t VALUES (2)");
    Harness again;
    again.keep(offset);
    again.start(database.connector({{"streaming.delay.ms", "3600000"}}));
    CHECK(again.take(1).front().id == 2);
    again.stop();
}

TEST_CASE("RowsScanned grows while a table is read", "[postgres][metrics]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_scanned");
    constexpr std::size_t rows = 20'000;
    database.run("CREATE TABLE t(id int PRIMARY KEY)");
    database.run(fmt::format("INSERT INTO t SELECT generate_series(1, {})", rows));
    struct Scanned : MetricWriter {
        double rows = 0;
        double running = 0;
        void write(const MetricKey& metric, double value, std::span<const MetricLabel>) override {
            if (metric.name == "debezium_metrics_RowsScanned") rows = value;
            if (metric.name == "debezium_metrics_SnapshotRunning") running = value;
        }
    };
    Harness harness;
    harness.start(database.connector({{"max.batch.size", "100"}, {"max.queue.size", "200"}}));
    const auto read = harness.take(5'000).size();
    Scanned during;
    harness.collect_metrics(during);
    CHECK(during.running == 1);
    CHECK(during.rows > 0);
    CHECK(during.rows < rows);
    harness.take(rows - read);
    harness.stop();
}
