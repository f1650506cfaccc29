#include "worker/config/environment.hpp"

#include "tests/pch.hpp"

#include <algorithm>

using namespace millrace;
using namespace millrace::worker;

namespace {

using Text = std::pair<const std::string, std::string>;
constexpr std::string_view json = "org.apache.kafka.connect.json.JsonConverter";

EnvironmentSettings read(EnvironmentStyle style, Environment variables) {
    return settings_from_environment({.style = style,
                                      .variables = std::move(variables),
                                      .own_address = "10.0.0.7",
                                      .read_file = [](const std::string& path) -> std::string {
                                          if (path == "/run/secret") return "s3cret phrase\n";
                                          throw ConfigException("The file " + path + " cannot be read");
                                      }});
}
EnvironmentSettings debezium(std::initializer_list<Text> more) {
    Environment variables{{"CONFIG_STORAGE_TOPIC", "c"}, {"OFFSET_STORAGE_TOPIC", "o"}, {"STATUS_STORAGE_TOPIC", "s"}};
    for (const auto& one : more) variables.insert_or_assign(one.first, one.second);
    return read(EnvironmentStyle::Debezium, std::move(variables));
}
Environment confluent_least() {
    return {{"CONNECT_BOOTSTRAP_SERVERS", "k:9092"}, {"CONNECT_GROUP_ID", "g"},
            {"CONNECT_CONFIG_STORAGE_TOPIC", "c"},   {"CONNECT_OFFSET_STORAGE_TOPIC", "o"},
            {"CONNECT_STATUS_STORAGE_TOPIC", "s"},   {"CONNECT_KEY_CONVERTER", "K"},
            {"CONNECT_VALUE_CONVERTER", "V"},        {"CONNECT_REST_ADVERTISED_HOST_NAME", "w1"}};
}
EnvironmentSettings confluent(std::initializer_list<Text> more) {
    auto variables = confluent_least();
    for (const auto& one : more) variables.insert_or_assign(one.first, one.second);
    return read(EnvironmentStyle::Confluent, std::move(variables));
}
std::string all(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) text += line + "\n";
    return text;
}
/// "" if there is no such setting.
std::string at(const EnvironmentSettings& read, const std::string& setting) {
    const auto found = read.settings.find(setting);
    return found == read.settings.end() ? "" : found->second;
}

}

TEST_CASE("the two images spell settings differently", "[environment]") {
    const auto [name, debezium_has, confluent_has] = GENERATE(table<std::string, std::string, std::string>({
        {"GROUP_ID", "group.id", "group.id"},
        {"producer_Max_Request_SIZE", "producer.max.request.size", "producer.max.request.size"},
        {"MY__UNDER___DASH", "my..under...dash", "my_under-dash"},
        {"A_B_C", "a.b.c", "a.b.c"},
        {"A____B", "a....b", "a-.b"},
        {"_A_", ".a.", ".a."},
    }));
    CHECK(setting_of_variable(EnvironmentStyle::Debezium, name) == debezium_has);
    CHECK(setting_of_variable(EnvironmentStyle::Confluent, name) == confluent_has);
}

TEST_CASE("a bare debezium/connect has that image's settings", "[environment]") {
    const auto given = debezium({});
    CHECK(given.problems.empty());
    CHECK(given.warnings.empty());
    CHECK(given.settings == Settings{{"bootstrap.servers", "0.0.0.0:9092"},
                                     {"group.id", "1"},
                                     {"config.storage.topic", "c"},
                                     {"offset.storage.topic", "o"},
                                     {"status.storage.topic", "s"},
                                     {"config.storage.replication.factor", "1"},
                                     {"offset.storage.replication.factor", "1"},
                                     {"status.storage.replication.factor", "1"},
                                     {"rest.advertised.host.name", "10.0.0.7"},
                                     {"rest.advertised.port", "8083"},
                                     {"key.converter", std::string(json)},
                                     {"value.converter", std::string(json)},
                                     {"key.converter.schemas.enable", "true"},
                                     {"value.converter.schemas.enable", "true"},
                                     {"offset.flush.interval.ms", "60000"},
                                     {"offset.flush.timeout.ms", "5000"},
                                     {"task.shutdown.graceful.timeout.ms", "10000"},
                                     {"plugin.path", "/kafka/connect"}});
}

