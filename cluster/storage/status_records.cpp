#include "cluster/storage/status_records.hpp"

#include "cluster/storage/json_members.hpp"

#include <charconv>

namespace millrace::cluster {
namespace {

constexpr std::string_view connector_prefix = "status-connector-";
constexpr std::string_view task_prefix = "status-task-";
constexpr std::string_view topic_prefix = "status-topic-";
constexpr std::string_view topic_separator = ":connector-";

StatusKey task_status_of(std::string_view rest) {
    const auto dash = rest.rfind('-');
    if (dash == std::string_view::npos) return {};
    const auto number = rest.substr(dash + 1);
    int task = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), task);
    if (error != std::errc{} || end != number.data() + number.size()) return {};
    return TaskStatusKey{{std::string(rest.substr(0, dash)), task}};
}

StatusKey topic_status_of(std::string_view rest) {
    const auto colon = rest.find(':');
    if (colon == std::string_view::npos || !rest.substr(colon).starts_with(topic_separator)) return {};
    return TopicStatusKey{std::string(rest.substr(0, colon)), std::string(rest.substr(colon + topic_separator.size()))};
}

}

std::string connector_status_key(std::string_view connector) { return std::string(connector_prefix) += connector; }
std::string task_status_key(const worker::TaskId& task) { return std::string(task_prefix) += to_string(task); }
std::string topic_status_key(std::string_view topic, std::string_view connector) {
    return ((std::string(topic_prefix) += topic) += topic_separator) += connector;
}

std::string status_value(const ObjectStatus& status) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .key("state")
        .string(to_string(status.state))
        .key("trace")
        .string_or_null(status.trace)
        .key("worker_id")
        .string(status.worker_id)
        .key("generation")
        .integer(status.generation)
        .key("version")
        .string_or_null(status.version)
        .end_object();
    return text;
}

std::string topic_status_value(const TopicStatus& status) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .key("topic")
        .begin_object()
        .key("name")
        .string(status.topic)
        .key("connector")
        .string(status.connector)
        .key("task")
        .integer(status.task)
        .key("discoverTimestamp")
        .integer(status.discover_timestamp)
        .end_object()
        .end_object();
    return text;
}

StatusKey parse_status_key(std::string_view key) {
    if (key.starts_with(connector_prefix)) return ConnectorStatusKey{std::string(key.substr(connector_prefix.size()))};
    if (key.starts_with(task_prefix)) return task_status_of(key.substr(task_prefix.size()));
    if (key.starts_with(topic_prefix)) return topic_status_of(key.substr(topic_prefix.size()));
    return {};
}

ObjectStatus parse_status(std::string_view value) {
    const auto document = parse_first(value);
    const auto& object = document.root();
    const auto name = text_member(object, "state");
    const auto state = name ? worker::state_from(*name) : std::nullopt;
    if (!state) throw DataException("the status has the unknown state " + name.value_or("null"));
    const auto worker_id = text_member(object, "worker_id");
    const auto generation = integer_member(object, "generation");
    if (!worker_id || !generation) throw DataException("the status lacks worker_id or generation");
    return {.state = *state,
            .trace = text_member(object, "trace"),
            .worker_id = *worker_id,
            .generation = static_cast<int>(*generation),
            .version = text_member(object, "version")};
}

TopicStatus parse_topic_status(std::string_view value) {
    const auto document = parse_first(value);
    const auto* topic = document.root().find("topic");
    if (!topic) throw DataException("the topic status has no member topic");
    const auto name = text_member(*topic, "name");
    const auto connector = text_member(*topic, "connector");
    const auto task = integer_member(*topic, "task");
    const auto found = integer_member(*topic, "discoverTimestamp");
    if (!name || !connector || !task || !found)
        throw DataException("the topic status lacks name, connector, task or discoverTimestamp");
    return {.topic = *name, .connector = *connector, .task = static_cast<int>(*task), .discover_timestamp = *found};
}

}
