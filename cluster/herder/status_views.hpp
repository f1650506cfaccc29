/// What REST shows of the table of statuses.
#pragma once
#include "cluster/herder/herder.hpp"
#include "cluster/storage/status_table.hpp"

#include <string>
#include <vector>

namespace millrace::cluster {

/// Throws NotFoundException "No status found for connector X".
ConnectorStateInfo connector_state(const StatusTable& table, const std::string& name, std::string type);
/// Throws NotFoundException "No status found for task X-0".
StatusInfo task_state(const StatusTable& table, const TaskId& id);
std::vector<std::string> topic_names(const StatusTable& table, const std::string& connector);

/// Throws what refuses a change of the offsets of a connector that is not stopped.
[[noreturn]] void refuse_offsets_unless_stopped(const std::string& connector);

}
