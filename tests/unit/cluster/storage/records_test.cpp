/// Codecs of the internal topics against records that Java workers wrote.
#include "cluster/assignment/java_map_order.hpp"
#include "cluster/storage/config_records.hpp"
#include "cluster/storage/offset_records.hpp"
#include "cluster/storage/offset_table.hpp"
#include "cluster/storage/status_records.hpp"
#include "cluster/storage/topic_creation.hpp"
#include "connectors/api/errors.hpp"
#include "connectors/support/murmur2.hpp"
#include "tests/pch.hpp"
#include "tests/unit/cluster/storage/captured.hpp"

using namespace millrace;
using namespace millrace::cluster;
using millrace::cluster::test::captured;

namespace {

/// The record written anew from what was read; none where the reader has nothing to write.
std::optional<std::pair<std::string, std::optional<std::string>>> rewritten(const ConfigRecord& record) {
    using Pair = std::pair<std::string, std::optional<std::string>>;
    if (const auto* r = std::get_if<ConnectorRecord>(&record))
        return Pair{connector_key(r->connector),
                    r->config ? std::optional(properties_value(*r->config)) : std::nullopt};
    if (const auto* r = std::get_if<TaskRecord>(&record)) return Pair{task_key(r->task), properties_value(r->config)};
    if (const auto* r = std::get_if<CommitRecord>(&record))
        return Pair{commit_key(r->connector), commit_value(r->tasks)};
    if (const auto* r = std::get_if<TargetStateRecord>(&record))
        return Pair{target_state_key(r->connector),
                    r->state ? std::optional(target_state_value(*r->state)) : std::nullopt};
    if (const auto* r = std::get_if<RestartRecord>(&record)) return Pair{restart_key(r->connector), restart_value(*r)};
    if (const auto* r = std::get_if<LoggerRecord>(&record)) return Pair{logger_key(r->logger), logger_value(r->level)};
    return std::nullopt;
}

}

TEST_CASE("config records read and written again are Java's bytes") {
    int compared = 0;
    for (const auto& record : captured("config")) {
        CAPTURE(record.offset, record.key);
        if (record.key == session_key_key) continue;  // redacted
        const auto parsed = parse_config_record(record.key, record.value);
        const auto again = rewritten(parsed);
        REQUIRE(again);
        CHECK(again->first == record.key);
        // A connector's members stand in the order of the request, which a map of settings does not keep; nor does it
        // keep which of two names in one bucket of a HashMap came first.
        if (std::holds_alternative<ConnectorRecord>(parsed) && record.value) continue;
        if (record.key == "task-life-b-0") continue;
        CHECK(again->second == record.value);
        ++compared;
    }
    CHECK(compared > 15);
}

TEST_CASE("members of a task configuration stand as in a Java HashMap that was filled in the order of the request") {
    const std::vector<std::string_view> request{"connector.class",
                                                "database.hostname",
                                                "database.port",
                                                "database.user",
                                                "database.password",
                                                "database.dbname",
                                                "topic.prefix",
                                                "plugin.name",
                                                "slot.name",
                                                "table.include.list",
                                                "publication.autocreate.mode",
                                                "publication.name",
                                                "name",
                                                "task.class"};
    std::vector<std::string> expected;
    for (const auto& record : captured("config")) {
        if (record.key != "task-life-b-0") continue;
        const json::Document document(*record.value);
        for (const auto& member : document.root().find("properties")->members()) expected.emplace_back(member.name);
    }
    std::vector<std::string> ordered;
    for (const auto i : java_map_order(request)) ordered.emplace_back(request[i]);
    CHECK(ordered == expected);
}

TEST_CASE("a session key keeps its bytes and its members their order") {
    const SessionKey key{"0123456789abcdef0123456789abcdef", "HmacSHA256", 1795228772854};
    const auto value = session_key_value(key);
    CHECK(value == R"({"key":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=","algorithm":"HmacSHA256",)"
                   R"("creation-timestamp":1795228772854})");
    CHECK(std::get<SessionKey>(parse_config_record(session_key_key, value)) == key);
}

TEST_CASE("what follows a JSON value is ignored, what is none is refused") {
    CHECK(std::get<CommitRecord>(parse_config_record("commit-a", R"({"tasks":2} x)")).tasks == 2);
    CHECK_FALSE(std::get<ConnectorRecord>(parse_config_record("connector-a", "")).config);
    CHECK_THROWS_AS(parse_config_record("connector-a", "{"), DataException);
    CHECK(std::holds_alternative<UnusableRecord>(parse_config_record("strange", "{}")));
    CHECK(std::get<TaskRecord>(parse_config_record("task-a-1-0", R"({"properties":{}})")).task ==
          worker::TaskId{"a-1", 0});
}