TEST_CASE("short names of debezium/connect become settings", "[environment]") {
    const auto [variable, value, setting] = GENERATE(table<std::string, std::string, std::string>({
        {"BOOTSTRAP_SERVERS", "a:1,b:2", "bootstrap.servers"},
        {"GROUP_ID", "g 1", "group.id"},
        {"CONFIG_STORAGE_TOPIC", "x", "config.storage.topic"},
        {"OFFSET_STORAGE_TOPIC", "x", "offset.storage.topic"},
        {"STATUS_STORAGE_TOPIC", "x", "status.storage.topic"},
        {"HOST_NAME", "h", "rest.advertised.host.name"},
        {"ADVERTISED_HOST_NAME", "h", "rest.advertised.host.name"},
        {"ADVERTISED_PORT", "9", "rest.advertised.port"},
        {"KEY_CONVERTER", "K", "key.converter"},
        {"VALUE_CONVERTER", "V", "value.converter"},
        {"OFFSET_FLUSH_INTERVAL_MS", "7", "offset.flush.interval.ms"},
        {"OFFSET_FLUSH_TIMEOUT_MS", "7", "offset.flush.timeout.ms"},
        {"SHUTDOWN_TIMEOUT", "7", "task.shutdown.graceful.timeout.ms"},
        {"CONNECT_PRODUCER_LINGER_MS", "7", "producer.linger.ms"},
        {"connect_lower", "7", ""},
        {"CONNECT_Max_REQUEST_size", "7", "max.request.size"},
        {"CONNECT_X", " a&b @c\\ ", "x"},  // the shell's accidents with these are not repeated
        {"KAFKA_PORT_9092_TCP", "tcp://kafka:9092", ""},
    }));
    CHECK(at(debezium({{variable, value}}), setting) == (setting.empty() ? "" : value));
}

TEST_CASE("linked containers name the brokers, unless a variable does", "[environment]") {
    const Text one{"A_PORT_9092_TCP", "tcp://10.0.0.1:9092"}, two{"B_PORT_9092_TCP", "tcp://10.0.0.2:9092"};
    CHECK(at(debezium({one, two}), "bootstrap.servers") == "10.0.0.1:9092,10.0.0.2:9092");
    CHECK(at(debezium({one, {"BOOTSTRAP_SERVERS", "k:1"}}), "bootstrap.servers") == "k:1");
    const Text again{"A_1_PORT_9092_TCP", one.second};  // a link has several names
    CHECK(at(debezium({one, two, again}), "bootstrap.servers") == "10.0.0.1:9092,10.0.0.2:9092");
}

TEST_CASE("a short name wins over CONNECT_, and so does its default", "[environment]") {
    const auto both = debezium({{"GROUP_ID", "short"}, {"CONNECT_GROUP_ID", "long"}});
    CHECK(at(both, "group.id") == "short");
    const auto alone = debezium({{"CONNECT_GROUP_ID", "long"}});
    CHECK(at(alone, "group.id") == "1");
    CHECK_THAT(all(alone.warnings), Catch::Contains("CONNECT_GROUP_ID has no effect: group.id is 1"));
    CHECK(at(debezium({{"CONNECT_BOOTSTRAP_SERVERS", "k:1"}}), "bootstrap.servers") == "0.0.0.0:9092");

    const auto topics =
        read(EnvironmentStyle::Debezium,
             {{"CONFIG_STORAGE_TOPIC", "c"}, {"OFFSET_STORAGE_TOPIC", "o"}, {"CONNECT_STATUS_STORAGE_TOPIC", "t"}});
    CHECK(at(topics, "status.storage.topic") == "t");
    CHECK(topics.warnings.empty());
}

