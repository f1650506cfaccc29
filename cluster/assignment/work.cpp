#include "cluster/assignment/work.hpp"

#include <set>

namespace millrace::cluster {

void Work::erase(const Work& items) {
    const std::set<std::string> their_connectors(items.connectors.begin(), items.connectors.end());
    const std::set<TaskId> their_tasks(items.tasks.begin(), items.tasks.end());
    std::erase_if(connectors, [&](const std::string& connector) { return their_connectors.contains(connector); });
    std::erase_if(tasks, [&](const TaskId& task) { return their_tasks.contains(task); });
}

}
