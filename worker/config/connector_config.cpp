#include "worker/config/connector_config.hpp"

#include "connectors/support/regex.hpp"
#include "connectors/support/text.hpp"
#include "worker/config/key_rows.hpp"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>

namespace millrace::worker {

namespace {

using namespace rows;

constexpr std::array<std::string_view, 2> reloads{"none", "restart"};
constexpr std::array<std::string_view, 2> tolerances{"none", "all"};
constexpr std::array<std::string_view, 2> exactly_once{"REQUIRED", "REQUESTED"};
constexpr std::array<std::string_view, 3> boundaries{"INTERVAL", "POLL", "CONNECTOR"};

std::string connector_name(std::string_view value) {
    if (value.empty()) return "String may not be empty";
    std::string found;
    for (std::size_t i = 0; i < value.size(); ++i) {
        auto code = static_cast<unsigned char>(value[i]);
        // U+0080 to U+009F are C2 80 to C2 9F in UTF-8.
        const bool high = code == 0xC2 && i + 1 < value.size() && static_cast<unsigned char>(value[i + 1]) < 0xA0;
        if (high) code = static_cast<unsigned char>(value[++i]);
        if (high || code < 0x20 || code == 0x7F) found += fmt::format("{}{}", found.empty() ? "" : ", ", code);
    }
    return found.empty() ? "" : "String may not contain control sequences but had the following ASCII chars: " + found;
}
std::string unique_aliases(std::string_view value) {
    auto parts = split_list(value);
    std::ranges::sort(parts);
    return std::ranges::adjacent_find(parts) == parts.end() ? "" : "Duplicate alias provided.";
}
std::string topic_list(std::string_view value) {
    auto parts = split_list(value);
    std::ranges::sort(parts);
    if (std::ranges::adjacent_find(parts) != parts.end()) return "values must not be duplicated.";
    return !parts.empty() && parts.front().empty() ? "values must not be empty." : "";
}

std::string topic_pattern(std::string_view value) { return value.empty() ? "" : regex_complaint(value); }

constexpr ConfigKey without_null(ConfigKey key, std::string_view complaint) {
    key.null_complaint = complaint;
    return key;
}
constexpr ConfigKey placed(ConfigKey key, std::string_view group, int order, Width width, std::string_view display) {
    key.group = group;
    key.order_in_group = order;
    key.width = width;
    key.display_name = display;
    return key;
}

constexpr auto common = std::to_array<ConfigKey>({
    placed(row("name", String, required, High, "Globally unique name to use for this connector.", connector_name),
           "Common", 1, Width::Medium, "Connector name"),
    placed(row("connector.class", String, required, High,
               "Name or alias of the class for this connector. Must be a subclass of "
               "org.apache.kafka.connect.connector.Connector. If the connector is "
               "org.apache.kafka.connect.file.FileStreamSinkConnector, you can either specify this full name,  or use "
               "\"FileStreamSink\" or \"FileStreamSinkConnector\" to make the configuration a bit shorter"),
           "Common", 2, Width::Long, "Connector class"),
    placed(row("connector.plugin.version", String, null, Medium, "Version of the connector."), "Common", 3,
           Width::Medium, "Connector version"),
    without_null(
        placed(row("tasks.max", Int, "1", High, "Maximum number of tasks to use for this connector.", at_least<1>),
               "Common", 4, Width::Short, "Tasks max"),
        "Value must be non-null"),
    placed(row("tasks.max.enforce", Boolean, "true", Low,
               "(Deprecated) Whether to enforce that the tasks.max property is respected by the connector. By default, "
               "connectors that generate too many tasks will fail, and existing sets of tasks that exceed the "
               "tasks.max property will also be failed. If this property is set to false, then connectors will be "
               "allowed to generate more than the maximum number of tasks, and existing sets of tasks that exceed the "
               "tasks.max property will be allowed to run. This property is deprecated and will be removed in an "
               "upcoming major release."),
           "Common", 5, Width::Short, "Enforce tasks max"),
    placed(row("key.converter", Class, null, Low,
               "Converter class used to convert between Kafka Connect format and the serialized form that is written "
               "to Kafka. This controls the format of the keys in messages written to or read from Kafka, and since "
               "this is independent of connectors it allows any connector to work with any serialization format. "
               "Examples of common formats include JSON and Avro."),
           "Common", 6, Width::Short, "Key converter class"),
    placed(row("key.converter.plugin.version", String, null, Low, "Version of the key converter."), "Common", 7,
           Width::Short, "Key converter version"),
    placed(row("value.converter", Class, null, Low,
               "Converter class used to convert between Kafka Connect format and the serialized form that is written "
               "to Kafka. This controls the format of the values in messages written to or read from Kafka, and since "
               "this is independent of connectors it allows any connector to work with any serialization format. "
               "Examples of common formats include JSON and Avro."),
           "Common", 8, Width::Short, "Value converter class"),
    placed(row("value.converter.plugin.version", String, null, Low, "Version of the value converter."), "Common", 9,
           Width::Short, "Value converter version"),
    placed(
        row("header.converter", Class, null, Low,
            "HeaderConverter class used to convert between Kafka Connect format and the serialized form that is "
            "written to Kafka. This controls the format of the header values in messages written to or read from "
            "Kafka, and since this is independent of connectors it allows any connector to work with any serialization "
            "format. Examples of common formats include JSON and Avro. By default, the SimpleHeaderConverter is used "
            "to serialize header values to strings and deserialize them by inferring the schemas."),
        "Common", 10, Width::Short, "Header converter class"),
    placed(row("header.converter.plugin.version", String, null, Low, "Version of the header converter."), "Common", 11,
           Width::Short, "Header converter version"),
    without_null(placed(row("transforms", List, "", Low, "Aliases for the transformations to be applied to records.",
                            unique_aliases),
                        "Transforms", 12, Width::Long, "Transforms"),
                 "entry must be non null"),
    without_null(
        placed(row("predicates", List, "", Low, "Aliases for the predicates used by transformations.", unique_aliases),
               "Predicates", 13, Width::Long, "Predicates"),
        "entry must be non null"),
    without_null(
        placed(
            row("config.action.reload", String, "restart", Low,
                "The action that Connect should take on the connector when changes in external configuration providers "
                "result in a change in the connector's configuration properties. A value of 'none' indicates that "
                "Connect "
                "will do nothing. A value of 'restart' indicates that Connect should restart/reload the connector with "
                "the "
                "updated configuration properties.The restart may actually be scheduled in the future if the external "
                "configuration provider indicates that a configuration value will expire in the future.",
                one_of<reloads>),
            "Common", 14, Width::Medium, "Reload Action"),
        "String must be one of: none, restart"),
    placed(row("errors.retry.timeout", Long, "0", Medium,
               "The maximum duration in milliseconds that a failed operation will be reattempted. The default is 0, "
               "which means no retries will be attempted. Use -1 for infinite retries."),
           "Error Handling", 1, Width::Medium, "Retry Timeout for Errors"),
    placed(row("errors.retry.delay.max.ms", Long, "60000", Medium,
               "The maximum duration in milliseconds between consecutive retry attempts. Jitter will be added to the "
               "delay once this limit is reached to prevent thundering herd issues."),
           "Error Handling", 2, Width::Medium, "Maximum Delay Between Retries for Errors"),
    without_null(
        placed(
            row("errors.tolerance", String, "none", Medium,
                "Behavior for tolerating errors during connector operation. 'none' is the default value and signals "
                "that any error will result in an immediate connector task failure; 'all' changes the behavior to skip "
                "over problematic records.",
                one_of<tolerances>),
            "Error Handling", 3, Width::Short, "Error Tolerance"),
        "String must be one of: none, all"),
    placed(
        row("errors.log.enable", Boolean, "false", Medium,
            "If true, write each error and the details of the failed operation and problematic record to the Connect "
            "application log. This is 'false' by default, so that only errors that are not tolerated are reported."),
        "Error Handling", 4, Width::Short, "Log Errors"),
    placed(row("errors.log.include.messages", Boolean, "false", Medium,
               "Whether to include in the log the Connect record that resulted in a failure. For sink records, the "
               "topic, partition, offset, and timestamp will be logged. For source records, the key and value (and "
               "their schemas), all headers, and the timestamp, Kafka topic, Kafka partition, source partition, and "
               "source offset will be logged. This is 'false' by default, which will prevent record keys, values, and "
               "headers from being written to log files."),
           "Error Handling", 5, Width::Short, "Log Error Details"),
});

constexpr auto source = std::to_array<ConfigKey>({
    without_null(placed(row("topic.creation.groups", List, "", Low,
                            "Groups of configurations for topics created by source connectors", unique_aliases),
                        "Topic Creation", 1, Width::Long, "Topic Creation Groups"),
                 "entry must be non null"),
    without_null(
        placed(row("exactly.once.support", String, "requested", Medium,
                   "Permitted values are requested, required. If set to \"required\", forces a preflight check for the "
                   "connector to ensure that it can provide exactly-once semantics with the given configuration. Some "
                   "connectors may be capable of providing exactly-once semantics but not signal to Connect that they "
                   "support "
                   "this; in that case, documentation for the connector should be consulted carefully before creating "
                   "it, and "
                   "the value for this property should be set to \"requested\". Additionally, if the value is set to "
                   "\"required\" but the worker that performs preflight validation does not have exactly-once support "
                   "enabled "
                   "for source connectors, requests to create or validate the connector will fail.",
                   one_of_any_case<exactly_once>),
               "Exactly Once Support", 2, Width::Short, "Exactly once support"),
        "String must be one of (case insensitive): REQUIRED, REQUESTED"),
    without_null(
        placed(
            row("transaction.boundary", String, "poll", Medium,
                "Permitted values are: poll, interval, connector. If set to 'poll', a new producer transaction will be "
                "started and committed for every batch of records that each task from this connector provides to "
                "Connect. If set to 'connector', relies on connector-defined transaction boundaries; note that not all "
                "connectors are capable of defining their own transaction boundaries, and in that case, attempts to "
                "instantiate a connector with this value will fail. Finally, if set to 'interval', commits "
                "transactions "
                "only after a user-defined time interval has passed.",
                one_of_any_case<boundaries>),
            "Exactly Once Support", 3, Width::Short, "Transaction Boundary"),
        "String must be one of (case insensitive): INTERVAL, POLL, CONNECTOR"),
    placed(
        row("transaction.boundary.interval.ms", Long, null, Low,
            "If 'transaction.boundary' is set to 'interval', determines the interval for producer transaction commits "
            "by connector tasks. If unset, defaults to the value of the worker-level 'offset.flush.interval.ms' "
            "property. It has no effect if a different transaction.boundary is specified.",
            at_least<0>),
        "Exactly Once Support", 4, Width::Short, "Transaction boundary interval"),
    placed(row("offsets.storage.topic", String, null, Low,
               "The name of a separate offsets topic to use for this connector. If empty or not specified, the "
               "worker’s global offsets topic name will be used. If specified, the offsets topic will be created if it "
               "does not already exist on the Kafka cluster targeted by this connector (which may be different from "
               "the one used for the worker's global offsets topic if the bootstrap.servers property of the "
               "connector's producer has been overridden from the worker's). Only applicable in distributed mode; in "
               "standalone mode, setting this property will have no effect.",
               not_empty),
           "offsets.topic", 1, Width::Long, "Offsets topic"),
});

constexpr auto sink = std::to_array<ConfigKey>({
    without_null(placed(row("topics", List, "", High, "List of topics to consume, separated by commas", topic_list),
                        "Common", 4, Width::Long, "Topics"),
                 "values must not be null."),
    without_null(
        placed(row("topics.regex", String, "", High,
                   "Regular expression giving topics to consume. Under the hood, the regex is compiled to a "
                   "<code>java.util.regex.Pattern</code>. Only one of topics or topics.regex should be specified.",
                   topic_pattern),
               "Common", 4, Width::Long, "Topics regex"),
        "Invalid regex: Cannot invoke \"String.isEmpty()\" because \"this.pattern\" is null"),
    placed(row("errors.deadletterqueue.topic.name", String, "", Medium,
               "The name of the topic to be used as the dead letter queue (DLQ) for messages that result in an error "
               "when processed by this sink connector, or its transformations or converters. The topic name is blank "
               "by default, which means that no messages are to be recorded in the DLQ."),
           "Error Handling", 6, Width::Medium, "Dead Letter Queue Topic Name"),
    placed(row("errors.deadletterqueue.topic.replication.factor", Short, "3", Medium,
               "Replication factor used to create the dead letter queue topic when it doesn't already exist."),
           "Error Handling", 7, Width::Medium, "Dead Letter Queue Topic Replication Factor"),
    placed(row("errors.deadletterqueue.context.headers.enable", Boolean, "false", Medium,
               "If true, add headers containing error context to the messages written to the dead letter queue. To "
               "avoid clashing with headers from the original record, all error context header keys, all error context "
               "header keys will start with <code>__connect.errors.</code>"),
           "Error Handling", 8, Width::Medium, "Enable Error Context Headers"),
});

}

std::span<const ConfigKey> common_connector_keys() noexcept { return common; }
std::span<const ConfigKey> source_connector_keys() noexcept { return source; }
std::span<const ConfigKey> sink_connector_keys() noexcept { return sink; }

ErrorHandling error_handling(const Settings& connector) {
    const Config values(common, connector);
    return {.retry_timeout = std::chrono::milliseconds(values.get_long("errors.retry.timeout")),
            .retry_delay_max = std::chrono::milliseconds(values.get_long("errors.retry.delay.max.ms")),
            .tolerance = values.get_string("errors.tolerance") == "all" ? Tolerance::All : Tolerance::None,
            .log_enable = values.get_boolean("errors.log.enable"),
            .log_include_messages = values.get_boolean("errors.log.include.messages")};
}

ConnectorBasics connector_basics(const Settings& connector) {
    const Config values(common, connector);
    return {.name = values.get_string("name"),
            .connector_class = values.get_string("connector.class"),
            .tasks_max = values.get_int("tasks.max"),
            .tasks_max_enforce = values.get_boolean("tasks.max.enforce")};
}

SourceDelivery source_delivery(const Settings& connector) {
    const Config values(source, connector);
    const auto given = [&](const char* key) {
        const auto found = connector.find(key);
        return found != connector.end() && !trim(found->second).empty();
    };
    SourceDelivery delivery;
    const auto boundary = lower_case(values.get_string("transaction.boundary"));
    if (boundary == "interval") delivery.boundary = TransactionBoundary::Interval;
    if (boundary == "connector") delivery.boundary = TransactionBoundary::Connector;
    if (given("transaction.boundary.interval.ms")) {
        delivery.interval = std::chrono::milliseconds(values.get_long("transaction.boundary.interval.ms"));
    }
    if (given("offsets.storage.topic")) delivery.offsets_topic = values.get_string("offsets.storage.topic");
    return delivery;
}

std::string too_many_tasks(const ConnectorBasics& connector, std::size_t tasks) {
    if (tasks <= static_cast<std::size_t>(connector.tasks_max)) return "";
    return fmt::format(
        "The connector {} has generated {} tasks, which is greater than {}, the maximum number of tasks it is "
        "configured to create. This behaviour should be considered a bug and {}",
        connector.name, tasks, connector.tasks_max,
        connector.tasks_max_enforce
            ? "is disallowed. If necessary, it can be permitted by reconfiguring the connector with "
              "'tasks.max.enforce' set to false; however, this option will be removed in a future release of Kafka "
              "Connect."
            : "will be disallowed in future releases of Kafka Connect.");
}

}
