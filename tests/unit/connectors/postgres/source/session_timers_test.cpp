/// What is done at intervals while the slot is idle, however long the server's own frames and our statuses are apart.
#include "tests/unit/connectors/postgres/source/task_fixture.hpp"
#include "tests/unit/eventually.hpp"
#include "tests/unit/log_lines.hpp"

#include <set>

using namespace millrace;
using namespace millrace::postgres;
using namespace millrace::postgres::test;

namespace {

// More than the ten seconds after which an idle stream looks around anyhow allow within the minute of eventually().
constexpr std::size_t many = 20;

Settings idle(const Database& database, const char* interval) {
    return database.connector(
        {{"snapshot.mode", "no_data"}, {"status.update.interval.ms", "600000"}, {interval, "50"}});
}

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

}

TEST_CASE("an idle slot is looked at as often as its settings say", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_timers_a");
    const auto [setting, query] = GENERATE(table<const char*, const char*>({
        {"millrace.retained.wal.check.interval.ms", "SELECT pg_wal_lsn_diff%"},
        {"xmin.fetch.interval.ms", "%catalog_xmin%"},
    }));
    CAPTURE(setting);
    Harness harness;
    harness.start(idle(database, setting));
    std::set<std::string> times;
    const auto looks = fmt::format(
        "SELECT query_start FROM pg_stat_activity WHERE application_name = 'Debezium General' AND datname = "
        "current_database() AND query LIKE '{}'",
        query);
    CHECK(eventually([&] {
        const auto found = database.run(looks);
        if (!found.empty()) times.insert(found.text(0, 0));
        return times.size() >= many;
    }));
    harness.stop();
}

TEST_CASE("an offset that does not move is told of as often as its setting says", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_timers_b");
    const auto log = std::make_shared<LogLines>();
    Harness harness(log);
    harness.start(idle(database, "internal.offset.activity.monitor.interval.ms"));
    CHECK(eventually([&] { return count(log->all(), "The offset has not moved for 50 ms") >= many; }));
    harness.stop();
}
