#include "tests/unit/worker/validation/validation_fixture.hpp"

using namespace millrace;
using namespace millrace::worker;
using namespace millrace::worker::validation_test;

TEST_CASE("what a null is refused for comes before that it is null", "[validation]") {
    Fixture fixture;
    SubmittedConfig config{.settings = {{"connector.class", sink_class}, {"name", "v"}},
                           .nulls = {"topics", "tasks.max", "errors.tolerance"}};
    CHECK(messages(fixture.validate_submitted(config)) ==
          Messages{"Invalid value null for configuration tasks.max: Value must be non-null",
                   "Null value can not be supplied as the configuration value.",
                   "Invalid value null for configuration errors.tolerance: String must be one of: none, all",
                   "Null value can not be supplied as the configuration value.",
                   "Configuration 'topics' values must not be null.", "Must configure one of topics or topics.regex",
                   "Null value can not be supplied as the configuration value.",
                   "Must configure one of topics or topics.regex"});
}

TEST_CASE("a message shows a value as it came", "[validation]") {
    Fixture fixture;
    CHECK(
        messages(fixture.validate({{"connector.class", source_class},
                                   {"name", "v"},
                                   {"topic", "t"},
                                   {"tasks.max.enforce", " maybe "},
                                   {"key.converter", " Nope "}})) ==
        Messages{"Invalid value  maybe  for configuration tasks.max.enforce: Expected value to be either true or false",
                 "Invalid value  Nope  for configuration key.converter: Class  Nope  could not be found."});
}

TEST_CASE("a connector's version that is not there leaves Connect's common keys", "[validation]") {
    Fixture fixture;
    const Settings settings{{"connector.class", "FileStreamSource"}, {"name", "v"}};
    const auto with = [&](const std::string& version) {
        auto all = settings;
        all["connector.plugin.version"] = version;
        return fixture.validate(all);
    };
    const auto infos = with("[9,)");
    CHECK(infos.configs.size() == 19);
    const std::string message = std::string("Plugin ") + source_class +
                                " not found that matches the version range [9,), available versions: [4.3.1]";
    CHECK(messages(infos) == Messages{message, message});
    CHECK(infos.error_count == 2);
    CHECK(info(infos, "connector.plugin.version").value.recommended_values == Messages{"4.3.1"});
    CHECK(info(infos, "connector.plugin.version").definition->default_value == "4.3.1");
    for (const auto* converter : {"key", "value", "header"})
        CHECK_FALSE(info(infos, std::string(converter) + ".converter.plugin.version").value.visible);
    CHECK(with("").error_count == 2);
    CHECK(info(infos, "key.converter").value.value == std::nullopt);
    CHECK(with("[4.3,)").configs.size() == 28);
    CHECK(with("latest").configs.size() == 28);
    CHECK_THROWS_WITH(with("["), "Unbounded range: [");
}

TEST_CASE("a transformation, predicate or converter in a version that is not there", "[validation]") {
    const auto [prefix, settings] = GENERATE(table<std::string, Settings>({
        {"transforms.a.", {{"transforms", "a"}, {"transforms.a.type", "RegexRouter"}}},
        {"predicates.a.", {{"predicates", "a"}, {"predicates.a.type", "TopicNameMatches"}}},
        {"value.converter.", {{"value.converter", "JsonConverter"}}},
    }));
    CAPTURE(prefix);
    Fixture fixture;
    auto all = settings;
    all.insert({{"connector.class", source_class}, {"name", "v"}, {"topic", "t"}});
    all[prefix + "plugin.version"] = "9";
    const auto refused = fixture.validate(all);
    CHECK(refused.error_count == 2);
    for (const auto& message : messages(refused)) {
        CHECK_THAT(message, Catch::EndsWith("version range [9,9], available versions: [4.3.1]"));
    }
    const auto own_keys = [&](const ConfigInfos& infos) {
        return std::ranges::count_if(names(infos), [&](const std::string& name) {
            return name.starts_with(prefix) && name != prefix + "type" && name != prefix + "plugin.version";
        });
    };
    CHECK(own_keys(refused) == 0);
    all[prefix + "plugin.version"] = "4.3.1";
    CHECK(own_keys(fixture.validate(all)) > 0);
    all[prefix + "plugin.version"] = "[";
    CHECK_THAT(messages(fixture.validate(all)), Catch::VectorContains(std::string("Unbounded range: [")));
}

TEST_CASE("a version that is none is said although the converter is unknown", "[validation]") {
    Fixture fixture;
    const auto infos = fixture.validate({{"connector.class", source_class},
                                         {"name", "v"},
                                         {"topic", "t"},
                                         {"key.converter", "Nope"},
                                         {"key.converter.plugin.version", "["}});
    CHECK(info(infos, "key.converter.plugin.version").value.errors == Messages{"Unbounded range: ["});
    CHECK(infos.error_count == 2);
}

