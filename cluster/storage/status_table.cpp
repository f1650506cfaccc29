#include "cluster/storage/status_table.hpp"

#include "connectors/api/errors.hpp"

#include <limits>

namespace millrace::cluster {

std::string StatusTable::apply(std::string_view key, std::optional<std::string_view> value) {
    if (value && value->empty()) value.reset();
    const auto parsed = parse_status_key(key);
    try {
        if (const auto* c = std::get_if<ConnectorStatusKey>(&parsed)) {
            if (value) {
                connectors_.insert_or_assign(c->connector, parse_status(*value));
            } else {
                connectors_.erase(c->connector);
                std::erase_if(tasks_, [&](const auto& entry) { return entry.first.connector == c->connector; });
            }
            return {};
        }
        if (const auto* t = std::get_if<TaskStatusKey>(&parsed)) return apply_task(t->task, value);
        if (const auto* t = std::get_if<TopicStatusKey>(&parsed)) return apply_topic(*t, value);
    } catch (const DataException& e) {
        return "Failed to deserialize the status " + std::string(key) + ": " + e.what();
    }
    return "Discarding record with invalid key " + std::string(key);
}

std::string StatusTable::apply_task(const worker::TaskId& id, std::optional<std::string_view> value) {
    if (!value) {
        tasks_.erase(id);
        return {};
    }
    auto status = parse_status(*value);
    const auto* known = task(id);
    // A worker that lost the task may say so after the new owner said that it runs.
    if (known && status.state == worker::State::Unassigned && known->state == worker::State::Running &&
        known->generation >= status.generation)
        return {};
    tasks_.insert_or_assign(id, std::move(status));
    return {};
}

std::string StatusTable::apply_topic(const TopicStatusKey& key, std::optional<std::string_view> value) {
    if (value) {
        auto status = parse_topic_status(*value);
        topics_[key.connector].insert_or_assign(key.topic, std::move(status));
        return {};
    }
    const auto it = topics_.find(key.connector);
    if (it == topics_.end()) return {};
    it->second.erase(key.topic);
    if (it->second.empty()) topics_.erase(it);
    return {};
}

const ObjectStatus* StatusTable::connector(const std::string& name) const {
    const auto it = connectors_.find(name);
    return it == connectors_.end() ? nullptr : &it->second;
}

const ObjectStatus* StatusTable::task(const worker::TaskId& id) const {
    const auto it = tasks_.find(id);
    return it == tasks_.end() ? nullptr : &it->second;
}

std::vector<std::pair<int, ObjectStatus>> StatusTable::tasks(const std::string& connector) const {
    std::vector<std::pair<int, ObjectStatus>> found;
    for (auto it = tasks_.lower_bound({connector, std::numeric_limits<int>::min()});
         it != tasks_.end() && it->first.connector == connector; ++it)
        found.emplace_back(it->first.task, it->second);
    return found;
}

std::set<std::string> StatusTable::connectors() const {
    std::set<std::string> names;
    for (const auto& [name, status] : connectors_) names.insert(name);
    for (const auto& [id, status] : tasks_) names.insert(id.connector);
    return names;
}

std::vector<TopicStatus> StatusTable::topics(const std::string& connector) const {
    std::vector<TopicStatus> found;
    if (const auto it = topics_.find(connector); it != topics_.end())
        for (const auto& [topic, status] : it->second) found.push_back(status);
    return found;
}

bool StatusTable::knows_topic(const std::string& connector, const std::string& topic) const {
    const auto it = topics_.find(connector);
    return it != topics_.end() && it->second.count(topic) != 0;
}

bool may_write_safely(const ObjectStatus* known, const ObjectStatus& next) {
    return !known || known->worker_id == next.worker_id || known->generation <= next.generation;
}

}
