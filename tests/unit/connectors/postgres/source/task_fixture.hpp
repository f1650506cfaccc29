/// A task against a real PostgreSQL: a database of its own, and the worker's part.
/// MILLRACE_TEST_PG=host:port, or "host=... port=... user=...".
#pragma once
#include "connectors/api/stop_aware.hpp"
#include "connectors/converters/java_text.hpp"
#include "connectors/postgres/client/connection.hpp"
#include "connectors/postgres/client/lsn.hpp"
#include "connectors/postgres/source/connector.hpp"
#include "tests/pch.hpp"
#include "tests/unit/connectors/with_cause.hpp"
#include "tests/unit/environment.hpp"
#include "tests/unit/eventually.hpp"

#include <fmt/format.h>

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace millrace::postgres::test {

using namespace std::chrono_literals;

struct Address {
    std::string host = "127.0.0.1";
    std::string port = "5432";
    std::string user = "postgres";
};

inline std::optional<Address> test_server() {
    const auto given = from_environment("MILLRACE_TEST_PG");
    if (!given) return {};
    const std::string& text = *given;
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
    /// SELECTs a function of the slot, once the server has freed it from a task that has ended.
    void on_slot(const std::string& function) {
        Connection connection(settings(connection_ ? name_ : "postgres"), "test");  // an advance asks for its database
        const auto slot = fmt::format("FROM pg_replication_slots WHERE slot_name = '{}'", name_);
        const auto used = [&] { return connection.query(fmt::format("SELECT 1 {} AND active", slot)); };
        if (!eventually([&] { return used().empty(); })) throw std::runtime_error(name_ + ": the slot is still in use");
        connection.query(fmt::format("SELECT {} {}", function, slot));
    }
    void drop_slot() { on_slot("pg_drop_replication_slot(slot_name)"); }
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
        drop_slot();
        admin(fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", name_));
    }

    Address address_;
    std::string name_;
    std::optional<Connection> connection_;
};

/// A role that logs in with the password 'one', and is dropped at the end.
class Role {
public:
    Role(Database& database, std::string name, std::string_view rights) : database_(database), name_(std::move(name)) {
        if (!database_.run(fmt::format("SELECT 1 FROM pg_roles WHERE rolname = '{}'", name_)).empty()) drop();
        database_.run(fmt::format("CREATE ROLE {} LOGIN {} PASSWORD 'one'", name_, rights));
    }
    Role(const Role&) = delete;
    Role& operator=(const Role&) = delete;
    ~Role() {
        try {
            drop();
        } catch (const std::exception& e) {
            WARN("clean-up: " << e.what());
        }
    }
    Settings connector(Settings more = {}) const {
        more["database.user"] = name_;
        more["database.password"] = "one";
        return database_.connector(std::move(more));
    }

private:
    void drop() { database_.run(fmt::format("DROP OWNED BY {0}; DROP ROLE {0}", name_)); }

    Database& database_;
    std::string name_;
};

struct Event {
    std::string topic;
    char op;  ///< 0: a tombstone
    std::int64_t id;
    std::string snapshot;
    OffsetMap offset;
    std::string enum_labels = {};  ///< that the schema of the row's second column allows
    std::int64_t total_order = 0;  ///< with transaction metadata
    std::string after = {};        ///< the row as Java's text; its null fields are left out
};
/// A record of the transaction topic.
struct TransactionEvent {
    std::string status;
    std::int64_t events = 0;  ///< of END
};

/// Of an offset; 0 if it has no such key.
inline std::int64_t number(const OffsetMap& offset, std::string_view key) {
    const auto* value = offset.find(key);
    return value == nullptr ? 0 : value->as_integer();
}

/// The worker's part: offsets that survive the task.
class Harness : public SourceTaskContext {
public:
    /// `log` takes what the task says; none: nobody does.
    explicit Harness(std::shared_ptr<LogSink> log = {}) : logger_(std::move(log), "test") {}
    const Logger& logger() const noexcept override { return logger_; }
    std::string_view connector_name() const noexcept override { return "test"; }
    int task_id() const noexcept override { return 0; }
    std::optional<OffsetMap> offset(OffsetEntries) override {
        const std::lock_guard lock(mutex_);
        auto answer = stored_;
        if (stored_late_) stored_ = std::exchange(stored_late_, std::nullopt);
        return answer;
    }

    void publish_metrics(MetricCollector collector) override { collect_metrics = std::move(collector); }
    MetricCollector collect_metrics = {};

    void start(const Settings& settings, const std::stop_token& stop = {}) {
        task_ = PostgresConnector().make_task();
        dynamic_cast<StopAware&>(*task_).use_stop(stop);
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
    /// The message with which the task ends; empty if it goes on for a minute.
    std::string failure() {
        const auto end = std::chrono::steady_clock::now() + 60s;
        try {
            while (std::chrono::steady_clock::now() < end) further(100ms);
        } catch (const ConnectException& e) {
            return with_cause(e);
        }
        return "";
    }
    std::vector<OffsetMap> marks = {};
    std::size_t largest_batch = 0;  ///< in records
    std::vector<TransactionEvent> transactions = {};
    void keep(const OffsetMap& offset) {
        const std::lock_guard lock(mutex_);
        stored_ = offset;
    }
    /// Another task stores this once ours has read what is kept.
    void keep_late(const OffsetMap& offset) {
        const std::lock_guard lock(mutex_);
        stored_late_ = offset;
    }
    const std::optional<OffsetMap>& stored() const { return stored_; }
    void store(const OffsetMap& offset) {
        keep(offset);
        task_->offset_committed({}, offset.entries());
    }

private:
    static std::string enum_labels(const SchemaPtr& envelope) {
        const auto& row = envelope->fields()[1].schema;
        if (row->fields().size() < 2) return "";
        for (const auto& [key, text] : row->fields()[1].schema->parameters()) {
            if (key == "allowed") return text;
        }
        return "";
    }
    static std::string after(const SchemaPtr& envelope, const Value& row) {
        std::string text;
        if (!row.is_null()) converters::append_java_text(text, envelope->fields()[1].schema, row);
        return text;
    }
    void append(const SourceBatch& batch, std::vector<Event>& events) {
        largest_batch = std::max(largest_batch, batch.records.size());
        for (const auto& record : batch.records) {
            if (record.offset_only()) {
                marks.emplace_back(record.source_offset);
                continue;
            }
            if (record.topic.ends_with(".transaction")) {
                const auto fields = record.value.as_values();
                transactions.push_back({.status = std::string(fields[0].as_text()),
                                        .events = fields[2].is_null() ? 0 : fields[2].as_integer()});
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
                              .offset = OffsetMap(record.source_offset),
                              .enum_labels = tombstone ? "" : enum_labels(record.value_schema),
                              .total_order = tombstone || value[3].is_null() ? 0 : value[3].as_values()[1].as_integer(),
                              .after = tombstone ? "" : after(record.value_schema, value[1])});
        }
    }

    Logger logger_;
    std::unique_ptr<SourceTask> task_;
    std::mutex mutex_;  // the task asks from its own thread
    std::optional<OffsetMap> stored_;
    std::optional<OffsetMap> stored_late_;
};

}
