#include "cluster/storage/config_records.hpp"

#include "cluster/assignment/java_map_order.hpp"
#include "cluster/storage/json_members.hpp"
#include "connectors/support/text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>

namespace millrace::cluster {
namespace {

using worker::TargetState;

constexpr std::string_view target_state_prefix = "target-state-";
constexpr std::string_view connector_prefix = "connector-";
constexpr std::string_view task_prefix = "task-";
constexpr std::string_view commit_prefix = "commit-";
constexpr std::string_view restart_prefix = "restart-connector-";
constexpr std::string_view fencing_prefix = "tasks-fencing-";
constexpr std::string_view logger_prefix = "logger-cluster-";
constexpr std::string_view peer_prefix = "millrace-peer-";

std::string joined(std::string_view prefix, std::string_view name) { return std::string(prefix) += name; }

/// One-member objects of an integer or a text.
std::string object_of(const char* name, std::int64_t value) { return fmt::format(R"({{"{}":{}}})", name, value); }

std::optional<Settings> properties_of(const json::Node& value) {
    const auto* properties = value.find("properties");
    if (!properties || !properties->is_object()) return std::nullopt;
    Settings settings;
    for (const auto& [key, text] : properties->members())
        if (text.is_string()) settings.insert_or_assign(std::string(key), std::string(text.text()));
    return settings;
}

std::optional<int> count_member(const json::Node& value, const char* name) {
    const auto count = integer_member(value, name);
    if (!count || *count < 0 || *count > std::numeric_limits<int>::max()) return std::nullopt;
    return static_cast<int>(*count);
}

std::optional<worker::TaskId> task_of(std::string_view rest) {
    const auto dash = rest.rfind('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto number = rest.substr(dash + 1);
    int task = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), task);
    if (error != std::errc{} || end != number.data() + number.size() || task < 0) return std::nullopt;
    return worker::TaskId{std::string(rest.substr(0, dash)), task};
}

ConfigRecord connector_record(std::string_view name, const json::Node& value) {
    if (value.is_null()) return ConnectorRecord{std::string(name), std::nullopt};
    auto settings = properties_of(value);
    if (!settings) return UnusableRecord{fmt::format("the configuration of connector {} has no properties", name)};
    return ConnectorRecord{std::string(name), std::move(settings)};
}

ConfigRecord task_record(std::string_view rest, const json::Node& value) {
    auto id = task_of(rest);
    if (!id) return UnusableRecord{fmt::format("the key {}{} names no task", task_prefix, rest)};
    auto settings = properties_of(value);
    if (!settings) return UnusableRecord{fmt::format("the configuration of task {} has no properties", rest)};
    return TaskRecord{std::move(*id), std::move(*settings)};
}

ConfigRecord commit_record(std::string_view name, const json::Node& value) {
    const auto count = count_member(value, "tasks");
    if (!count) return UnusableRecord{fmt::format("the task commit of connector {} has no number of tasks", name)};
    return CommitRecord{std::string(name), *count};
}

ConfigRecord target_state_record(std::string_view name, const json::Node& value) {
    if (value.is_null()) return TargetStateRecord{std::string(name), std::nullopt};
    auto text = text_member(value, "state.v2");
    if (!text) text = text_member(value, "state");
    const auto state = text ? worker::target_state_from(*text) : std::nullopt;
    if (!state)
        return UnusableRecord{
            fmt::format("the target state of connector {} is {}, which is none of STARTED, PAUSED, "
                        "STOPPED",
                        name, text.value_or("no text"))};
    return TargetStateRecord{std::string(name), state};
}

ConfigRecord task_count_record(std::string_view name, const json::Node& value) {
    const auto count = count_member(value, "task-count");
    if (!count) return UnusableRecord{fmt::format("the task count of connector {} is no number", name)};
    return TaskCountRecord{std::string(name), *count};
}

ConfigRecord session_key_record(const json::Node& value) {
    const auto key = text_member(value, "key");
    const auto algorithm = text_member(value, "algorithm");
    const auto created = integer_member(value, "creation-timestamp");
    if (!key || !algorithm || !created)
        return UnusableRecord{"the session key lacks its key, algorithm or integer creation-timestamp"};
    auto bytes = from_base64(*key);
    if (!bytes) return UnusableRecord{"the session key is not base64"};
    return SessionKey{std::move(*bytes), *algorithm, *created};
}

ConfigRecord logger_record(std::string_view name, const json::Node& value) {
    auto level = text_member(value, "level");
    if (!level) return UnusableRecord{fmt::format("the logger record of {} has no level", name)};
    return LoggerRecord{std::string(name), std::move(*level)};
}

ConfigRecord peer_record(std::string_view url, const json::Node& value) {
    if (value.is_null()) return PeerRecord{std::string(url), std::nullopt};
    auto fingerprint = text_member(value, "fingerprint");
    if (!fingerprint) return UnusableRecord{fmt::format("the peer record of {} has no fingerprint", url)};
    return PeerRecord{std::string(url), std::move(fingerprint)};
}

}

