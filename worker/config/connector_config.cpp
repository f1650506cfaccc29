#include "worker/config/connector_config.hpp"

#include "worker/config/key_rows.hpp"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>

namespace millrace::worker {

namespace {

using namespace rows;

constexpr std::array<std::string_view, 2> reloads{"none", "restart"};
constexpr std::array<std::string_view, 2> tolerances{"none", "all"};
constexpr std::array<std::string_view, 2> exactly_once{"requested", "required"};
constexpr std::array<std::string_view, 3> boundaries{"poll", "interval", "connector"};

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
    if (std::ranges::find(parts, "") != parts.end()) return "values must not be empty.";
    std::ranges::sort(parts);
    return std::ranges::adjacent_find(parts) == parts.end() ? "" : "values must not be duplicated.";
}

constexpr ConfigKey placed(ConfigKey key, std::string_view group, int order, Width width, std::string_view display) {
    key.group = group;
    key.order_in_group = order;
    key.width = width;
    key.display_name = display;
    return key;
}

constexpr auto common = std::to_array<ConfigKey>({
    placed(row("name", String, required, High, "Name of the connector, unique in the cluster.", connector_name),
           "Common", 1, Width::Medium, "Connector name"),
    placed(row("connector.class", String, required, High, "Class name or alias of the connector."), "Common", 2,
           Width::Long, "Connector class"),
    placed(row("connector.plugin.version", String, null, Medium,
               "Version of the connector: exact or a range; absent: the newest."),
           "Common", 3, Width::Medium, "Connector version"),
    placed(row("tasks.max", Int, "1", High, "Maximum number of tasks to use for this connector.", at_least<1>),
           "Common", 4, Width::Short, "Tasks max"),
    placed(row("tasks.max.enforce", Boolean, "true", Low, "Refuse more tasks than tasks.max instead of only warning."),
           "Common", 5, Width::Short, "Enforce tasks max"),
    placed(row("key.converter", Class, null, Low, "Converter of record keys; absent: the worker's."), "Common", 6,
           Width::Short, "Key converter class"),
    placed(row("key.converter.plugin.version", String, null, Low, "Version of the key converter."), "Common", 7,
           Width::Short, "Key converter version"),
    placed(row("value.converter", Class, null, Low, "Converter of record values; absent: the worker's."), "Common", 8,
           Width::Short, "Value converter class"),
    placed(row("value.converter.plugin.version", String, null, Low, "Version of the value converter."), "Common", 9,
           Width::Short, "Value converter version"),
    placed(row("header.converter", Class, null, Low, "Converter of record headers; absent: the worker's."), "Common",
           10, Width::Short, "Header converter class"),
    placed(row("header.converter.plugin.version", String, null, Low, "Version of the header converter."), "Common", 11,
           Width::Short, "Header converter version"),
    placed(row("transforms", List, "", Low, "Aliases of the transformations, in the order in which they are applied.",
               unique_aliases),
           "Transforms", 12, Width::Long, "Transforms"),
    placed(row("predicates", List, "", Low, "Aliases of the predicates that transformations may name.", unique_aliases),
           "Predicates", 13, Width::Long, "Predicates"),
    placed(row("config.action.reload", String, "restart", Low,
               "What to do when a config provider's value expires: none or restart.", one_of<reloads>),
           "Common", 14, Width::Medium, "Reload Action"),
    placed(row("errors.retry.timeout", Long, "0", Medium,
               "Time to go on trying a failed operation, in milliseconds; -1: for ever."),
           "Error Handling", 1, Width::Medium, "Retry Timeout for Errors"),
    placed(row("errors.retry.delay.max.ms", Long, "60000", Medium, "Longest wait between two tries, in milliseconds."),
           "Error Handling", 2, Width::Medium, "Maximum Delay Between Retries for Errors"),
    placed(row("errors.tolerance", String, "none", Medium, "none: a bad record fails the task; all: it is skipped.",
               one_of<tolerances>),
           "Error Handling", 3, Width::Short, "Error Tolerance"),
    placed(row("errors.log.enable", Boolean, "false", Medium, "Write a log line for every failed operation."),
           "Error Handling", 4, Width::Short, "Log Errors"),
    placed(row("errors.log.include.messages", Boolean, "false", Medium,
               "Put the record's topic, partition and time into that line."),
           "Error Handling", 5, Width::Short, "Log Error Details"),
});

constexpr auto source = std::to_array<ConfigKey>({
    placed(row("topic.creation.groups", List, "", Low,
               "Groups of topics to be created with topic.creation.<group>.* settings.", unique_aliases),
           "Topic Creation", 1, Width::Long, "Topic Creation Groups"),
    placed(row("exactly.once.support", String, "requested", Medium,
               "required: refuse the connector unless it supports exactly-once.", one_of_any_case<exactly_once>),
           "Exactly Once Support", 2, Width::Short, "Exactly once support"),
    placed(row("transaction.boundary", String, "poll", Medium,
               "When an exactly-once task commits: poll, interval or connector.", one_of_any_case<boundaries>),
           "Exactly Once Support", 3, Width::Short, "Transaction Boundary"),
    placed(row("transaction.boundary.interval.ms", Long, null, Low,
               "Time between two commits with boundary interval, in milliseconds.", at_least<0>),
           "Exactly Once Support", 4, Width::Short, "Transaction boundary interval"),
    placed(row("offsets.storage.topic", String, null, Low,
               "Topic for this connector's own offsets; absent: the worker's.", not_empty),
           "offsets.topic", 1, Width::Long, "Offsets topic"),
});

constexpr auto sink = std::to_array<ConfigKey>({
    placed(row("topics", List, "", High, "Topics to read, parted by commas.", topic_list), "Common", 4, Width::Long,
           "Topics"),
    placed(row("topics.regex", String, "", High, "Regular expression of the topics to read."), "Common", 4, Width::Long,
           "Topics regex"),
    placed(row("errors.deadletterqueue.topic.name", String, "", Medium, "Topic for records that failed; empty: none."),
           "Error Handling", 6, Width::Medium, "Dead Letter Queue Topic Name"),
    placed(row("errors.deadletterqueue.topic.replication.factor", Short, "3", Medium,
               "Replication factor of that topic when it is created."),
           "Error Handling", 7, Width::Medium, "Dead Letter Queue Topic Replication Factor"),
    placed(row("errors.deadletterqueue.context.headers.enable", Boolean, "false", Medium,
               "Add headers that tell why a record failed."),
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
