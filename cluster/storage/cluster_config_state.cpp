#include "cluster/storage/cluster_config_state.hpp"

namespace millrace::cluster {
namespace {

template <class Map, class Key>
const typename Map::mapped_type* find(const Map& map, const Key& key) {
    const auto it = map.find(key);
    return it == map.end() ? nullptr : &it->second;
}

}

const Settings* ClusterConfigState::connector_config(const std::string& connector) const {
    return find(connector_configs, connector);
}

const Settings* ClusterConfigState::task_config(const worker::TaskId& task) const { return find(task_configs, task); }

const Settings* ClusterConfigState::applied_config(const std::string& connector) const {
    return find(applied_configs, connector);
}

std::optional<worker::TargetState> ClusterConfigState::target_state(const std::string& connector) const {
    const auto* state = find(target_states, connector);
    return state ? std::optional(*state) : std::nullopt;
}

int ClusterConfigState::task_count(const std::string& connector) const {
    const auto* count = find(task_counts, connector);
    return count ? *count : 0;
}

std::vector<std::string> ClusterConfigState::connectors() const {
    std::vector<std::string> names;
    names.reserve(connector_configs.size());
    for (const auto& [name, config] : connector_configs) names.push_back(name);
    return names;
}

std::vector<worker::TaskId> ClusterConfigState::tasks(const std::string& connector) const {
    std::vector<worker::TaskId> ids;
    if (inconsistent.count(connector) != 0 || !contains(connector)) return ids;
    for (int i = 0; i < task_count(connector); ++i) ids.push_back({connector, i});
    return ids;
}

std::vector<Settings> ClusterConfigState::all_task_configs(const std::string& connector) const {
    std::vector<Settings> configs;
    for (const auto& id : tasks(connector)) {
        const auto* config = task_config(id);
        configs.push_back(config ? *config : Settings{});
    }
    return configs;
}

}
