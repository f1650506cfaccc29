/// Keys and values of the status topic, as Java workers write and read them.
///
/// Output  compact JSON, members in Java's order, `trace` and `version` null when there is none.
/// Input   five members, or the four of workers before 4.1.
/// Facts   KIP-558 for topics in use, KIP-891 for `version`.
#pragma once
#include "worker/runtime/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace millrace::cluster {

struct ObjectStatus {
    worker::State state = worker::State::Unassigned;
    std::optional<std::string> trace = {};
    std::string worker_id;  ///< host:port
    int generation = 0;
    std::optional<std::string> version = {};
    bool operator==(const ObjectStatus&) const = default;
};
struct TopicStatus {
    std::string topic;
    std::string connector;
    int task = 0;
    std::int64_t discover_timestamp = 0;  ///< ms since the epoch
    bool operator==(const TopicStatus&) const = default;
};

std::string connector_status_key(std::string_view connector);
std::string task_status_key(const worker::TaskId& task);
std::string topic_status_key(std::string_view topic, std::string_view connector);

std::string status_value(const ObjectStatus& status);
std::string topic_status_value(const TopicStatus& status);

/// What a key names.
struct ConnectorStatusKey {
    std::string connector;
};
struct TaskStatusKey {
    worker::TaskId task;
};
struct TopicStatusKey {
    std::string topic;
    std::string connector;
};
using StatusKey = std::variant<std::monostate, ConnectorStatusKey, TaskStatusKey, TopicStatusKey>;

StatusKey parse_status_key(std::string_view key);  ///< monostate: not one of ours
/// Throws DataException if it is no JSON object or its state is unknown.
ObjectStatus parse_status(std::string_view value);
TopicStatus parse_topic_status(std::string_view value);

}
