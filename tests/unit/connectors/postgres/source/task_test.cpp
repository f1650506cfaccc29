/// A task against a real PostgreSQL: MILLRACE_TEST_PG=host:port, or "host=... port=... user=...".
#include "connectors/postgres/client/connection.hpp"
#include "connectors/postgres/client/lsn.hpp"
#include "connectors/postgres/source/connector.hpp"
#include "tests/pch.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <optional>

using namespace millrace;
using namespace millrace::postgres;
using namespace std::chrono_literals;

namespace {

struct Address {
    std::string host = "127.0.0.1";
    std::string port = "5432";
    std::string user = "postgres";
};

std::optional<Address> test_server() {
    const char* variable = std::getenv("MILLRACE_TEST_PG");
    if (variable == nullptr || *variable == '\0') {
        WARN("skipped: MILLRACE_TEST_PG is not set");
        return {};
    }
    const std::string text = variable;
    Address address;
    if (text.find('=') == std::string::npos) {
        address.host = text.substr(0, text.rfind(':'));
        address.port = text.substr(text.rfind(':') + 1);
        return address;
    }
    const auto part = [&](const std::string& key, std::string& to) {
        const auto at = text.find(key + "=");
        if (at == std::string::npos) return;
        const auto begin = at + key.size() + 1;
        to = text.substr(begin, text.find(' ', begin) - begin);
    };
    part("host", address.host);
    part("port", address.port);
    part("user", address.user);
    return address;
}

/// A database of its own, dropped at the end with its slot.
class Database {
public:
    Database(Address address, std::string name) : address_(std::move(address)), name_(std::move(name)) {
        drop();
        admin("CREATE DATABASE " + name_);
        connection_.emplace(settings(name_), "test");
    }
    ~Database() {
        connection_.reset();
        try {
            drop();
        } catch (const std::exception& e) {
            WARN("clean-up: " << e.what());
        }
    }
    Rows run(const std::string& sql) { return connection_->query(sql); }
    Settings connector(Settings more = {}) const {
        Settings all = {{"database.hostname", address_.host}, {"database.port", address_.port},
                        {"database.user", address_.user},     {"database.password", "postgres"},
                        {"database.dbname", name_},           {"topic.prefix", name_},
                        {"plugin.name", "pgoutput"},          {"slot.name", name_},
                        {"publication.name", name_},          {"retriable.restart.connector.wait.ms", "100"}};
        for (auto& [key, value] : more) all[key] = value;
        return all;
    }

private:
    ConnectionSettings settings(const std::string& database) const {
        return {.keywords = {{"host", address_.host},
                             {"port", address_.port},
                             {"user", address_.user},
                             {"password", "postgres"},
                             {"dbname", database}},
                .host = address_.host,
                .port = address_.port,
                .database = database};
    }
    void admin(const std::string& sql) { Connection(settings("postgres"), "test").query(sql); }
    void drop() {
        admin(
            fmt::format("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '{}' AND "
                        "active",
                        name_));
        for (int i = 0; i < 100; ++i) {
            Connection connection(settings("postgres"), "test");
            connection.query(
                fmt::format("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE "
                            "slot_name = '{}' AND NOT active",
                            name_));
            const auto left =
                connection.query(fmt::format("SELECT 1 FROM pg_replication_slots WHERE slot_name = '{}'", name_));
            if (left.empty()) break;
        }
        admin(fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", name_));
    }

    Address address_;
    std::string name_;
    std::optional<Connection> connection_;
};

struct Event {
    std::string topic;
    char op;  ///< 0: a tombstone
    std::int64_t id;
    std::string snapshot;
    OffsetMap offset;
};

/// The worker's part: offsets that survive the task.
class Harness : public SourceTaskContext {
public:
    const Logger& logger() const noexcept override { return logger_; }
    std::string_view connector_name() const noexcept override { return "test"; }
    int task_id() const noexcept override { return 0; }
    std::optional<OffsetMap> offset(OffsetEntries) override { return stored_; }

    void start(const Settings& settings) {
        task_ = PostgresConnector().make_task();
        task_->start(settings, *this);
    }
    void stop() {
        task_->stop();
        task_.reset();
    }
    /// Polls until `count` records have come; fails the test after a minute.
    std::vector<Event> take(std::size_t count) {
        std::vector<Event> events;
        const auto end = std::chrono::steady_clock::now() + 60s;
        while (events.size() < count && std::chrono::steady_clock::now() < end) append(task_->poll({}, 100ms), events);
        REQUIRE(events.size() >= count);
        return events;
    }
    /// What poll gives when nothing is there, within `wait`; offsets that come alone are left in `marks`.
    std::size_t further(std::chrono::milliseconds wait) {
        std::vector<Event> events;
        append(task_->poll({}, wait), events);
        return events.size();
    }
    std::vector<OffsetMap> marks = {};
    void keep(const OffsetMap& offset) { stored_ = offset; }
    const std::optional<OffsetMap>& stored() const { return stored_; }
    void store(const OffsetMap& offset) {
        stored_ = offset;
        task_->offset_committed({}, offset.entries());
    }

private:
    void append(const SourceBatch& batch, std::vector<Event>& events) {
        for (const auto& record : batch.records) {
            if (record.offset_only()) {
                marks.emplace_back(record.source_offset);
                continue;
            }
            const bool tombstone = record.value.is_null();
            const auto value = tombstone ? std::span<const Value>() : record.value.as_values();
            const auto key = record.key.is_null() ? std::span<const Value>() : record.key.as_values();
            events.push_back({.topic = std::string(record.topic),
                              .op = tombstone ? '\0' : value[4].as_text()[0],
                              .id = key.empty() ? 0 : key[0].as_integer(),
                              .snapshot = tombstone || value[2].as_values()[4].is_null()
                                              ? ""
                                              : std::string(value[2].as_values()[4].as_text()),
                              .offset = OffsetMap(record.source_offset)});
        }
    }

    Logger logger_;
    std::unique_ptr<SourceTask> task_;
    std::optional<OffsetMap> stored_;
};

}

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
            return e.what();
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
}