TEST_CASE("what debezium/connect does not start without is missed here too", "[environment]") {
    const auto bare = read(EnvironmentStyle::Debezium, {{"CONNECT_CONFIG_STORAGE_TOPIC", "c"}});
    CHECK_THAT(all(bare.problems), Catch::Contains("The CONFIG_STORAGE_TOPIC variable must be set") &&
                                       Catch::Contains("The OFFSET_STORAGE_TOPIC variable must be set"));
    CHECK_THAT(all(bare.warnings), Catch::Contains("STATUS_STORAGE_TOPIC is not set"));
    CHECK(at(bare, "status.storage.topic") == "connect-status");
}

TEST_CASE("a listener's own port is advertised", "[environment]") {
    CHECK(at(debezium({{"CONNECT_LISTENERS", "http://:9999"}}), "rest.advertised.port").empty());
    CHECK(at(debezium({{"CONNECT_LISTENERS", "http://:9999"}, {"ADVERTISED_PORT", "80"}}), "rest.advertised.port") ==
          "80");
}

TEST_CASE("an empty plugin path is none", "[environment]") {
    CHECK(at(debezium({{"CONNECT_PLUGIN_PATH", ""}}), "plugin.path") == "/kafka/connect");
    CHECK(at(debezium({{"CONNECT_PLUGIN_PATH", "/a,/b"}}), "plugin.path") == "/a,/b");
    CHECK(at(debezium({{"KAFKA_CONNECT_PLUGINS_DIR", "/c"}}), "plugin.path") == "/c");
}

TEST_CASE("the user's own file stands below the environment", "[environment]") {
    EnvironmentInput input{
        .style = EnvironmentStyle::Debezium,
        .variables = {{"CONFIG_STORAGE_TOPIC", "c"}, {"OFFSET_STORAGE_TOPIC", "o"}},
        .file = Settings{{"group.id", "file"}, {"topic.creation.enable", "false"}, {"plugin.path", "/theirs"}},
    };
    const auto given = settings_from_environment(input);
    CHECK(at(given, "group.id") == "1");
    CHECK(at(given, "topic.creation.enable") == "false");
    CHECK(at(given, "plugin.path") == "/theirs");
    CHECK(at(given, "config.storage.replication.factor").empty());
}

TEST_CASE("a registry of Apicurio sets both converters", "[environment]") {
    const auto given = debezium({{"APICURIO_REGISTRY", "http://r"},
                                 {"KEY_CONVERTER", "K"},
                                 {"CONNECT_KEY_CONVERTER_APICURIO_REGISTRY_URL", "http://mine"}});
    for (const std::string side : {"key", "value"}) {
        CHECK(at(given, side + ".converter") == "io.apicurio.registry.utils.converter.AvroConverter");
        CHECK(at(given, side + ".converter.apicurio.registry.url") == "http://r");
        CHECK(at(given, side + ".converter.apicurio.registry.auto.register") == "true");
        CHECK(at(given, side + ".converter.apicurio.registry.find.latest") == "true");
    }
}

TEST_CASE("cp-kafka-connect's settings are those in the environment", "[environment]") {
    const auto given = confluent({{"CONNECT_REST_PORT", "8083"}, {"CONNECT_LOG4J_ROOT_LOGLEVEL", "WARN"}});
    CHECK(given.problems.empty());
    CHECK(given.warnings.empty());
    CHECK(given.settings == Settings{{"bootstrap.servers", "k:9092"},
                                     {"group.id", "g"},
                                     {"config.storage.topic", "c"},
                                     {"offset.storage.topic", "o"},
                                     {"status.storage.topic", "s"},
                                     {"key.converter", "K"},
                                     {"value.converter", "V"},
                                     {"rest.advertised.host.name", "w1"},
                                     {"plugin.path", "/kafka/connect"}});
    CHECK(given.root_level == LogLevel::Warn);
}

