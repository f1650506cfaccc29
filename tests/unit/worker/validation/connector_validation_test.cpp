#include "tests/unit/worker/validation/validation_fixture.hpp"
#include "worker/validation/connector_rules.hpp"

using namespace millrace;
using namespace millrace::worker;
using namespace millrace::worker::validation_test;

TEST_CASE("a valid source shows Connect's keys, then its own, with the worker's converters", "[validation]") {
    Fixture fixture;
    const auto infos =
        fixture.validate({{"connector.class", source_class}, {"name", "v"}, {"topic", "t"}, {"file", "/dev/null"}});
    CHECK(infos.name == source_class);
    CHECK(infos.error_count == 0);
    CHECK(infos.groups == Messages{"Common", "Transforms", "Predicates", "Error Handling", "Topic Creation",
                                   "Exactly Once Support", "offsets.topic"});
    const auto all = names(infos);
    CHECK(all.size() == 28);
    CHECK(all.front() == "name");
    CHECK(Messages(all.end() - 4, all.end()) == Messages{"file", "topic", "batch.size", "secret"});
    CHECK(info(infos, "key.converter").definition->default_value == "org.apache.kafka.connect.json.JsonConverter");
    CHECK(info(infos, "connector.plugin.version").value.value == "4.3.1");
    CHECK(info(infos, "topic").definition->group == std::nullopt);
    CHECK(info(infos, "topic").definition->display_name == "topic");
    CHECK_FALSE(refusal_message(infos));
}

TEST_CASE("complaints are those of Kafka Connect, in the order of the keys", "[validation]") {
    Fixture fixture;
    const auto infos = fixture.validate({{"connector.class", source_class},
                                         {"name", "x"},
                                         {"tasks.max", "zero"},
                                         {"errors.tolerance", "bad"},
                                         {"batch.size", "x"}});
    CHECK(refusal_message(infos) ==
          "Connector configuration is invalid and contains the following 5 error(s):\n"
          "Invalid value zero for configuration tasks.max: Not a number of type INT\n"
          "Invalid value null for configuration tasks.max: Value must be non-null\n"
          "Invalid value bad for configuration errors.tolerance: String must be one of: none, all\n"
          "Missing required configuration \"topic\" which has no default value.\n"
          "Invalid value x for configuration batch.size: Not a number of type INT\n"
          "You can also find the above list of errors at the endpoint "
          "`/connector-plugins/{connectorType}/config/validate`");
}

TEST_CASE("a name is not empty and has no control characters", "[validation]") {
    const auto [name, message] = GENERATE(table<std::string, std::string>({
        {"", "Invalid value  for configuration name: String may not be empty"},
        {"a\ab",
         "Invalid value a\ab for configuration name: String may not contain control sequences but had the "
         "following ASCII chars: 7"},
    }));
    Fixture fixture;
    CHECK(messages(fixture.validate({{"connector.class", source_class}, {"name", name}, {"topic", "t"}})) ==
          Messages{message});
}

TEST_CASE("a null passes for the connector's own keys and is refused elsewhere", "[validation]") {
    Fixture fixture;
    SubmittedConfig config{.settings = {{"connector.class", source_class}, {"name", "v"}}, .nulls = {"topic"}};
    const auto passed = fixture.validate_submitted(config);
    CHECK(passed.error_count == 0);
    CHECK(info(passed, "topic").value.value == std::nullopt);

    config.nulls.insert("x.null");
    const auto refused = fixture.validate_submitted(config);
    CHECK(refused.error_count == 1);
    CHECK(refused.configs.front().value.name == "x.null");
    CHECK_FALSE(refused.configs.front().definition);
    CHECK(messages(refused) == Messages{"Null value can not be supplied as the configuration value."});
}

TEST_CASE("no class, an unknown one, and an alias", "[validation]") {
    Fixture fixture;
    CHECK_THROWS_WITH(fixture.validate({{"name", "x"}, {"topic", "t"}}),
                      "Connector config {name=x, topic=t} contains no connector type");
    CHECK_THROWS_WITH(
        fixture.validate({{"connector.class", "Nope"}}),
        Catch::StartsWith("Failed to find any class that implements Connector and which name matches Nope, "
                          "available connectors are: PluginDesc{"));
    const auto infos = fixture.validate({{"connector.class", "FileStreamSource"}, {"name", "v"}, {"topic", "t"}});
    CHECK(infos.name == "FileStreamSource");
    CHECK(infos.error_count == 0);
}

