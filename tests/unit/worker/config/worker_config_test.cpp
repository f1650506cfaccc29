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
          "Invalid value old for configuration connect.protocol: Invalid Connect protocol compatibility",
          "for configuration listeners: Listener protocol must be either \"http\" or \"https\"."}) {
        CHECK_THAT(problems, Catch::Contains(part));
    }
    CHECK(std::ranges::count(problems, '\n') == 4);
}

TEST_CASE("a setting that will not do is refused with Kafka Connect's words") {
    constexpr std::string_view invalid = "Invalid value {} for configuration {}: {}";
    const auto [key, value, complaint] = GENERATE(table<std::string, std::string, std::string>({
        {"plugin.discovery", "x",
         "String must be one of (case insensitive): ONLY_SCAN, SERVICE_LOAD, HYBRID_WARN, HYBRID_FAIL"},
        {"connect.protocol", "x", "Invalid Connect protocol compatibility"},
        {"exactly.once.source.support", "x", "String must be one of (case insensitive): DISABLED, ENABLED, PREPARING"},
        {"metadata.recovery.strategy", "x", "String must be one of (case insensitive): REBOOTSTRAP, NONE"},
        {"security.protocol", "x",
         "String must be one of (case insensitive): SASL_SSL, PLAINTEXT, SSL, SASL_PLAINTEXT"},
        {"status.storage.replication.factor", "0",
         "Replication factor must be positive and not larger than the number of brokers in the Kafka cluster, or -1 to "
         "use the broker's default"},
        {"inter.worker.key.generation.algorithm", "x",
         "the algorithm is not supported; the supported algorithms are: [HmacMD5, HmacSHA1, HmacSHA224, HmacSHA256, "
         "HmacSHA384, HmacSHA512]"},
        {"sasl.login.refresh.window.factor", "0.4", "Value must be at least 0.5"},
        {"sasl.login.refresh.window.jitter", "0.26", "Value must be no more than 0.25"},
        {"sasl.login.refresh.min.period.seconds", "901", "Value must be no more than 900"},
        {"sasl.login.refresh.buffer.seconds", "-1", "Value must be at least 0"},
        {"sasl.oauthbearer.assertion.algorithm", "HS256", "String must be one of (case insensitive): ES256, RS256"},
        {"sasl.oauthbearer.assertion.claim.exp.seconds", "86401", "Value must be no more than 86400"},
    }));
    CHECK(problems_of(with({{key, value}})) == fmt::format(invalid, value, key, complaint));
}

TEST_CASE("lists hold no blanks, and some something") {
    const auto [key, value, message] = GENERATE(table<std::string, std::string, std::string>({
        {"bootstrap.servers", "",
         "Configuration 'bootstrap.servers' must not be empty. Valid values include: any non-empty value"},
        {"bootstrap.servers", "a:1,", "Configuration 'bootstrap.servers' values must not be empty."},
        {"bootstrap.servers", "a:1,a:1", ""},
        {"plugin.path", " ",
         "Configuration 'plugin.path' must not be empty. Valid values include: any non-empty value"},
        {"listeners", "",
         "Invalid value for listeners, at least one URL is expected, ex: "
         "http://localhost:8080,https://localhost:8443."},
        {"listeners", "http://:1,", "Empty URL found when parsing listeners list."},
        {"admin.listeners", "", ""},
        {"admin.listeners", "http://:1,", "Configuration 'admin.listeners' values must not be empty."},
        {"config.providers", ",", "Configuration 'config.providers' values must not be empty."},
        {"rest.extension.classes", "a,,b", "Configuration 'rest.extension.classes' values must not be empty."},
        {"ssl.enabled.protocols", "TLSv1.2,", "Configuration 'ssl.enabled.protocols' values must not be empty."},
        {"inter.worker.verification.algorithms", "",
         "Invalid value [] for configuration inter.worker.verification.algorithms: At least one signature verification "
         "algorithm must be provided"},
        {"inter.worker.verification.algorithms", "HmacSHA256,HmacSHA256", ""},
        {"inter.worker.verification.algorithms", "HmacSHA256,AES",
         "Invalid value AES for configuration inter.worker.verification.algorithms: the algorithm is not supported; "
         "the "
         "supported algorithms are: [HmacMD5, HmacSHA1, HmacSHA224, HmacSHA256, HmacSHA384, HmacSHA512]"},
    }));
    CHECK(problems_of(with({{key, value}})) == message);
}

TEST_CASE("settings that must agree are checked together") {
    CHECK(problems_of(with({{"inter.worker.key.size", "39"}})) ==
          "Unable to create key generator with algorithm HmacSHA256 and key size 39: Key length must be at least 40 "
          "bits");
    CHECK(problems_of(with({{"inter.worker.key.size", "40"}})) == "");
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
    CHECK(warnings_of({{"config.providers", "file"}}) ==
          std::vector<std::string>{"There is no config provider 'file': config.providers names it, but "
                                   "config.providers.file.class is not set. References to it stay as they are."});
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
}

TEST_CASE("a worker behind a proxy that ends TLS advertises https without an https listener") {
    const std::vector<Listener> plain{{.host = "a", .port = 1}, {.port = 2}};
    CHECK(advertised_address(plain, {.listener = "https"}, "x").url() == "https://a:1/");
    CHECK(advertised_address(plain, {.listener = "https", .port = 443}, "x").url() == "https://a:443/");
    CHECK(advertised_address(plain, {.listener = "https", .host = "proxy"}, "x").url() == "https://proxy:1/");
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
