#include "worker/config/worker_config.hpp"

#include "tests/pch.hpp"
#include "worker/config/override_policy.hpp"

using namespace millrace;
using namespace millrace::worker;
using namespace std::chrono_literals;

namespace {

Settings least() {
    return {{"bootstrap.servers", "localhost:9092"},
            {"group.id", "g"},
            {"key.converter", "K"},
            {"value.converter", "V"},
            {"config.storage.topic", "configs"},
            {"offset.storage.topic", "offsets"},
            {"status.storage.topic", "statuses"}};
}
Settings with(std::initializer_list<std::pair<std::string, std::string>> more) {
    auto settings = least();
    for (const auto& [key, value] : more) settings[key] = value;
    return settings;
}
std::string problems_of(Settings settings) {
    try {
        parse_worker_config(WorkerMode::Distributed, std::move(settings));
        return "";
    } catch (const ConfigException& e) {
        return e.what();
    }
}
std::vector<std::string> warnings_of(std::initializer_list<std::pair<std::string, std::string>> more) {
    return parse_worker_config(WorkerMode::Distributed, with(more)).warnings;
}

}

TEST_CASE("a worker's settings have Kafka Connect's defaults") {
    const auto [config, warnings] = parse_worker_config(WorkerMode::Distributed, least());
    CHECK(warnings.empty());
    CHECK(config.bootstrap_servers == std::vector<std::string>{"localhost:9092"});
    CHECK(config.header_converter == "org.apache.kafka.connect.storage.SimpleHeaderConverter");
    CHECK(config.session_timeout == 10s);
    CHECK(config.scheduled_rebalance_max_delay == 5min);
    CHECK(config.connect_protocol == ConnectProtocol::Sessioned);
    CHECK(config.config_topic.partitions == 1);
    CHECK(config.offset_topic.partitions == 25);
    CHECK(config.status_topic.partitions == 5);
    CHECK(config.status_topic.replication_factor == 3);
    CHECK(config.offset_flush_interval == 60s);
    CHECK(config.listeners == std::vector<Listener>{{.port = 8083}});
    CHECK(!config.plugin_path);
    CHECK(!config.session_key.size_bits);
    CHECK(config.log_format == LogOutput::Text);
}

TEST_CASE("all problems are told at once") {
    const auto problems = problems_of({{"bootstrap.servers", "a"},
                                       {"group.id", "g"},
                                       {"key.converter", "K"},
                                       {"config.storage.topic", "c"},
                                       {"offset.storage.topic", "o"},
                                       {"offset.storage.partitions", "0"},
                                       {"session.timeout.ms", "soon"},
                                       {"connect.protocol", "old"},
                                       {"listeners", "ftp://x:1"},
                                       {"status.storage.topic", "s"}});
    for (const auto* part :
         {"Missing required configuration \"value.converter\" which has no default value.",
          "Invalid value soon for configuration session.timeout.ms: Not a number of type INT",
          "Invalid value 0 for configuration offset.storage.partitions: Number of partitions",
          "Invalid value old for configuration connect.protocol: String must be one of (case insensitive): eager, "
          "compatible, sessioned",
          "for configuration listeners: Listener protocol must be either \"http\" or \"https\"."}) {
        CHECK_THAT(problems, Catch::Contains(part));
    }
    CHECK(std::ranges::count(problems, '\n') == 4);
}

TEST_CASE("settings that must agree are checked together") {
    CHECK_THAT(problems_of(with({{"inter.worker.signature.algorithm", "HmacSHA512"}})),
               Catch::Contains("must be present in inter.worker.verification.algorithms list"));
    CHECK(problems_of(with({{"inter.worker.signature.algorithm", "HmacSHA512"},
                            {"inter.worker.verification.algorithms", "HmacSHA256,HmacSHA512"}})) == "");
    CHECK_THAT(problems_of(with({{"rest.advertised.port", "70000"}})), Catch::Contains("between 1 and 65535"));
}

TEST_CASE("unknown settings are warned of with the nearest known name") {
    CHECK(warnings_of({{"offset.flush.intervall.ms", "1"}}) ==
          std::vector<std::string>{"Unknown setting 'offset.flush.intervall.ms' has no effect. Did you mean "
                                   "'offset.flush.interval.ms'?"});
    CHECK(warnings_of({{"producer.linger.ms", "1"},
                       {"key.converter.schemas.enable", "false"},
                       {"status.storage.min.insync.replicas", "2"},
                       {"config.providers.file.class", "F"},
                       {"listeners.https.ssl.keystore.location", "/k"},
                       {"auto.offset.reset", "latest"},
                       {"sasl.jaas.config", "x"}})
              .empty());
    CHECK_THAT(warnings_of({{"rest.port", "8083"}}).at(0), Catch::Contains("listeners"));
    CHECK(warnings_of({{"config.storage.partitions", "3"}}).size() == 1);
}