TEST_CASE("status records read and written again are Java's bytes") {
    for (const auto& record : captured("status")) {
        CAPTURE(record.offset, record.key);
        const auto key = parse_status_key(record.key);
        if (const auto* c = std::get_if<ConnectorStatusKey>(&key))
            CHECK(connector_status_key(c->connector) == record.key);
        if (const auto* t = std::get_if<TaskStatusKey>(&key)) CHECK(task_status_key(t->task) == record.key);
        if (const auto* t = std::get_if<TopicStatusKey>(&key))
            CHECK(topic_status_key(t->topic, t->connector) == record.key);
        CHECK(partition_for_key(record.key, 5) == record.partition);
        if (!record.value) continue;
        if (std::holds_alternative<TopicStatusKey>(key)) {
            CHECK(topic_status_value(parse_topic_status(*record.value)) == *record.value);
        } else {
            CHECK(status_value(parse_status(*record.value)) == *record.value);
        }
    }
}

TEST_CASE("offset records read and written again are Java's bytes") {
    for (const auto& record : captured("offset")) {
        CAPTURE(record.key);
        const auto key = parse_offset_key(record.key);
        CHECK(offset_key(key.connector, key.partition.entries()) == record.key);
        CHECK(partition_for_key(record.key, 5) == record.partition);
        if (record.value) CHECK(offset_value(parse_offset_value(*record.value)->entries()) == *record.value);
    }
}

TEST_CASE("an offset key keeps its bytes through reading and writing; one of another form is refused") {
    const std::string text = GENERATE(R"(["a\"b",{"server":"x","n":5,"f":1.5,"t":true,"z":null}])", R"(["c",{}])");
    const auto key = parse_offset_key(text);
    CHECK(offset_key(key.connector, key.partition.entries()) == text);
    CHECK(parse_offset_key(R"(["c",null])").partition.entries().empty());
    const std::string bad = GENERATE("{}", "[]", R"(["c"])", "[1,{}]", R"(["c",{},1])", R"(["c",{"a":[]}])", "x");
    CHECK_THROWS_AS(parse_offset_key(bad), DataException);
}

TEST_CASE("an offset is found whatever the order of its partition's entries, and keeps its key's bytes") {
    OffsetTable table;
    const std::string stored = R"(["c",{"schema":"s","database":"d","number":1}])";
    CHECK(table.apply(stored, R"({"position":7,"ratio":1.0E10})").empty());
    OffsetMap partition;
    partition.set("database", Value::string("d"));
    partition.set("number", Value::int64(1));
    partition.set("schema", Value::string("s"));
    const auto offset = table.find("c", partition.entries());
    REQUIRE(offset);
    CHECK(offset->find("position")->as_integer() == 7);
    CHECK(table.key_bytes("c", partition.entries()) == stored);
    CHECK_FALSE(table.find("other", partition.entries()));

    CHECK(table.apply(stored, std::nullopt).empty());
    CHECK_FALSE(table.find("c", partition.entries()));
    CHECK(table.entries("c").empty());
    CHECK_FALSE(table.apply("no json", "{}").empty());
}

TEST_CASE("a connector's offsets come as their partitions appeared, one that was removed in between as a new one") {
    OffsetTable table;
    const auto files = [&] {
        std::vector<std::string> names;
        for (const auto& [partition, offset] : table.entries("c")) names.emplace_back(partition.find("f")->as_text());
        return names;
    };
    for (const auto* name : {"z", "a", "m"}) table.apply(fmt::format(R"(["c",{{"f":"{}"}}])", name), R"({"p":1})");
    table.apply(R"(["c",{"f":"z"}])", R"({"p":2})");
    CHECK(files() == std::vector<std::string>{"z", "a", "m"});
    table.apply(R"(["c",{"f":"a"}])", std::nullopt);
    table.apply(R"(["c",{"f":"a"}])", R"({"p":3})");
    CHECK(files() == std::vector<std::string>{"z", "m", "a"});
}

TEST_CASE("topics that would lose state are refused with Kafka Connect's words") {
    const InternalTopicRole role = offset_topic_role;
    CHECK_NOTHROW(check_cleanup_policy("t", role, {{"cleanup.policy", " Compact "}}));
    CHECK_THROWS_WITH(
        check_cleanup_policy("T", role, {{"cleanup.policy", "delete"}}),
        "Topic 'T' supplied via the 'offset.storage.topic' property is required to have 'cleanup.policy=compact' to "
        "guarantee consistency and durability of source connector offsets, but found the topic currently has "
        "'cleanup.policy=delete'. Continuing would likely result in eventually losing source connector offsets and "
        "problems restarting this Connect cluster in the future. Change the 'offset.storage.topic' property in the "
        "Connect worker configurations to use a topic with 'cleanup.policy=compact'.");
    CHECK_THROWS_AS(check_cleanup_policy("T", role, {{"cleanup.policy", "compact,delete"}}), ConfigException);
    CHECK_THROWS_WITH(
        check_partitions("T", config_topic_role, 3),
        "Topic 'T' supplied via the 'config.storage.topic' property is required to have a single partition "
        "in order to guarantee consistency of connector configurations, but found 3 partitions.");
    CHECK_NOTHROW(check_partitions("T", role, 3));
}
