/// Keys and values of the config topic, as Java workers write and read them.
///
/// Output  compact JSON in UTF-8, members in Java's order; keys are plain text.
/// Input   a value is one JSON value; what follows it is ignored, an empty text is null.
/// Throws  DataException if a value is not JSON; the caller then leaves the record out of its offset arithmetic.
/// Facts   KIP-655, KIP-745, KIP-875 and the records that a 4.3.1 worker writes.
#pragma once
#include "cluster/storage/cluster_config_state.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace millrace::cluster {

/// A restart request as the topic carries it.
struct RestartRecord {
    std::string connector;
    bool include_tasks = false;
    bool only_failed = false;
    bool operator==(const RestartRecord&) const = default;
};

std::string connector_key(std::string_view connector);
std::string task_key(const worker::TaskId& task);
std::string commit_key(std::string_view connector);
std::string target_state_key(std::string_view connector);
std::string restart_key(std::string_view connector);
std::string logger_key(std::string_view logger);
/// Millrace's own; Java workers log that they do not know it, and go on.
std::string peer_key(std::string_view url);
std::string task_count_key(std::string_view connector);
inline constexpr std::string_view session_key_key = "session-key";

std::string properties_value(const Settings& settings);
std::string commit_value(int tasks);
/// STOPPED is PAUSED to workers that do not know it.
std::string target_state_value(worker::TargetState state);
std::string restart_value(const RestartRecord& record);
std::string session_key_value(const SessionKey& key);
std::string logger_value(std::string_view level);
std::string peer_value(std::string_view fingerprint);
std::string task_count_value(int tasks);

/// What a record says. `none` in place of a value: the object is removed.
struct ConnectorRecord {
    std::string connector;
    std::optional<Settings> config;
};
struct TaskRecord {
    worker::TaskId task;
    Settings config;
};
struct CommitRecord {
    std::string connector;
    int tasks;
};
struct TargetStateRecord {
    std::string connector;
    std::optional<worker::TargetState> state;
};
struct TaskCountRecord {
    std::string connector;
    int tasks;
};
struct LoggerRecord {
    std::string logger;
    std::string level;
};
/// A worker and the certificate that it shows to its peers.
struct PeerRecord {
    std::string url;
    std::optional<std::string> fingerprint;
};
/// Well-formed JSON that says nothing to us; `why` is for the log.
struct UnusableRecord {
    std::string why;
};
using ConfigRecord = std::variant<ConnectorRecord, TaskRecord, CommitRecord, TargetStateRecord, RestartRecord,
                                  TaskCountRecord, SessionKey, LoggerRecord, PeerRecord, UnusableRecord>;

ConfigRecord parse_config_record(std::string_view key, std::optional<std::string_view> value);

}
