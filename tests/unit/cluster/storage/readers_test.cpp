/// The rules by which all workers of a group read the config and the status topic.
#include "cluster/storage/config_reader.hpp"
#include "cluster/storage/status_table.hpp"
#include "tests/pch.hpp"
#include "tests/unit/cluster/storage/captured.hpp"

using namespace millrace;
using namespace millrace::cluster;
using millrace::cluster::test::captured;
using worker::State;
using worker::TargetState;

namespace {

class Topic {
public:
    ConfigReader::Result add(const std::string& key, std::optional<std::string> value) {
        return reader.apply(next++, key, value ? std::optional<std::string_view>(*value) : std::nullopt);
    }
    ConfigReader::Result task(int number) {
        return add("task-c-" + std::to_string(number), R"({"properties":{"n":")" + std::to_string(number) + "\"}}");
    }
    ConfigReader reader;
    std::int64_t next = 0;
};

}

SCENARIO("task configurations wait for their commit") {
    Topic topic;
    topic.add("connector-c", R"({"properties":{"a":"1"}})");
    topic.task(0);
    topic.task(1);
    CHECK(topic.reader.snapshot()->tasks("c").empty());

    WHEN("the commit has all of them") {
        const auto result = topic.add("commit-c", R"({"tasks":2})");
        const auto state = topic.reader.snapshot();
        CHECK(std::get<TaskConfigsCommitted>(*result.event).tasks.size() == 2);
        CHECK(state->tasks("c").size() == 2);
        CHECK(state->all_task_configs("c")[1].at("n") == "1");
        CHECK(*state->applied_config("c") == Settings{{"a", "1"}});
        CHECK(state->task_config_generations.at("c") == 0);
        CHECK(state->pending_fencing.count("c") == 1);
        THEN("a later commit of none empties it, and counts as a generation") {
            topic.add("commit-c", R"({"tasks":0})");
            CHECK(topic.reader.snapshot()->tasks("c").empty());
            CHECK(topic.reader.snapshot()->task_config_generations.at("c") == 1);
            CHECK(state->tasks("c").size() == 2);  // the earlier picture stays as it was
        }
        THEN("a deletion forgets the tasks and keeps the target state for its own tombstone") {
            topic.add("connector-c", std::nullopt);
            CHECK_FALSE(topic.reader.snapshot()->contains("c"));
            CHECK(topic.reader.snapshot()->target_states.count("c") == 1);
            CHECK_FALSE(topic.add("commit-c", R"({"tasks":2})").event);
        }
    }
    WHEN("the commit names more than there are") {
        const auto result = topic.add("commit-c", R"({"tasks":3})");
        CHECK(result.event);
        CHECK_FALSE(result.problem.empty());
        CHECK(topic.reader.snapshot()->inconsistent.count("c") == 1);
        CHECK(topic.reader.snapshot()->tasks("c").empty());
        CHECK(topic.reader.snapshot()->task_count("c") == 3);
    }
    WHEN("compaction left more than the commit names") {
        topic.add("commit-c", R"({"tasks":1})");
        CHECK(topic.reader.snapshot()->tasks("c").size() == 1);
    }
}

TEST_CASE("the offset counts records whose value is JSON, whatever their key") {
    Topic topic;
    CHECK(topic.reader.offset() == -1);
    topic.add("strange", "{}");
    CHECK(topic.reader.offset() == 1);
    CHECK_FALSE(topic.add("connector-c", "{").problem.empty());
    CHECK(topic.reader.offset() == 1);
    topic.add("connector-c", std::nullopt);
    CHECK(topic.reader.offset() == 3);
}

TEST_CASE("target states tell of changes of connectors that exist") {
    Topic topic;
    const std::string paused = R"({"state":"PAUSED","state.v2":"STOPPED"})";
    CHECK_FALSE(topic.add("target-state-c", paused).event);  // before the connector: its initial state
    topic.add("connector-c", R"({"properties":{}})");
    CHECK(topic.reader.snapshot()->target_state("c") == TargetState::Stopped);
    CHECK_FALSE(topic.add("target-state-c", paused).event);
    CHECK(topic.add("target-state-c", R"({"state":"PAUSED"})").event);
    CHECK_FALSE(topic.add("target-state-c", std::nullopt).event);
    CHECK(topic.reader.snapshot()->target_state("c") == TargetState::Started);
    CHECK_FALSE(topic.add("target-state-c", R"({"state":"ASLEEP"})").problem.empty());
}

TEST_CASE("the captured config topic reads as its writers meant it") {
    ConfigReader reader;
    for (const auto& record : captured("config")) {
        const auto result = reader.apply(record.offset, record.key, record.value);
        if (record.key != "session-key") CHECK(result.problem.empty());
        if (record.offset == 18) {
            const auto state = reader.snapshot();
            CHECK(state->offset == 19);
            CHECK(state->connectors() == std::vector<std::string>{"life-a", "life-b"});
            CHECK(state->tasks("life-a").size() == 1);
            CHECK(state->target_state("life-a") == TargetState::Started);
        }
    }
    CHECK(reader.offset() == 27);
    CHECK(reader.snapshot()->connectors().empty());
}

TEST_CASE("a late UNASSIGNED of an earlier owner does not hide that a task runs") {
    StatusTable table;
    const worker::TaskId id{"c", 0};
    const auto apply = [&](State state, const char* worker, int generation) {
        CHECK(table
                  .apply(task_status_key(id),
                         status_value({.state = state, .worker_id = worker, .generation = generation}))
                  .empty());
    };
    apply(State::Running, "w2", 8);
    apply(State::Unassigned, "w1", 7);
    CHECK(table.task(id)->state == State::Running);
    apply(State::Unassigned, "w2", 9);
    CHECK(table.task(id)->state == State::Unassigned);
    CHECK(table.apply(connector_status_key("c"), std::nullopt).empty());
    CHECK(table.task(id) == nullptr);
    CHECK_FALSE(table.apply(task_status_key(id), R"({"state":"ASLEEP"})").empty());
}

TEST_CASE("FAILED and UNASSIGNED are not written over a later generation of another worker") {
    const ObjectStatus known{.state = State::Running, .worker_id = "w2", .generation = 8};
    CHECK(may_write_safely(nullptr, {.worker_id = "w1", .generation = 1}));
    CHECK(may_write_safely(&known, {.worker_id = "w2", .generation = 1}));
    CHECK(may_write_safely(&known, {.worker_id = "w1", .generation = 8}));
    CHECK_FALSE(may_write_safely(&known, {.worker_id = "w1", .generation = 7}));
}

TEST_CASE("a worker's certificate is known until it is replaced or withdrawn") {
    Topic topic;
    const std::string url = "http://10.0.0.5:8083/";
    topic.add("millrace-peer-" + url, R"({"fingerprint":"ab"})");
    CHECK(topic.reader.snapshot()->peers == std::map<std::string, std::string>{{url, "ab"}});
    CHECK(topic.reader.snapshot()->offset == 1);
    topic.add("millrace-peer-" + url, peer_value("cd"));
    CHECK(topic.reader.snapshot()->peers.at(url) == "cd");
    topic.add(peer_key(url), std::nullopt);
    CHECK(topic.reader.snapshot()->peers.empty());
    CHECK_FALSE(topic.add("millrace-peer-x", "{}").problem.empty());
}