TEST_CASE("transformations and predicates add numbered keys under their alias", "[validation]") {
    Fixture fixture;
    const auto infos = fixture.validate({{"connector.class", source_class},
                                         {"name", "v"},
                                         {"topic", "t"},
                                         {"transforms", "r"},
                                         {"transforms.r.type", "RegexRouter"},
                                         {"transforms.r.regex", "a"},
                                         {"transforms.r.replacement", "b"},
                                         {"predicates", "p"},
                                         {"predicates.p.type", "TopicNameMatches"},
                                         {"predicates.p.pattern", "t.*"}});
    CHECK(infos.error_count == 0);
    const auto all = names(infos);
    const auto first = std::ranges::find(all, "transforms.r.type");
    REQUIRE(all.end() - first >= 9);
    CHECK(Messages(first, first + 9) == Messages{"transforms.r.type", "transforms.r.plugin.version",
                                                 "transforms.r.regex", "transforms.r.replacement",
                                                 "transforms.r.negate", "transforms.r.predicate", "predicates.p.type",
                                                 "predicates.p.plugin.version", "predicates.p.pattern"});
    CHECK(info(infos, "transforms.r.type").value.value == "org.apache.kafka.connect.transforms.RegexRouter");
    CHECK(info(infos, "transforms.r.negate").definition->order_in_group == 4);
    CHECK(info(infos, "transforms.r.negate").definition->group == "Transforms: r");
    CHECK(infos.groups.back() == "Predicates: p");
}

TEST_CASE("what is wrong with a transformation is said at its key, without the prefix", "[validation]") {
    Fixture fixture;
    const auto infos = fixture.validate({{"connector.class", source_class},
                                         {"name", "v"},
                                         {"topic", "t"},
                                         {"transforms", "a,b,c,a"},
                                         {"transforms.a.type", "com.example.Nope"},
                                         {"transforms.b.type", "org.apache.kafka.connect.json.JsonConverter"},
                                         {"transforms.c.type", "RegexRouter"},
                                         {"transforms.c.regex", "("},
                                         {"transforms.c.negate", "true"}});
    CHECK(messages(infos) ==
          Messages{
              "Invalid value [a, b, c, a] for configuration transforms: Duplicate alias provided.",
              "Invalid value com.example.Nope for configuration transforms.a.type: Class com.example.Nope could not "
              "be found.",
              "Class class org.apache.kafka.connect.json.JsonConverter does not implement the Transformation interface",
              "Config 'transforms.c.negate' was provided but there is no config 'transforms.c.predicate' defining a "
              "predicate to be negated.",
              "Invalid value ( for configuration regex: Invalid regex: (",
              "Missing required configuration \"transforms.c.replacement\" which has no default value."});
    CHECK(infos.error_count == 6);
    CHECK(info(infos, "transforms.a.type").value.value == std::nullopt);
}

TEST_CASE("a converter's keys are checked when the connector names the converter", "[validation]") {
    Fixture fixture;
    Settings settings{
        {"connector.class", source_class}, {"name", "v"}, {"topic", "t"}, {"value.converter.schemas.enable", "maybe"}};
    CHECK(fixture.validate(settings).error_count == 0);
    settings["value.converter"] = "JsonConverter";
    const auto infos = fixture.validate(settings);
    CHECK(infos.error_count == 1);
    CHECK(messages(infos) ==
          Messages{"Invalid value maybe for configuration schemas.enable: Expected value to be either "
                   "true or false"});
    CHECK(info(infos, "value.converter").value.value == "org.apache.kafka.connect.json.JsonConverter");
    CHECK(info(infos, "value.converter.converter.type").value.value == "value");
    std::vector<std::string> order;
    for (const auto& one : infos.configs) {
        const auto& name = one.definition->name;
        if (name.starts_with("value.converter.") && name != "value.converter.plugin.version") order.push_back(name);
    }
    CHECK(order == std::vector<std::string>{"value.converter.decimal.format", "value.converter.converter.type",
                                            "value.converter.schemas.enable"});
}