TEST_CASE("topic settings stand under their topic's prefix") {
    const auto config = parse_worker_config(WorkerMode::Distributed, with({{"offset.storage.segment.bytes", "1000"},
                                                                           {"offset.storage.cleanup.policy", "delete"},
                                                                           {"offset.storage.partitions", "-1"}}))
                            .config;
    CHECK(config.offset_topic.settings == Settings{{"segment.bytes", "1000"}});
    CHECK(config.offset_topic.partitions == -1);
}

TEST_CASE("standalone needs a file instead of a group") {
    Settings settings{{"bootstrap.servers", "a:1"}, {"key.converter", "K"}, {"value.converter", "V"}};
    CHECK_THROWS_WITH(parse_worker_config(WorkerMode::Standalone, settings),
                      "Missing required configuration \"offset.storage.file.filename\" which has no default value.");
    settings["offset.storage.file.filename"] = "/tmp/x";
    settings["security.protocol"] = "SSL";
    CHECK(parse_worker_config(WorkerMode::Standalone, settings).warnings.empty());
}

TEST_CASE("overrides win over the file") {
    const std::vector<std::string> overrides{"group.id=other", "listeners=http://a:1=2", "group.id= last"};
    const auto settings = with_overrides(least(), overrides);
    CHECK(settings.at("group.id") == " last");
    CHECK(settings.at("listeners") == "http://a:1=2");
    const std::vector<std::string> bad{"nothing"};
    CHECK_THROWS_WITH(with_overrides(least(), bad), Catch::Contains("key=value"));
}

TEST_CASE("listeners are read as users write them") {
    const auto [text, expected] = GENERATE(table<std::string, Listener>({
        {"http://:8083", {.port = 8083}},
        {"HTTPS://host:1", {.protocol = Listener::Protocol::Https, .host = "host", .port = 1}},
        {"http://[::1]:8083", {.host = "::1", .port = 8083}},
        {" http://0.0.0.0:0 ", {.host = "0.0.0.0", .port = 0}},
    }));
    CHECK(parse_listener(text) == expected);
    for (const auto* bad : {"http://host", "host:8083", "http://h:99999", "http://h:x", ""}) {
        CHECK_THROWS_WITH(parse_listener(bad), "Listener doesn't have the right format (protocol://hostname:port).");
    }
}

TEST_CASE("the advertised address follows Kafka Connect's rules") {
    const std::vector<Listener> both{{.protocol = Listener::Protocol::Https, .host = "s", .port = 2}, {.port = 1}};
    CHECK(advertised_address(both, {}, "10.0.0.9").url() == "http://10.0.0.9:1/");
    CHECK(advertised_address(both, {.listener = "https"}, "10.0.0.9").url() == "https://s:2/");
    CHECK(advertised_address(both, {.host = "h", .port = 7}, "x").worker_id() == "h:7");
    CHECK(advertised_address(std::span(both).first(1), {}, "x").url() == "https://s:2/");
    CHECK(advertised_address(both, {.host = "::1"}, "x").url() == "http://[::1]:1/");
    CHECK_THROWS_AS(advertised_address({}, {}, "x"), ConfigException);
}

TEST_CASE("override policies allow what they say") {
    const auto allows = [](const std::string& policy, std::string_view key) {
        return OverridePolicy::from(
                   parse_worker_config(WorkerMode::Distributed,
                                       with({{"connector.client.config.override.policy", policy},
                                             {"connector.client.config.override.allowlist", "linger.ms"}}))
                       .config.values)
            .allows(key);
    };
    CHECK(allows("All", "acks"));
    CHECK(!allows("None", "acks"));
    CHECK(allows("org.apache.kafka.connect.connector.policy.PrincipalConnectorClientConfigOverridePolicy",
                 "sasl.mechanism"));
    CHECK(!allows("Principal", "acks"));
    CHECK(allows("Allowlist", "linger.ms"));
    CHECK(!allows("Allowlist", "acks"));
    CHECK_THAT(problems_of(with({{"connector.client.config.override.policy", "Some"}})),
               Catch::Contains("All, None, Principal, Allowlist"));
}
