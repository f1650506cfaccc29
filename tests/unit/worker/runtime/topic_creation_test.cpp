#include "worker/runtime/topic_creation.hpp"

#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::worker;

namespace {

Settings with_groups() {
    return {{"topic.creation.default.partitions", "1"},
            {"topic.creation.default.replication.factor", "-1"},
            {"topic.creation.default.cleanup.policy", "delete"},
            {"topic.creation.default.include", "nothing.at.all"},
            {"topic.creation.groups", "compacted, wide"},
            {"topic.creation.compacted.include", "state\\..*, table"},
            {"topic.creation.compacted.exclude", "state\\.log.*"},
            {"topic.creation.compacted.cleanup.policy", "compact"},
            {"topic.creation.wide.include", ".*"},
            {"topic.creation.wide.exclude", "small"},
            {"topic.creation.wide.partitions", "12"},
            {"topic.creation.wide.replication.factor", "3"}};
}

}

TEST_CASE("a topic is made as the first group says that takes it", "[topic_creation]") {
    const auto rules = TopicCreationRules::parse(with_groups()).value();
    const auto [name, partitions, factor, settings] = GENERATE(table<std::string, int, int, Settings>({
        {"state.a", 1, -1, {{"cleanup.policy", "compact"}}},
        {"table", 1, -1, {{"cleanup.policy", "compact"}}},
        {"state.log.a", 12, 3, {}},
        {"my-table", 12, 3, {}},
        {"small", 1, -1, {{"cleanup.policy", "delete"}}},
    }));
    const auto topic = rules.topic(name);
    CHECK(topic.name == name);
    CHECK(topic.partitions == partitions);
    CHECK(topic.replication_factor == factor);
    CHECK(topic.settings == settings);
}

TEST_CASE("without any of the settings topics are the broker's business", "[topic_creation]") {
    CHECK_FALSE(TopicCreationRules::parse({{"topic", "t"}, {"topic.prefix", "p"}}));
}

TEST_CASE("topic.creation settings that will not do are named", "[topic_creation]") {
    const auto [key, value, message] = GENERATE(table<std::string, std::string, std::string>({
        {"topic.creation.default.partitions", "",
         "Missing required configuration \"topic.creation.default.partitions\" which has no default value."},
        {"topic.creation.default.replication.factor", "",
         "Missing required configuration \"topic.creation.default.replication.factor\" which has no default value."},
        {"topic.creation.wide.partitions", "0",
         "Invalid value 0 for configuration partitions: Number of partitions must be positive, or "
         "-1 to use the broker's default"},
        {"topic.creation.default.replication.factor", "-2",
         "Invalid value -2 for configuration replication.factor: Replication factor must be "
         "positive and not larger than the number of brokers in the Kafka cluster, or -1 to use the broker's default"},
        {"topic.creation.wide.partitions", "many",
         "Invalid value many for configuration topic.creation.wide.partitions: Not a number of type INT"},
        {"topic.creation.wide.include", "a, [",
         "Invalid value [a, [] for configuration include: Syntax error in regular expression: Unclosed character class "
         "near index 0\n[\n^"},
    }));
    auto settings = with_groups();
    settings.erase(key);
    if (!value.empty()) settings[key] = value;
    CHECK_THROWS_WITH(TopicCreationRules::parse(settings), message);
}
