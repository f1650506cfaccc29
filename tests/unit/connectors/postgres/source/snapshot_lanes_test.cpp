#include "tests/unit/connectors/postgres/source/task_fixture.hpp"

#include <algorithm>
#include <map>
#include <set>

using namespace millrace;
using namespace millrace::postgres;
using namespace millrace::postgres::test;

TEST_CASE("several tables of a snapshot come at once, each row once and with its marker", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_lanes");
    constexpr int rows = 20'000;
    for (const auto* name : {"a", "b", "c", "d"}) {
        database.run(fmt::format("CREATE TABLE {}(id int PRIMARY KEY, v text DEFAULT repeat('v', 100))", name));
        database.run(fmt::format("INSERT INTO {} SELECT i FROM generate_series(1, {}) i", name, rows));
    }
    database.run("CREATE TABLE e(id int PRIMARY KEY)");
    Harness harness;
    harness.start(database.connector({{"snapshot.max.threads", "3"}}));
    const auto events = harness.take(4 * rows);
    database.run("INSERT INTO e VALUES (1)");
    const auto streamed = harness.take(1);
    harness.stop();

    REQUIRE(events.size() == 4 * rows);
    CHECK(streamed.front().op == 'c');
    CHECK(events.front().snapshot == "first");
    CHECK(events.back().snapshot == "last");
    std::map<std::string, std::set<std::int64_t>> ids;
    std::map<std::string, std::size_t> markers;
    for (const auto& event : events) {
        ids[event.topic].insert(event.id);
        ++markers[event.snapshot];
    }
    CHECK(ids.size() == 4);
    CHECK(std::ranges::all_of(ids, [&](const auto& table) { return table.second.size() == rows; }));
    CHECK(markers["first"] == 1);
    CHECK(markers["first_in_data_collection"] == 3);
    CHECK(markers["last_in_data_collection"] == 3);
    CHECK(markers["last"] == 1);
    const auto changes =
        std::ranges::adjacent_find(events, [](const Event& one, const Event& next) { return one.topic > next.topic; });
    CHECK(changes != events.end());  // the tables do not come one after the other
}
