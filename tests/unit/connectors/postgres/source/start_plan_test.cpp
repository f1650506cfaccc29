#include "connectors/postgres/source/start_plan.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::postgres;

namespace {

const OffsetState streaming{.lsn = Lsn{200}, .processed = Lsn{200}, .message = MessageType::Commit};
const OffsetState unfinished{.lsn = Lsn{100}, .snapshot = SnapshotKind::Initial};
const OffsetState finished{.lsn = Lsn{100}, .snapshot = SnapshotKind::Initial, .snapshot_completed = true};

struct Expected {
    bool fresh;
    bool unfinished;
    bool streaming;
    bool streams;
};

}

TEST_CASE("the snapshot mode and the stored offset decide what a session begins with") {
    const auto [mode, expected] =
        GENERATE(table<SnapshotMode, Expected>({{SnapshotMode::Initial, {true, true, false, true}},
                                                {SnapshotMode::WhenNeeded, {true, true, false, true}},
                                                {SnapshotMode::InitialOnly, {true, true, false, false}},
                                                {SnapshotMode::Always, {true, true, true, true}}}));
    const SnapshotConfig config{.mode = mode};
    CHECK(plan_start(config, {}, false).snapshot == expected.fresh);
    CHECK(plan_start(config, unfinished, false).snapshot == expected.unfinished);
    CHECK(!plan_start(config, finished, true).snapshot);
    CHECK(plan_start(config, streaming, false).snapshot == expected.streaming);
    CHECK(plan_start(config, {}, false).stream == expected.streams);
}

TEST_CASE("no_data never takes a snapshot and refuses an offset that needs one") {
    const SnapshotConfig config{.mode = SnapshotMode::NoData};
    CHECK(!plan_start(config, {}, false).snapshot);
    CHECK(plan_start(config, streaming, false).stream);
    CHECK_THROWS_WITH(plan_start(config, unfinished, false),
                      Catch::Contains("now the connector is configured to never allow snapshots"));
}

TEST_CASE("configuration_based does what its settings say") {
    const SnapshotConfig config{
        .mode = SnapshotMode::ConfigurationBased, .based_snapshot_data = true, .based_on_data_error = true};
    CHECK(plan_start(config, streaming, false).snapshot);
    CHECK(!plan_start(config, streaming, true).snapshot);
    CHECK(!plan_start(config, streaming, false).stream);
    CHECK(snapshots_after_lost_position(config));
    CHECK(!snapshots_after_lost_position({.mode = SnapshotMode::Initial}));
    CHECK(snapshots_after_lost_position({.mode = SnapshotMode::WhenNeeded}));
}
