#include "cluster/herder/restart_plan.hpp"

#include <fmt/format.h>

namespace millrace::cluster {
namespace {

int impact(const RestartRequest& request) {
    if (request.only_failed) return request.include_tasks ? 1 : 0;
    return request.include_tasks ? 3 : 2;
}

}

RestartPlan make_restart_plan(RestartRequest request, ConnectorStateInfo current) {
    const auto selected = [&](const StatusInfo& status) {
        return !request.only_failed || status.state == State::Failed;
    };
    RestartPlan plan;
    plan.restart_connector = selected(current.connector);
    if (plan.restart_connector) current.connector.state = State::Restarting;
    for (auto& [number, status] : current.tasks) {
        if (!request.include_tasks || !selected(status)) continue;
        status.state = State::Restarting;
        plan.restart_tasks.push_back({current.name, number});
    }
    plan.total_tasks = static_cast<int>(current.tasks.size());
    plan.request = std::move(request);
    plan.state = std::move(current);
    return plan;
}

std::string to_string(const RestartRequest& request) {
    return fmt::format("restart request for {{connectorName='{}', onlyFailed={}, includeTasks={}}}", request.connector,
                       request.only_failed, request.include_tasks);
}

RestartRequest stronger(RestartRequest a, RestartRequest b) {
    return impact(b) > impact(a) ? std::move(b) : std::move(a);
}

}
