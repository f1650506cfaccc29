/// Which parts of a connector a restart request touches, and what its status says meanwhile. Pure.
/// Facts: KIP-745.
#pragma once
#include "cluster/herder/herder.hpp"

#include <string>
#include <vector>

namespace millrace::cluster {

struct RestartPlan {
    RestartRequest request;
    bool restart_connector = false;
    std::vector<TaskId> restart_tasks = {};
    int total_tasks = 0;
    ConnectorStateInfo state = {};  ///< RESTARTING where something is restarted
};
RestartPlan make_restart_plan(RestartRequest request, ConnectorStateInfo current);

/// "restart request for {connectorName='c', onlyFailed=false, includeTasks=true}", as the log has it.
std::string to_string(const RestartRequest& request);
/// The request to keep when both wait for the same connector: the one that restarts more; of equals the first.
RestartRequest stronger(RestartRequest a, RestartRequest b);

}
