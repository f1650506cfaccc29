/// Offsets of a consumer group, as REST shows and changes them, on a real broker: MILLRACE_TEST_KAFKA=host:port.
#include "tests/pch.hpp"
#include "tests/unit/environment.hpp"
#include "tests/unit/eventually.hpp"
#include "worker/kafka/admin.hpp"
#include "worker/runtime/group_offsets.hpp"

using namespace millrace;
using namespace millrace::worker;
using namespace std::chrono_literals;

namespace {

class Asked : public SinkConnector {
public:
    std::vector<std::pair<TopicPartition, std::optional<std::int64_t>>> seen = {};
    bool alter_offsets(const Settings&,
                       std::span<const std::pair<TopicPartition, std::optional<std::int64_t>>> offsets) override {
        seen.assign(offsets.begin(), offsets.end());
        return true;
    }
    void start(const Settings&, ConnectorContext&) override {}
    void stop() noexcept override {}
    std::vector<Settings> task_configs(int) override { return {}; }
    std::string task_class() const override { return "x"; }
    std::span<const ConfigKey> config_keys() const noexcept override { return {}; }
    std::unique_ptr<SinkTask> make_task() const override { return nullptr; }
};

OffsetMap map_of(std::vector<OffsetEntry> entries) { return OffsetMap(entries); }

}

TEST_CASE("the form of a sink's offsets is checked", "[offsets]") {
    const auto topic = OffsetEntry{"kafka_topic", Value::string("t")};
    const auto where = map_of({topic, {"kafka_partition", Value::string("3")}});
    const auto offset = map_of({{"kafka_offset", Value::int64(7)}});
    CHECK(parse_sink_offset(&where, &offset) == std::pair(TopicPartition{"t", 3}, std::optional<std::int64_t>(7)));
    CHECK(parse_sink_offset(&where, nullptr).second == std::nullopt);
    CHECK_THROWS_WITH(parse_sink_offset(nullptr, &offset),
                      "The partition for a sink connector offset cannot be null or missing");
    const auto [partition, message] = GENERATE_COPY(table<OffsetMap, std::string>({
        {map_of({topic}),
         "The partition for a sink connector offset must contain the keys 'kafka_topic' and 'kafka_partition'"},
        {map_of({{"kafka_topic", Value()}, {"kafka_partition", Value::int64(0)}}),
         "Kafka topic names must be valid strings and may not be null"},
        {map_of({topic, {"kafka_partition", Value()}}), "Kafka partitions must be valid numbers and may not be null"},
        {map_of({topic, {"kafka_partition", Value::string("x")}}),
         "Failed to parse the following Kafka partition value in the provided offsets: 'x'. Partition values for sink "
         "connectors need to be integers."},
    }));
    CHECK_THROWS_WITH(parse_sink_offset(&partition, &offset), message);
    const auto other = map_of({{"position", Value::int64(7)}});
    CHECK_THROWS_WITH(parse_sink_offset(&where, &other),
                      "The offset for a sink connector should either be null or contain the key 'kafka_offset'");
    const auto fraction = map_of({{"kafka_offset", Value::float64(1)}});
    CHECK_THROWS_WITH(parse_sink_offset(&where, &fraction), Catch::Contains("1.0"));
    const auto text = map_of({{"kafka_offset", Value::string("q")}});
    CHECK_THROWS_WITH(parse_sink_offset(&where, &text),
                      "Failed to parse the following Kafka offset value in the provided offsets: 'q'. Offset values "
                      "for sink connectors need to be integers.");
}

TEST_CASE("a sink's group is its connector's, unless a client setting says otherwise", "[offsets]") {
    CHECK(sink_group({}, {{"name", "c"}}) == "connect-c");
    CHECK(sink_group({{"consumer.group.id", "g"}}, {{"name", "c"}}) == "g");
    CHECK(sink_group({{"consumer.group.id", "g"}}, {{"name", "c"}, {"consumer.override.group.id", "h"}}) == "h");
}

TEST_CASE("a sink's offsets are listed, altered and reset", "[kafka][offsets]") {
    const auto brokers = from_environment("MILLRACE_TEST_KAFKA");
    if (!brokers) return;
    const auto config = translate(ClientKind::Admin, {{"bootstrap.servers", *brokers}});
    Admin admin(config, {}, 30s);
    const std::string name =
        "group-offsets-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
    admin.create_topic({.name = name, .partitions = 2, .replication_factor = 1});
    GroupAdmin group(config, sink_group({}, {{"name", name}}), {}, 30s);
    Asked plugin;
    const Settings settings{{"name", name}};
    const SinkOffsetTarget target{.plugin = plugin, .connector = name, .settings = settings};
    CHECK(sink_offsets(group, name).empty());

    const auto altered = [&] {
        try {
            return alter_sink_offsets(group, target, {{{name, 0}, 5}, {{name, 1}, 6}});
        } catch (const ConnectException& e) {  // the group's coordinator learns of a new topic a little later
            if (std::string_view(e.what()).find("UNKNOWN_TOPIC_OR_PART") == std::string_view::npos) throw;
            return false;
        }
    };
    CHECK(eventually(altered));
    CHECK(plugin.seen.size() == 2);
    const auto listed = sink_offsets(group, name);
    REQUIRE(listed.size() == 2);
    for (const auto& one : listed) {  // in an order that depends on the topic's name
        CHECK(one.partition.find("kafka_topic")->as_text() == name);
        CHECK(one.offset.find("kafka_offset")->as_integer() == 5 + one.partition.find("kafka_partition")->as_integer());
    }
    CHECK(*listed[0].partition.find("kafka_partition") != *listed[1].partition.find("kafka_partition"));

    alter_sink_offsets(group, target, {{{name, 1}, std::nullopt}});
    CHECK(sink_offsets(group, name).size() == 1);
    CHECK_THROWS_WITH(alter_sink_offsets(group, target, {{{name, 0}, -1}}),
                      Catch::StartsWith("Failed to modify offsets for sink connector " + name));
    CHECK_THROWS_WITH(alter_sink_offsets(group, target, {{{name, 7}, 1}}),
                      Catch::StartsWith("Failed to alter consumer group offsets for connector " + name));
    CHECK(reset_sink_offsets(group, target));
    CHECK(plugin.seen == std::vector{std::pair(TopicPartition{name, 0}, std::optional<std::int64_t>())});
    CHECK(sink_offsets(group, name).empty());
    CHECK(reset_sink_offsets(group, target));  // there is no group any more
}