TEST_CASE("a configuration is printed in the order of Java's maps", "[validation]") {
    Fixture fixture;
    SubmittedConfig config;
    for (const auto* name : {"connector.class", "name", "file", "topic", "tasks.max"}) config.set(name, "x");
    config.set("connector.class", std::nullopt);
    CHECK_THROWS_WITH(
        fixture.validate_submitted(config),
        "Connector config {connector.class=null, name=x, topic=x, file=x, tasks.max=x} contains no connector type");
}

TEST_CASE("a class that only has inner ones is named with them", "[validation]") {
    Fixture fixture;
    const auto infos = fixture.validate({{"connector.class", source_class},
                                         {"name", "v"},
                                         {"topic", "t"},
                                         {"transforms", "a"},
                                         {"transforms.a.type", "com.example.Inner"}});
    CHECK(messages(infos) ==
          Messages{"This class is abstract and cannot be created. Did you mean com.example.Inner$Key, "
                   "com.example.Inner$Value?"});
    CHECK(info(infos, "transforms.a.type").value.value == "com.example.Inner");
}

TEST_CASE("what cannot be parsed under an alias is said with its prefix; a null negate is given", "[validation]") {
    Fixture fixture;
    Settings settings{{"connector.class", source_class},
                      {"name", "v"},
                      {"topic", "t"},
                      {"transforms", "a"},
                      {"transforms.a.type", "RegexRouter"},
                      {"transforms.a.regex", "a"},
                      {"transforms.a.replacement", "b"}};
    const std::string no_predicate =
        "Config 'transforms.a.negate' was provided but there is no config 'transforms.a.predicate' defining a "
        "predicate to be negated.";
    SubmittedConfig with_null{.settings = settings, .nulls = {"transforms.a.negate"}};
    CHECK(messages(fixture.validate_submitted(with_null)).front() == no_predicate);
    settings["transforms.a.negate"] = "maybe";
    CHECK(messages(fixture.validate(settings)) ==
          Messages{no_predicate,
                   "Invalid value maybe for configuration transforms.a.negate: Expected value to be either true or "
                   "false"});
}

TEST_CASE("an alias may be empty, and lacks its class then", "[validation]") {
    Fixture fixture;
    CHECK(messages(fixture.validate(
              {{"connector.class", source_class}, {"name", "v"}, {"topic", "t"}, {"predicates", "a,"}})) ==
          Messages{"Missing required configuration \"predicates.a.type\" which has no default value.",
                   "Missing required configuration \"predicates..type\" which has no default value."});
}

TEST_CASE("a converter's use is what the connector says, if it says so", "[validation]") {
    Fixture fixture;
    const auto infos = fixture.validate({{"connector.class", source_class},
                                         {"name", "v"},
                                         {"topic", "t"},
                                         {"value.converter", "JsonConverter"},
                                         {"value.converter.converter.type", "key"}});
    CHECK(info(infos, "value.converter.converter.type").value.value == "key");
}

TEST_CASE("settings of other clients are not checked, and come in the order of Java's maps", "[validation]") {
    Fixture fixture;
    const auto infos = fixture.validate({{"connector.class", sink_class},
                                         {"name", "v"},
                                         {"topics", "t"},
                                         {"consumer.override.", "x"},
                                         {"consumer.override.client.id", "x"},
                                         {"consumer.override.fetch.min.bytes", "1"},
                                         {"consumer.override.group.id", "x"},
                                         {"consumer.override.key.deserializer", "org.example.Deserializer"},
                                         {"consumer.override.linger.ms", "soon"},
                                         {"consumer.override.max.poll.records", "1"}});
    CHECK(infos.error_count == 0);
    CHECK(infos.configs.front().value.name == "consumer.override.group.id");
    Messages overrides;
    for (const auto& name : names(infos)) {
        if (name.find(".override.") != std::string::npos) overrides.push_back(name.substr(18));
    }
    CHECK(overrides == Messages{"group.id", "key.deserializer", "max.poll.records", "group.id", "fetch.min.bytes",
                                "client.id", "linger.ms"});
}

TEST_CASE("an override that is not of its setting's type ends the validation", "[validation]") {
    Fixture fixture;
    const auto [key, value, message] = GENERATE(table<std::string, std::string, std::string>({
        {"linger.ms", "abc", "Invalid value abc for configuration linger.ms: Not a number of type LONG"},
        {"batch.size", "1.5", "Invalid value 1.5 for configuration batch.size: Not a number of type INT"},
        {"enable.idempotence", "maybe",
         "Invalid value maybe for configuration enable.idempotence: Expected value to be either true or false"},
        {"key.serializer", "x", "Invalid value x for configuration key.serializer: Class x could not be found."},
        {"partitioner.class", "", "Invalid value  for configuration partitioner.class: Class  could not be found."},
        {"sasl.login.class", "x", "Invalid value x for configuration sasl.login.class: Class x could not be found."},
    }));
    Settings settings{{"connector.class", source_class}, {"name", "v"}, {"topic", "t"}};
    settings["producer.override." + key] = value;
    CHECK_THROWS_WITH(fixture.validate(settings), message);
    settings.erase("producer.override." + key);
    settings["consumer.override." + key] = value;  // a source without an offsets topic of its own has none
    CHECK(fixture.validate(settings).error_count == 0);
}
