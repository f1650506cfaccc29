#include "cluster/assignment/eager_assignor.hpp"

#include "cluster/assignment/java_order.hpp"

#include <algorithm>
#include <cstddef>

namespace millrace::cluster {

std::map<std::string, Work> assign_eagerly(const Work& configured, std::vector<std::string> member_ids) {
    std::map<std::string, Work> plan;
    if (member_ids.empty()) return plan;
    std::sort(member_ids.begin(), member_ids.end(), java_less);
    for (const auto& member : member_ids) plan.try_emplace(member);

    auto connectors = configured.connectors;
    std::sort(connectors.begin(), connectors.end(), java_less);
    auto tasks = configured.tasks;
    std::sort(tasks.begin(), tasks.end(), [](const TaskId& a, const TaskId& b) {
        return a.connector != b.connector ? java_less(a.connector, b.connector) : a.task < b.task;
    });

    std::size_t turn = 0;
    const auto next = [&]() -> Work& { return plan[member_ids[turn++ % member_ids.size()]]; };
    for (const auto& connector : connectors) next().connectors.push_back(connector);
    for (const auto& task : tasks) next().tasks.push_back(task);
    return plan;
}

}