std::string connector_key(std::string_view connector) { return joined(connector_prefix, connector); }
std::string task_key(const worker::TaskId& task) { return joined(task_prefix, to_string(task)); }
std::string commit_key(std::string_view connector) { return joined(commit_prefix, connector); }
std::string target_state_key(std::string_view connector) { return joined(target_state_prefix, connector); }
std::string restart_key(std::string_view connector) { return joined(restart_prefix, connector); }
std::string logger_key(std::string_view logger) { return joined(logger_prefix, logger); }
std::string task_count_key(std::string_view connector) { return joined(fencing_prefix, connector); }

std::string peer_key(std::string_view url) { return joined(peer_prefix, url); }

std::string properties_value(const Settings& settings) {
    std::vector<std::string_view> keys;
    std::vector<const std::string*> values;
    for (const auto& [key, value] : settings) {
        keys.push_back(key);
        values.push_back(&value);
    }
    std::string text;
    json::Writer writer(text);
    writer.begin_object().key("properties").begin_object();
    for (const auto i : java_map_order(keys)) writer.key(keys[i]).string(*values[i]);
    writer.end_object().end_object();
    return text;
}

std::string commit_value(int tasks) { return object_of("tasks", tasks); }

std::string target_state_value(TargetState state) {
    const auto old = state == TargetState::Stopped ? TargetState::Paused : state;
    return fmt::format(R"({{"state":"{}","state.v2":"{}"}})", to_string(old), to_string(state));
}

std::string restart_value(const RestartRecord& record) {
    return fmt::format(R"({{"include-tasks":{},"only-failed":{}}})", record.include_tasks, record.only_failed);
}

std::string session_key_value(const SessionKey& key) {
    return fmt::format(R"({{"key":"{}","algorithm":"{}","creation-timestamp":{}}})", to_base64(key.key), key.algorithm,
                       key.creation_timestamp);
}

std::string logger_value(std::string_view level) { return fmt::format(R"({{"level":"{}"}})", level); }

std::string peer_value(std::string_view fingerprint) { return fmt::format(R"({{"fingerprint":"{}"}})", fingerprint); }
std::string task_count_value(int tasks) { return fmt::format(R"({{"task-count":{}}})", tasks); }

ConfigRecord parse_config_record(std::string_view key, std::optional<std::string_view> text) {
    const auto document = parse_first(text);
    const auto& value = document.root();
    const auto rest = [&](std::string_view prefix) { return key.substr(prefix.size()); };
    if (key.starts_with(target_state_prefix)) return target_state_record(rest(target_state_prefix), value);
    if (key.starts_with(connector_prefix)) return connector_record(rest(connector_prefix), value);
    if (key.starts_with(task_prefix)) return task_record(rest(task_prefix), value);
    if (key.starts_with(commit_prefix)) return commit_record(rest(commit_prefix), value);
    if (key.starts_with(restart_prefix)) {
        if (!value.is_object()) return UnusableRecord{fmt::format("the restart request {} is no object", key)};
        return RestartRecord{std::string(rest(restart_prefix)), flag_member(value, "include-tasks"),
                             flag_member(value, "only-failed")};
    }
    if (key.starts_with(fencing_prefix)) return task_count_record(rest(fencing_prefix), value);
    if (key == session_key_key) return session_key_record(value);
    if (key.starts_with(logger_prefix)) return logger_record(rest(logger_prefix), value);
    if (key.starts_with(peer_prefix)) return peer_record(rest(peer_prefix), value);
    return UnusableRecord{fmt::format("nothing is known of the key {}", key)};
}

}