TEST_CASE("each variable that cp-kafka-connect requires is required", "[environment]") {
    for (const auto& [variable, unused] : confluent_least()) {
        auto variables = confluent_least();
        variables.erase(variable);
        CHECK(all(read(EnvironmentStyle::Confluent, variables).problems) == variable + " is required.\n");
    }
    const auto avro = confluent({{"CONNECT_VALUE_CONVERTER", "io.confluent.connect.avro.AvroConverter"}});
    CHECK(all(avro.problems) == "CONNECT_VALUE_CONVERTER_SCHEMA_REGISTRY_URL is required.\n");
}

TEST_CASE("Mesos names host and port of a cp-kafka-connect", "[environment]") {
    auto variables = confluent_least();
    variables.erase("CONNECT_REST_ADVERTISED_HOST_NAME");
    variables.insert({{"HOST", "m1"}, {"PORT0", "31000"}});
    const auto given = read(EnvironmentStyle::Confluent, variables);
    CHECK(given.problems.empty());
    CHECK(at(given, "rest.advertised.host.name") == "m1");
    CHECK(at(given, "rest.advertised.port") == "31000");
}

TEST_CASE("a container is of the image whose variables it has", "[environment]") {
    using enum EnvironmentStyle;
    CHECK(environment_style({}) == Debezium);
    CHECK(environment_style({{"GROUP_ID", "1"}, {"CONNECT_BOOTSTRAP_SERVERS", "k"}}) == Debezium);
    CHECK(environment_style({{"CONNECT_PRODUCER_ACKS", "1"}}) == Debezium);
    CHECK(environment_style(confluent_least()) == Confluent);
    CHECK(environment_style({{"CONNECT_GROUP_ID_FILE", "/x"}}) == Confluent);
    CHECK(parse_environment_style("Confluent") == Confluent);
    CHECK(parse_environment_style("auto") == std::nullopt);
}

TEST_CASE("secrets come from files and are not shown", "[environment]") {
    const auto given = debezium({{"CONNECT_SASL_JAAS_CONFIG_FILE", "/run/secret"}, {"GROUP_ID_FILE", "/run/secret"}});
    CHECK(given.problems.empty());
    CHECK(at(given, "sasl.jaas.config") == "s3cret phrase");
    CHECK(at(given, "group.id") == "s3cret phrase");
    CHECK(at(given, "sasl.jaas.config.file").empty());
    CHECK_THAT(all(given.notes), Catch::Contains("sasl.jaas.config=[hidden]") && !Catch::Contains("s3cret"));
    CHECK(std::ranges::count(given.secrets, "s3cret phrase") >= 1);
}

TEST_CASE("a file of a secret must be there, and alone", "[environment]") {
    CHECK(all(debezium({{"CONNECT_X_FILE", "/no"}}).problems) == "CONNECT_X_FILE: The file /no cannot be read\n");
    CHECK(all(debezium({{"CONNECT_X_FILE", "/run/secret"}, {"CONNECT_X", "y"}}).problems) ==
          "CONNECT_X and CONNECT_X_FILE are both set: only one of them can be.\n");
}

TEST_CASE("a setting whose name ends in file is that setting", "[environment]") {
    const auto given = debezium({{"CONNECT_MILLRACE_REST_HTPASSWD_FILE", "/etc/users"}, {"SOME_FILE", "/no"}});
    CHECK(given.problems.empty());
    CHECK(at(given, "millrace.rest.htpasswd.file") == "/etc/users");
}

TEST_CASE("what is secret by its name or by SENSITIVE_PROPERTIES is hidden", "[environment]") {
    const auto usual = debezium({{"CONNECT_SASL_JAAS_CONFIG", "top secret"}, {"CONNECT_GREETING", "hello"}});
    CHECK_THAT(all(usual.notes),
               Catch::Contains("--- Setting property from CONNECT_SASL_JAAS_CONFIG: sasl.jaas.config=[hidden]") &&
                   Catch::Contains("greeting=hello"));
    CHECK(usual.secrets == std::vector<std::string>{"top secret"});
    const auto own = debezium({{"CONNECT_GREETING", "hello"}, {"SENSITIVE_PROPERTIES", "CONNECT_GREETING"}});
    CHECK_THAT(all(own.notes), Catch::Contains("greeting=[hidden]"));
    CHECK(own.secrets == std::vector<std::string>{"hello"});
}

