/// The parts of a worker that need no broker: connectors, choices and rules.
#include "worker/runtime/worker.hpp"

#include "connectors/converters/plugin.hpp"
#include "tests/pch.hpp"
#include "tests/unit/worker/runtime/fakes.hpp"
#include "worker/plugins/registry.hpp"
#include "worker/runtime/converters.hpp"
#include "worker/runtime/topic_creation.hpp"

#include <future>

using namespace millrace;
using namespace millrace::worker;
using namespace millrace::worker::test;

namespace {

struct Fixture {
    ParsedWorkerConfig parsed = parse_worker_config(WorkerMode::Distributed, worker_settings("127.0.0.1:1"));
    PluginRegistry plugins;
    MemoryOffsetStore offsets;
    RememberingListener listener;
    std::unique_ptr<Worker> worker;

    Fixture() {
        plugins.add(test::manifest());
        plugins.add(converters::manifest());
        worker = std::make_unique<Worker>(WorkerDependencies{
            .config = parsed.config, .plugins = plugins, .offsets = offsets, .listener = listener, .logger = {}});
    }
    template <class F>
    std::exception_ptr wait(F call) {
        const auto done = std::make_shared<std::promise<std::exception_ptr>>();
        call([done](std::exception_ptr e) { done->set_value(std::move(e)); });
        return done->get_future().get();
    }
    std::exception_ptr start(const Settings& settings, TargetState target = TargetState::Started) {
        return wait(
            [&](Done done) { worker->start_connector(settings.at("name"), settings, target, std::move(done)); });
    }
    std::exception_ptr set(const std::string& name, TargetState target) {
        return wait([&](Done done) { worker->set_connector_state(name, target, std::move(done)); });
    }
    std::exception_ptr stop(const std::string& name, StopManner manner = StopManner::Gracefully) {
        return wait([&](Done done) { worker->stop_connector(name, std::move(done), manner); });
    }
    std::pair<std::exception_ptr, std::vector<Settings>> task_configs(const std::string& name) {
        const auto done = std::make_shared<std::promise<std::pair<std::exception_ptr, std::vector<Settings>>>>();
        worker->task_configs(name, [done](std::exception_ptr e, std::vector<Settings> configs) {
            done->set_value({std::move(e), std::move(configs)});
        });
        return done->get_future().get();
    }
};

}

TEST_CASE("a connector is started, paused, resumed and stopped") {
    Fixture f;
    CHECK(!f.start(counting_connector("c", "t", 1)));
    CHECK(f.worker->has_connector("c"));
    CHECK(!f.set("c", TargetState::Paused));
    CHECK(!f.set("c", TargetState::Started));
    CHECK(!f.set("c", TargetState::Stopped));
    CHECK(!f.stop("c"));
    CHECK(f.listener.states("c") ==
          std::vector{State::Running, State::Paused, State::Running, State::Stopped, State::Unassigned});
    CHECK(!f.worker->has_connector("c"));
    CHECK(!f.stop("c"));  // is not here: nothing to do
}

TEST_CASE("a connector that others may run already is stopped without a word") {
    Fixture f;
    CHECK(!f.start(counting_connector("c", "t", 1)));
    CHECK(!f.stop("c", StopManner::AtOnce));
    CHECK(!f.worker->has_connector("c"));
    CHECK(f.listener.states("c") == std::vector{State::Running});
}

TEST_CASE("a connector that starts paused does not run its plugin") {
    Fixture f;
    auto settings = counting_connector("c", "t", 1);
    settings["fail.start"] = "true";
    CHECK(!f.start(settings, TargetState::Paused));
    CHECK(f.set("c", TargetState::Started));
    CHECK(f.listener.states("c") == std::vector{State::Paused, State::Failed});
    CHECK_THAT(f.listener.trace("c"),
               Catch::StartsWith("org.apache.kafka.connect.errors.ConnectException: this connector"));
    CHECK(f.set("c", TargetState::Paused));  // a failed one can only be stopped
    CHECK(!f.set("c", TargetState::Stopped));
    CHECK(f.listener.states("c").back() == State::Stopped);
}

TEST_CASE("a class that is not there fails the connector") {
    Fixture f;
    auto settings = counting_connector("c", "t", 1);
    settings["connector.class"] = "Nope";
    CHECK(f.start(settings));
    CHECK_THAT(f.listener.trace("c"),
               Catch::StartsWith("org.apache.kafka.common.config.ConfigException: Failed to find"));
    CHECK(f.worker->connector_type(settings) == "unknown");
    CHECK(f.worker->connector_type(counting_connector("c", "t", 1)) == "source");
}

