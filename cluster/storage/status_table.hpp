/// What the status topic says: the latest status of each connector and task, and the topics that connectors use.
///
/// Input   records in arrival order, all partitions together.
/// State   belongs to one thread.
#pragma once
#include "cluster/storage/status_records.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::cluster {

class StatusTable {
public:
    /// A line for the log if the record will not do; else "".
    std::string apply(std::string_view key, std::optional<std::string_view> value);

    const ObjectStatus* connector(const std::string& name) const;  ///< null: no status known
    const ObjectStatus* task(const worker::TaskId& id) const;
    /// Of one connector, by task number.
    std::vector<std::pair<int, ObjectStatus>> tasks(const std::string& connector) const;
    std::set<std::string> connectors() const;  ///< that have a status
    std::vector<TopicStatus> topics(const std::string& connector) const;
    bool knows_topic(const std::string& connector, const std::string& topic) const;

private:
    std::string apply_task(const worker::TaskId& id, std::optional<std::string_view> value);
    std::string apply_topic(const TopicStatusKey& key, std::optional<std::string_view> value);

    std::map<std::string, ObjectStatus> connectors_;
    std::map<worker::TaskId, ObjectStatus> tasks_;
    std::map<std::string, std::map<std::string, TopicStatus>> topics_;  ///< by connector, then topic
};

/// Whether a FAILED or UNASSIGNED may be written over what is known: not over a later generation of another worker.
bool may_write_safely(const ObjectStatus* known, const ObjectStatus& next);

}
