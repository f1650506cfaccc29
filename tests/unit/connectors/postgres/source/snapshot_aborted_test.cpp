/// A snapshot that fails is told of as broken off, wherever it fails.
#include "tests/unit/connectors/postgres/source/task_fixture.hpp"
#include "tests/unit/log_lines.hpp"

using namespace millrace;
using namespace millrace::postgres;
using namespace millrace::postgres::test;

namespace {

/// The types of the notifications in a log.
std::string notifications(const LogLines& log) {
    const auto lines = log.all();
    const std::string_view key = R"("type":")";
    std::string types;
    for (auto at = lines.find(key); at != std::string::npos; at = lines.find(key, at + 1)) {
        const auto begin = at + key.size();
        types += lines.substr(begin, lines.find('"', begin) - begin) + " ";
    }
    return types;
}

struct Aborted : MetricWriter {
    double aborted = 0;
    void write(const MetricKey& metric, double value, std::span<const MetricLabel>) override {
        if (metric.name == "debezium_metrics_SnapshotAborted") aborted = value;
    }
};

}

TEST_CASE("a snapshot that gets no lock, or meets a bad row, is aborted", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_aborted");
    database.run("CREATE TABLE t(id int PRIMARY KEY, n numeric(5,2))");
    database.run("INSERT INTO t VALUES (1, 'NaN')");
    const auto [locked, text, types] = GENERATE(table<bool, const char*, const char*>({
        {true, "canceling statement due to lock timeout", "STARTED DATA_COLLECTIONS_RESOLVED ABORTED "},
        {false, "Failed to properly convert data value for 'public.t.n'",
         "STARTED DATA_COLLECTIONS_RESOLVED IN_PROGRESS TABLE_SCAN_COMPLETED ABORTED "},
    }));
    if (locked) database.run("BEGIN; LOCK TABLE t");
    const auto log = std::make_shared<LogLines>();
    Harness harness(log);
    harness.start(database.connector({{"snapshot.mode", "initial_only"},  // a slot would wait for who has the lock
                                      {"snapshot.locking.mode", "shared"},
                                      {"snapshot.lock.timeout.ms", "100"},
                                      {"event.converting.failure.handling.mode", "fail"},
                                      {"notification.enabled.channels", "log"},
                                      {"errors.max.retries", "0"}}));
    CHECK_THAT(harness.failure(), Catch::Contains(text));
    CHECK(notifications(*log) == types);
    Aborted metrics;
    harness.collect_metrics(metrics);
    CHECK(metrics.aborted == 1);
    harness.stop();
    if (locked) database.run("ROLLBACK");
}