TEST_CASE("task configurations have their class, and at most tasks.max are allowed") {
    Fixture f;
    auto settings = counting_connector("c", "t", 1);
    settings["secret"] = "${env:X}";
    CHECK(!f.start(settings));
    const auto [error, configs] = f.task_configs("c");
    CHECK(!error);
    REQUIRE(configs.size() == 1);
    CHECK(configs[0].at("task.class") == "test.CountingTask");
    CHECK(configs[0].at("secret") == "${env:X}");

    auto many = counting_connector("many", "t", 1);
    many["tasks"] = "3";
    CHECK(!f.start(many));
    CHECK(f.task_configs("many").first);
    CHECK_THAT(
        f.listener.trace("many"),
        Catch::StartsWith("org.apache.kafka.connect.runtime.TooManyTasksException: The connector many has generated "
                          "3 tasks, which is greater than 1, the maximum"));
    f.worker->start_task({"many", 2}, many, many, TargetState::Started);
    REQUIRE(f.listener.eventually("many-2", State::Failed));
    CHECK_THAT(f.listener.trace("many-2"),
               Catch::Contains("TooManyTasksException: The connector many has generated 3"));
    many["name"] = "lenient";
    many["tasks.max.enforce"] = "false";
    CHECK(!f.start(many));
    CHECK(f.task_configs("lenient").second.size() == 3);
    CHECK(f.task_configs("nobody").first);
}

TEST_CASE("a connector that hangs is left behind and disturbs nobody") {
    Fixture f;
    auto hanging = counting_connector("hanging", "t", 1);
    hanging["hang"] = "true";
    f.worker->start_connector("hanging", hanging, TargetState::Started, [](const std::exception_ptr&) {});
    CHECK(!f.start(counting_connector("other", "t", 1)));
    CHECK(f.listener.states("other") == std::vector{State::Running});
    CHECK(!f.stop("hanging"));
    CHECK(f.listener.states("hanging") == std::vector{State::Unassigned});
    CHECK(!f.worker->has_connector("hanging"));
    CHECK(!f.start(counting_connector("hanging", "t", 1)));  // a new one may come in its place
    release_hanging_connectors();
    CHECK(!f.set("hanging", TargetState::Paused));
    CHECK(f.listener.states("hanging") == std::vector{State::Unassigned, State::Running, State::Paused});
}

TEST_CASE("validation is the connector's own") {
    Fixture f;
    const auto done = std::make_shared<std::promise<std::vector<ConfigValue>>>();
    f.worker->validate(
        "CountingConnector", {{"count", "many"}},
        [done](std::exception_ptr, std::vector<ConfigValue> values) { done->set_value(std::move(values)); });
    const auto values = done->get_future().get();
    REQUIRE(values.size() == 2);
    CHECK(values[0].errors.size() == 1);
    CHECK(values[1].errors ==
          std::vector<std::string>{"Invalid value many for configuration count: Not a number of type LONG"});
}

TEST_CASE("a task that cannot be made is FAILED") {
    Fixture f;
    auto settings = counting_connector("c", "t", 1);
    settings["transforms"] = "x";
    settings["transforms.x.type"] = "no.such.Class";
    f.worker->start_task({"c", 0}, settings, settings, TargetState::Started);
    REQUIRE(f.listener.eventually("c-0", State::Failed));
    CHECK(f.listener.trace("c-0") ==
          "org.apache.kafka.connect.errors.ConnectException: org.apache.kafka.common.config.ConfigException: "
          "Class no.such.Class could not be found.\n"
          "Caused by: org.apache.kafka.common.config.ConfigException: Class no.such.Class could not be found.");
    CHECK_THROWS_AS(f.worker->start_task({"c", 0}, settings, settings, TargetState::Started), ConnectException);
}

TEST_CASE("a converter's settings go with its class") {
    auto settings = worker_settings("b:1");
    settings["value.converter.schemas.enable"] = "true";
    const auto config = parse_worker_config(WorkerMode::Distributed, settings).config;
    const auto of_worker = choose_converter({{"value.converter.schemas.enable", "false"}}, config, "value.converter");
    CHECK(!of_worker.from_connector);
    CHECK(of_worker.settings == Settings{{"schemas.enable", "true"}});
    const auto own =
        choose_converter({{"value.converter", "J"}, {"value.converter.x", "1"}}, config, "value.converter");
    CHECK(own.from_connector);
    CHECK(own.class_name == "J");
    CHECK(own.settings == Settings{{"x", "1"}});
}

TEST_CASE("the first group that fits makes a topic") {
    CHECK(!TopicCreationRules::parse({{"name", "x"}}));
    const auto rules = TopicCreationRules::parse({{"topic.creation.groups", "big,small"},
                                                  {"topic.creation.default.partitions", "1"},
                                                  {"topic.creation.default.replication.factor", "-1"},
                                                  {"topic.creation.big.include", "shop\\..*, all"},
                                                  {"topic.creation.big.exclude", ".*\\.tiny"},
                                                  {"topic.creation.big.partitions", "9"},
                                                  {"topic.creation.big.cleanup.policy", "compact"},
                                                  {"topic.creation.small.include", ".*tiny.*"},
                                                  {"topic.creation.small.replication.factor", "2"}});
    CHECK(rules->topic("shop.orders").partitions == 9);
    CHECK(rules->topic("shop.orders").settings == Settings{{"cleanup.policy", "compact"}});
    CHECK(rules->topic("shop.tiny").partitions == 1);
    CHECK(rules->topic("shop.tiny").replication_factor == 2);
    CHECK(rules->topic("workshop.orders").partitions == 1);
    CHECK_THROWS_WITH(TopicCreationRules::parse({{"topic.creation.default.partitions", "1"}}),
                      Catch::Contains("topic.creation.default.replication.factor"));
    CHECK_THROWS_WITH(TopicCreationRules::parse({{"topic.creation.default.partitions", "0"}}),
                      Catch::Contains("Invalid value 0"));
}
