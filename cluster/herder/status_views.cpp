#include "cluster/herder/status_views.hpp"

namespace millrace::cluster {

namespace {

StatusInfo status_info(const ObjectStatus& status) {
    return {.state = status.state,
            .worker_id = status.worker_id,
            .version = status.version,
            .trace = status.trace.value_or("")};
}

}

ConnectorStateInfo connector_state(const StatusTable& table, const std::string& name, std::string type) {
    const auto* connector = table.connector(name);
    if (!connector) throw NotFoundException("No status found for connector " + name);
    ConnectorStateInfo info{.name = name, .connector = status_info(*connector), .tasks = {}, .type = std::move(type)};
    for (const auto& [number, status] : table.tasks(name)) info.tasks.emplace_back(number, status_info(status));
    return info;
}

StatusInfo task_state(const StatusTable& table, const TaskId& id) {
    const auto* status = table.task(id);
    if (!status) throw NotFoundException("No status found for task " + to_string(id));
    return status_info(*status);
}

std::vector<std::string> topic_names(const StatusTable& table, const std::string& connector) {
    std::vector<std::string> names;
    for (const auto& topic : table.topics(connector)) names.push_back(topic.topic);
    return names;
}

void refuse_offsets_unless_stopped(const std::string& connector) {
    throw ConfigException(
        "Connectors must be in the STOPPED state before their offsets can be modified. This can be done for the "
        "specified connector by issuing a 'PUT' request to the '/connectors/" +
        connector + "/stop' endpoint");
}

}
