#include "cluster/storage/config_reader.hpp"

#include <fmt/format.h>

namespace millrace::cluster {

ConfigReader::Result ConfigReader::apply(std::int64_t offset, std::string_view key,
                                         std::optional<std::string_view> value) {
    try {
        auto record = parse_config_record(key, value);
        snapshot_.reset();
        state_.offset = offset + 1;
        return std::visit([this](auto& r) { return this->on(std::move(r)); }, record);
    } catch (const DataException& e) {
        return {.problem =
                    fmt::format("Failed to convert config data to Kafka Connect format: record {} at offset {}: {}",
                                key, offset, e.what())};
    }
}

std::shared_ptr<const ClusterConfigState> ConfigReader::snapshot() const {
    if (!snapshot_) snapshot_ = std::make_shared<const ClusterConfigState>(state_);
    return snapshot_;
}

void ConfigReader::remove(const std::string& connector) {
    state_.connector_configs.erase(connector);
    state_.task_counts.erase(connector);
    state_.applied_configs.erase(connector);
    std::erase_if(state_.task_configs, [&](const auto& entry) { return entry.first.connector == connector; });
    deferred_.erase(connector);
}

ConfigReader::Result ConfigReader::on(ConnectorRecord record) {
    if (!record.config) {
        remove(record.connector);
        return {.event = ConnectorConfigRemoved{std::move(record.connector)}};
    }
    state_.connector_configs.insert_or_assign(record.connector, std::move(*record.config));
    state_.target_states.try_emplace(record.connector, worker::TargetState::Started);
    return {.event = ConnectorConfigUpdated{std::move(record.connector)}};
}

ConfigReader::Result ConfigReader::on(TaskRecord record) {
    deferred_[record.task.connector].insert_or_assign(record.task.task, std::move(record.config));
    return {};
}

std::vector<worker::TaskId> ConfigReader::merge_deferred(const std::string& connector) {
    std::vector<worker::TaskId> updated;
    const auto it = deferred_.find(connector);
    if (it == deferred_.end()) return updated;
    for (auto& [number, config] : it->second) {
        updated.push_back({connector, number});
        state_.task_configs.insert_or_assign(updated.back(), std::move(config));
    }
    const auto [generation, first] = state_.task_config_generations.try_emplace(connector, 0);
    if (!first) ++generation->second;
    return updated;
}

ConfigReader::Result ConfigReader::on(CommitRecord record) {
    const auto& name = record.connector;
    if (!state_.contains(name)) {  // deleted, and compaction has taken the tombstone
        remove(name);
        return {};
    }
    const auto it = deferred_.find(name);
    bool complete = true;
    for (int i = 0; complete && i < record.tasks; ++i) complete = it != deferred_.end() && it->second.count(i) != 0;

    Result result;
    std::vector<worker::TaskId> updated;
    if (complete) {
        updated = merge_deferred(name);
        state_.inconsistent.erase(name);
        state_.applied_configs.insert_or_assign(name, state_.connector_configs.at(name));
    } else {
        state_.inconsistent.insert(name);
        result.problem = fmt::format("The commit of {} tasks of connector {} came without all of their configurations",
                                     record.tasks, name);
    }
    if (it != deferred_.end()) it->second.clear();  // the empty set stays: the next commit counts as a generation
    state_.task_counts.insert_or_assign(name, record.tasks);
    state_.pending_fencing.insert(name);
    result.event = TaskConfigsCommitted{name, std::move(updated)};
    return result;
}

ConfigReader::Result ConfigReader::on(TargetStateRecord record) {
    const bool configured = state_.contains(record.connector);
    if (!record.state) {  // listeners learn of it by the removal of the connector
        state_.target_states.erase(record.connector);
        if (configured) state_.target_states.emplace(record.connector, worker::TargetState::Started);
        return {};
    }
    const auto before = state_.target_state(record.connector);
    state_.target_states.insert_or_assign(record.connector, *record.state);
    if (!configured || before == record.state) return {};
    return {.event = TargetStateChanged{std::move(record.connector)}};
}

ConfigReader::Result ConfigReader::on(RestartRecord record) { return {.event = RestartRequested{std::move(record)}}; }

ConfigReader::Result ConfigReader::on(TaskCountRecord record) {
    state_.task_count_records.insert_or_assign(record.connector, record.tasks);
    state_.pending_fencing.erase(record.connector);
    return {};
}

ConfigReader::Result ConfigReader::on(SessionKey key) {
    state_.session_key = key;
    return {.event = SessionKeyUpdated{std::move(key)}};
}

ConfigReader::Result ConfigReader::on(LoggerRecord record) {
    return {.event = LoggerLevelUpdated{std::move(record.logger), std::move(record.level)}};
}

ConfigReader::Result ConfigReader::on(PeerRecord record) {
    if (record.fingerprint) {
        state_.peers.insert_or_assign(std::move(record.url), std::move(*record.fingerprint));
    } else {
        state_.peers.erase(record.url);
    }
    return {};
}

ConfigReader::Result ConfigReader::on(UnusableRecord record) { return {.problem = std::move(record.why)}; }

}