TEST_CASE("an unknown converter hides its version", "[validation]") {
    Fixture fixture;
    const auto infos = fixture.validate({{"connector.class", source_class},
                                         {"name", "v"},
                                         {"topic", "t"},
                                         {"key.converter", source_class},
                                         {"value.converter", "com.example.Conv"}});
    CHECK(messages(infos) ==
          Messages{
              "Class class org.apache.kafka.connect.file.FileStreamSourceConnector does not implement the Converter "
              "interface",
              "Invalid value com.example.Conv for configuration value.converter: Class com.example.Conv could not be "
              "found."});
    CHECK(info(infos, "key.converter.plugin.version").value.visible);
    CHECK_FALSE(info(infos, "value.converter.plugin.version").value.visible);
    CHECK(info(infos, "value.converter.plugin.version").definition->default_value == std::nullopt);
}

TEST_CASE("a sink has topics or a pattern, and does not read its own dead letters", "[validation]") {
    const auto [topics, regex, dead_letters,
                expected] = GENERATE(table<std::string, std::string, std::string, Messages>({
        {"a,b", "", "", {}},
        {"", "", "", {"Must configure one of topics or topics.regex", "Must configure one of topics or topics.regex"}},
        {"a",
         "b.*",
         "",
         {"topics and topics.regex are mutually exclusive options, but both are set.",
          "topics and topics.regex are mutually exclusive options, but both are set."}},
        {"a,a", "", "", {"Configuration 'topics' values must not be duplicated."}},
        {"",
         "a(",
         "",
         {"Invalid value a( for configuration topics.regex: Invalid regex: Unclosed group near index 2\na("}},
        {"",
         "[",
         "",
         {"Invalid value [ for configuration topics.regex: Invalid regex: Unclosed character class near "
          "index 0\n[\n^"}},
        {"a,dlq",
         "",
         "dlq",
         {"The DLQ topic 'dlq' may not be included in the list of topics ('topics=[a, dlq]') consumed "
          "by the connector"}},
        {"",
         "+5",
         "",
         {"Invalid value +5 for configuration topics.regex: Invalid regex: Dangling meta character '+' near "
          "index 0\n+5\n^"}},
        {"",
         "[z-a]",
         "",
         {"Invalid value [z-a] for configuration topics.regex: Invalid regex: Illegal character range near "
          "index 3\n[z-a]\n   ^"}},
        {"",
         "d.*",
         "dlq",
         {"The DLQ topic 'dlq' may not be matched by the regex for the topics ('topics.regex=d.*') "
          "consumed by the connector"}},
    }));
    Fixture fixture;
    Settings settings{{"connector.class", sink_class}, {"name", "v"}};
    if (!topics.empty()) settings["topics"] = topics;
    if (!regex.empty()) settings["topics.regex"] = regex;
    if (!dead_letters.empty()) settings["errors.deadletterqueue.topic.name"] = dead_letters;
    CHECK(messages(fixture.validate(settings)) == expected);
}

TEST_CASE("a sink's consumer group is not the workers' own", "[validation]") {
    Fixture fixture;
    CHECK(messages(fixture.validate({{"connector.class", sink_class}, {"name", "cluster"}, {"topics", "t"}})) ==
          Messages{
              "Consumer group for sink connector named cluster conflicts with Connect worker group connect-cluster"});

    const auto own = fixture.validate({{"connector.class", sink_class},
                                       {"name", "v"},
                                       {"topics", "t"},
                                       {"consumer.override.group.id", "connect-cluster"}});
    CHECK(own.configs.front().value.errors ==
          Messages{"Consumer group connect-cluster conflicts with Connect worker group connect-cluster"});
}

TEST_CASE("exactly-once is refused where worker or connector cannot", "[validation]") {
    Fixture fixture;
    const Settings settings = {{"connector.class", source_class},
                               {"name", "v"},
                               {"topic", "t"},
                               {"exactly.once.support", "REQUIRED"},
                               {"transaction.boundary", "connector"}};
    const auto all = messages(fixture.validate(settings));
    REQUIRE(all.size() == 3);
    CHECK(all[0] == "This worker does not have exactly-once source support enabled.");
    CHECK_THAT(all[1], Catch::StartsWith("The connector does not implement the API required for preflight validation"));
    CHECK_THAT(all[2], Catch::StartsWith("The connector does not support connector-defined transaction boundaries"));

    fixture.worker.mode = WorkerMode::Standalone;  // as in Java, where nobody asks then
    CHECK(messages(fixture.validate(settings)).empty());
}

