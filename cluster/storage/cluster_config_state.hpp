/// What the config topic said up to one offset: an immutable picture that the herder decides by and the assignor deals
/// out from.
#pragma once
#include "connectors/api/config_def.hpp"
#include "worker/runtime/ids.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace millrace::cluster {

/// Signs requests between workers.
struct SessionKey {
    std::string key;  ///< raw bytes
    std::string algorithm;
    std::int64_t creation_timestamp = 0;  ///< ms since the epoch
    bool operator==(const SessionKey&) const = default;
};

struct ClusterConfigState {
    /// Offset of the last record whose value was JSON, plus 1; -1 before the first. Members of a group must agree on
    /// it.
    std::int64_t offset = -1;
    std::optional<SessionKey> session_key = {};
    std::map<std::string, std::string> peers = {};  ///< fingerprint of the certificate of the worker at each URL
    std::map<std::string, Settings> connector_configs = {};
    std::map<std::string, int> task_counts = {};
    std::map<std::string, worker::TargetState> target_states = {};
    std::map<worker::TaskId, Settings> task_configs = {};
    std::map<std::string, int> task_count_records = {};       ///< of exactly-once sources
    std::map<std::string, int> task_config_generations = {};  ///< commits seen, from 0
    std::map<std::string, Settings> applied_configs = {};     ///< a connector's config at its last commit
    std::set<std::string> pending_fencing = {};
    std::set<std::string> inconsistent = {};  ///< a commit came whose task configs are not all there

    bool contains(const std::string& connector) const { return connector_configs.count(connector) != 0; }
    /// Null if there is no such connector.
    const Settings* connector_config(const std::string& connector) const;
    const Settings* task_config(const worker::TaskId& task) const;
    const Settings* applied_config(const std::string& connector) const;
    std::optional<worker::TargetState> target_state(const std::string& connector) const;
    int task_count(const std::string& connector) const;
    std::vector<std::string> connectors() const;
    /// 0 to count - 1; none for an unknown or inconsistent connector.
    std::vector<worker::TaskId> tasks(const std::string& connector) const;
    /// In the order of tasks(); a missing one is empty.
    std::vector<Settings> all_task_configs(const std::string& connector) const;
};

}