TEST_CASE("names in SENSITIVE_PROPERTIES need no comma between them", "[environment]") {
    const auto names = GENERATE("CONNECT_GREETING CONNECT_OTHER", "CONNECT_OTHER;CONNECT_GREETING",
                                "a=CONNECT_GREETING", "CONNECT_GREETING_AND_MORE", "CONNECT_OTHER\nCONNECT_GREETING\n");
    const auto given = debezium({{"CONNECT_GREETING", "hello"}, {"GREETING", "x"}, {"SENSITIVE_PROPERTIES", names}});
    CHECK_THAT(all(given.notes), Catch::Contains("greeting=[hidden]"));
    CHECK(given.secrets == std::vector<std::string>{"hello"});
}

TEST_CASE("variables of the JVM and of what is gone are named", "[environment]") {
    const auto [variable, value, warned] = GENERATE(table<std::string, std::string, bool>({
        {"HEAP_OPTS", "-Xmx1g", true},
        {"KAFKA_HEAP_OPTS", "-Xmx1g", true},
        {"ENABLE_JOLOKIA", "true", true},
        {"ENABLE_JOLOKIA", "false", false},
        {"JMXPORT", "1976", true},
        {"REST_PORT", "8084", true},
        {"REST_PORT", "8083", false},
        {"CONNECT_REST_PORT", "8084", true},
        {"CONNECT_CUB_KAFKA_TIMEOUT", "60", true},
        {"CONNECT_LOG4J_APPENDER_STDOUT_LAYOUT_CONVERSIONPATTERN", "%m", true},
        {"JMXAUTH", "true", true},
        {"JFR_RECORDING_NAME", "r", true},
        {"ENABLE_DEBEZIUM_KC_REST_EXTENSION", "true", true},
        {"INTERNAL_KEY_CONVERTER", "J", true},
        {"CONNECT_INTERNAL_KEY_CONVERTER", "J", true},
        {"CONNECT_INTERNAL_KEY_CONVERTER", std::string(json), false},
        {"CONNECT_INTERNAL_VALUE_CONVERTER_SCHEMAS_ENABLE", "false", false},
        {"KAFKA_OPTS", "-Djava.security.auth.login.config=/x", false},  // it names REST's users
    }));
    const auto given = debezium({{variable, value}});
    CHECK((all(given.warnings) != "") == warned);
    if (warned) CHECK_THAT(all(given.warnings), Catch::StartsWith(variable + " has no effect: "));
    CHECK(given.settings == debezium({}).settings);
}

TEST_CASE("levels of loggers come from the environment", "[environment]") {
    using enum LogLevel;
    using Levels = std::map<std::string, LogLevel>;
    CHECK(debezium({{"LOG_LEVEL", "debug"}}).root_level == Debug);
    CHECK(debezium({{"CONNECT_LOG4J_LOGGERS", "TRACE, stdout, appender"}}).root_level == Trace);
    CHECK(debezium({{"CONNECT_LOG4J_LOGGER_IO_DEBEZIUM", "WARN, stdout"}}).levels == Levels{{"io.debezium", Warn}});
    const auto listed = confluent({{"CONNECT_LOG4J_LOGGERS", "org.x=ERROR, io.Y = DEBUG,root=WARN"}});
    CHECK(listed.levels == Levels{{"org.x", Error}, {"io.Y", Debug}});
    CHECK(listed.root_level == Warn);
    CHECK(debezium({}).root_level == std::nullopt);
    const auto wrong = debezium({{"LOG_LEVEL", "loud"}});
    CHECK_THAT(all(wrong.warnings), Catch::Contains("LOG_LEVEL: 'loud' is no level"));
}