TEST_CASE("overrides pass by policy, for the clients that the connector has", "[validation]") {
    const auto [policy, refused] = GENERATE(table<std::string, Messages>({
        {"All", {}},
        {"org.apache.kafka.connect.connector.policy.NoneConnectorClientConfigOverridePolicy",
         {"The 'None' policy does not allow 'sasl.mechanism' to be overridden in the connector configuration.",
          "The 'None' policy does not allow 'linger.ms' to be overridden in the connector configuration."}},
        {"Principal",
         {"The 'Principal' policy does not allow 'linger.ms' to be overridden in the connector configuration."}},
    }));
    Fixture fixture;
    fixture.worker.values =
        Config(worker_config_keys(WorkerMode::Distributed), {{"connector.client.config.override.policy", policy}});
    const auto infos = fixture.validate({{"connector.class", source_class},
                                         {"name", "v"},
                                         {"topic", "t"},
                                         {"producer.override.linger.ms", "5"},
                                         {"producer.override.sasl.mechanism", "PLAIN"},
                                         {"consumer.override.x", "y"}});
    CHECK(messages(infos) == refused);
    CHECK(infos.error_count == static_cast<int>(refused.size()));
    const auto all = names(infos);
    CHECK(std::ranges::find(all, "consumer.override.x") == all.end());
    CHECK(std::ranges::find(all, "producer.override.linger.ms") != all.end());
}

TEST_CASE("a standalone worker's sources have no client for an offsets topic of their own", "[validation]") {
    Fixture fixture;
    fixture.worker.values =
        Config(worker_config_keys(WorkerMode::Distributed), {{"connector.client.config.override.policy", "None"}});
    const Settings settings{{"connector.class", source_class},
                            {"name", "v"},
                            {"topic", "t"},
                            {"offsets.storage.topic", "own"},
                            {"consumer.override.max.poll.records", "1"},
                            {"admin.override.request.timeout.ms", "1"}};
    CHECK(messages(fixture.validate(settings)).size() == 2);
    fixture.worker.mode = WorkerMode::Standalone;
    CHECK(messages(fixture.validate(settings)).empty());
}

namespace {

struct Undecided final : sample::Source {
    ExactlyOnceSupport exactly_once_support(const Settings&) const override { throw DataException("no file there "); }
    bool can_define_transaction_boundaries(const Settings&) const override { throw DataException(""); }
};

}

TEST_CASE("a connector that cannot tell whether it writes exactly once has its words shown", "[validation]") {
    WorkerConfig worker;
    worker.exactly_once_source = ExactlyOnceSource::Enabled;
    std::vector<ConfigInfo> infos(2);
    infos[0].value.name = "exactly.once.support";
    infos[1].value.name = "transaction.boundary";
    check_source_rules({{"exactly.once.support", "required"}, {"transaction.boundary", "connector"}}, worker,
                       Undecided(), infos);
    CHECK(infos[0].value.errors == Messages{"An unexpected error occurred during validation: no file there"});
    CHECK(infos[1].value.errors ==
          Messages{"An unexpected error occurred during validation; please see the worker logs for more details."});
}

TEST_CASE("passwords are hidden in answers", "[validation]") {
    Fixture fixture;
    const auto infos =
        fixture.validate({{"connector.class", source_class}, {"name", "v"}, {"topic", "t"}, {"secret", "hunter2"}});
    CHECK(info(infos, "secret").value.value == "[hidden]");
    CHECK_THROWS_WITH(fixture.validate({{"database.password", "hunter2"}}),
                      "Connector config {database.password=[hidden]} contains no connector type");
}

TEST_CASE("a plugin's page lists its own keys, then Connect's that it does not redefine", "[validation]") {
    Fixture fixture;
    const auto definitions = plugin_definitions(*fixture.plugins.find(PluginType::Source, source_class));
    REQUIRE(definitions.size() == 28);
    CHECK(definitions[0].name == "file");
    CHECK(definitions[4].name == "name");
    const auto converter = std::ranges::find(definitions, "key.converter", &ConfigDefinition::name);
    CHECK(converter->default_value == std::nullopt);
    const auto* json = fixture.plugins.find(PluginType::Converter, "JsonConverter");
    CHECK(plugin_definitions(*json).front().name == "converter.type");
    CHECK(plugin_definitions(*json).front().required);
}
