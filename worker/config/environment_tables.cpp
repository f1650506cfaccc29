#include "worker/config/environment_tables.hpp"

#include <algorithm>
#include <array>

namespace millrace::worker::environment {

namespace {

constexpr std::string_view json_converter = "org.apache.kafka.connect.json.JsonConverter";

constexpr auto shorts = std::to_array<ShortName>({
    {.variable = "BOOTSTRAP_SERVERS", .setting = "bootstrap.servers", .value = "0.0.0.0:9092"},
    {.variable = "GROUP_ID", .setting = "group.id", .value = "1"},
    {.variable = "CONFIG_STORAGE_TOPIC",
     .setting = "config.storage.topic",
     .problem = "The CONFIG_STORAGE_TOPIC variable must be set to the name of the topic where connector configurations "
                "will be stored."},
    {.variable = "OFFSET_STORAGE_TOPIC",
     .setting = "offset.storage.topic",
     .problem = "The OFFSET_STORAGE_TOPIC variable must be set to the name of the topic where connector offsets will "
                "be stored."},
    {.variable = "STATUS_STORAGE_TOPIC",
     .setting = "status.storage.topic",
     .warning = "STATUS_STORAGE_TOPIC is not set: the topic 'connect-status' will be used for connector statuses."},
    {.variable = "ADVERTISED_HOST_NAME", .setting = "rest.advertised.host.name"},
    {.variable = "ADVERTISED_PORT", .setting = "rest.advertised.port", .value = "8083"},
    {.variable = "KEY_CONVERTER", .setting = "key.converter", .value = json_converter},
    {.variable = "VALUE_CONVERTER", .setting = "value.converter", .value = json_converter},
    {.variable = "OFFSET_FLUSH_INTERVAL_MS", .setting = "offset.flush.interval.ms", .value = "60000"},
    {.variable = "OFFSET_FLUSH_TIMEOUT_MS", .setting = "offset.flush.timeout.ms", .value = "5000"},
    {.variable = "SHUTDOWN_TIMEOUT", .setting = "task.shutdown.graceful.timeout.ms", .value = "10000"},
});

constexpr auto sample = std::to_array<FileValue>({
    {"group.id", "connect-cluster"},
    {"key.converter", json_converter},
    {"value.converter", json_converter},
    {"key.converter.schemas.enable", "true"},
    {"value.converter.schemas.enable", "true"},
    {"config.storage.topic", "connect-configs"},
    {"config.storage.replication.factor", "1"},
    {"offset.storage.topic", "connect-offsets"},
    {"offset.storage.replication.factor", "1"},
    {"status.storage.topic", "connect-status"},
    {"status.storage.replication.factor", "1"},
});

constexpr std::array<std::string_view, 8> required{"CONNECT_BOOTSTRAP_SERVERS",    "CONNECT_GROUP_ID",
                                                   "CONNECT_CONFIG_STORAGE_TOPIC", "CONNECT_OFFSET_STORAGE_TOPIC",
                                                   "CONNECT_KEY_CONVERTER",        "CONNECT_STATUS_STORAGE_TOPIC",
                                                   "CONNECT_VALUE_CONVERTER",      "CONNECT_REST_ADVERTISED_HOST_NAME"};

constexpr std::string_view no_jvm = "there is no JVM";
constexpr std::string_view no_jmx = "there is no JMX: GET /metrics has the metrics";
constexpr std::string_view built_in = "what it adds is a Java library";
constexpr std::string_view internal_json = "internal topics always hold JSON without schemas";
constexpr std::string_view use_listeners = "set CONNECT_LISTENERS=http://<host>:<port>";
constexpr std::string_view waits = "the worker waits for Kafka as long as it takes";
constexpr std::string_view one_form = "log lines have one form; CONNECT_LOG_FORMAT=json makes them JSON";

constexpr auto without_effect = std::to_array<WithoutEffect>({
    {"HEAP_OPTS", no_jvm},
    {"KAFKA_HEAP_OPTS", no_jvm},
    {"KAFKA_JVM_PERFORMANCE_OPTS", no_jvm},
    {"KAFKA_GC_LOG_OPTS", no_jvm},
    {"KAFKA_LOG4J_OPTS", no_jvm},
    {"KAFKA_DEBUG", no_jvm},
    {"JAVA_OPTS", no_jvm},
    {"JAVA_TOOL_OPTIONS", no_jvm},
    {"CLASSPATH", no_jvm},
    {"EXTRA_ARGS", no_jvm},
    {"ENABLE_JFR", no_jvm, "false"},
    {"JFR_RECORDING_*", no_jvm},
    {"JFR_OPT_*", no_jvm},
    {"ENABLE_OTEL", built_in, "false"},
    {"ENABLE_CHRONICLE_QUEUE", built_in, "false"},
    {"ENABLE_DEBEZIUM_SCRIPTING", built_in, "false"},
    {"ENABLE_DEBEZIUM_KC_REST_EXTENSION", built_in, "false"},
    {"ENABLE_APICURIO_CONVERTERS", "converters that the worker knows need not be enabled", "false"},
    {"ENABLE_JOLOKIA", no_jmx, "false"},
    {"ENABLE_JMX_EXPORTER", no_jmx, "false"},
    {"JMXHOST", no_jmx},
    {"JMXPORT", no_jmx},
    {"JMXAUTH", no_jmx, "false"},
    {"JMXSSL", no_jmx, "false"},
    {"JMX_PORT", no_jmx},
    {"KAFKA_JMX_OPTS", no_jmx},
    {"KAFKA_JMX_HOSTNAME", no_jmx},
    {"KAFKA_JMX_PORT", no_jmx},
    {"REST_HOST_NAME", use_listeners},
    {"REST_PORT", use_listeners, "8083"},
    {"CONNECT_REST_HOST_NAME", use_listeners},
    {"CONNECT_REST_PORT", use_listeners, "8083"},
    {"INTERNAL_KEY_CONVERTER", internal_json, json_converter},
    {"INTERNAL_VALUE_CONVERTER", internal_json, json_converter},
    {"CONNECT_INTERNAL_KEY_CONVERTER", internal_json, json_converter},
    {"CONNECT_INTERNAL_VALUE_CONVERTER", internal_json, json_converter},
    {"CONNECT_INTERNAL_KEY_CONVERTER_SCHEMAS_ENABLE", internal_json, "false"},
    {"CONNECT_INTERNAL_VALUE_CONVERTER_SCHEMAS_ENABLE", internal_json, "false"},
    {"CONNECT_METRIC_REPORTERS", no_jmx},
    {"CONNECT_CUB_*", waits},
    {"CONNECT_LOG4J_APPENDER_*", one_form},
});

}

std::span<const ShortName> short_names() noexcept { return shorts; }
std::span<const FileValue> sample_file() noexcept { return sample; }
std::span<const std::string_view> required_variables() noexcept { return required; }

const WithoutEffect* find_without_effect(std::string_view variable) noexcept {
    const auto found = std::ranges::find_if(without_effect, [variable](const WithoutEffect& row) {
        return row.variable.ends_with('*') ? variable.starts_with(row.variable.substr(0, row.variable.size() - 1))
                                           : variable == row.variable;
    });
    return found == without_effect.end() ? nullptr : &*found;
}

std::string_view sensitive_variables() noexcept {
    return "CONNECT_SASL_JAAS_CONFIG,CONNECT_CONSUMER_SASL_JAAS_CONFIG,CONNECT_PRODUCER_SASL_JAAS_CONFIG,"
           "CONNECT_SSL_KEYSTORE_PASSWORD,CONNECT_PRODUCER_SSL_KEYSTORE_PASSWORD,CONNECT_SSL_TRUSTSTORE_PASSWORD,"
           "CONNECT_PRODUCER_SSL_TRUSTSTORE_PASSWORD,CONNECT_SSL_KEY_PASSWORD,CONNECT_PRODUCER_SSL_KEY_PASSWORD,"
           "CONNECT_CONSUMER_SSL_TRUSTSTORE_PASSWORD,CONNECT_CONSUMER_SSL_KEYSTORE_PASSWORD,"
           "CONNECT_CONSUMER_SSL_KEY_PASSWORD";
}

}
