/// Shuts out the producers that tasks of an exactly-once source may have left behind, before a new generation of its
/// tasks writes.
///
/// Facts   KIP-618: a task's transactional id is "<group.id>-<connector>-<task>"; who initialises it anew makes every
///         older producer of that id fail. The records "tasks-fencing-<connector>" hold how many there are.
#pragma once
#include "cluster/membership/group_settings.hpp"
#include "cluster/storage/cluster_config_state.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace millrace::cluster {

/// What a round of fencing has to do, in this order.
struct FencingPlan {
    std::vector<std::string> transactional_ids = {};  ///< to be initialised anew
    std::optional<int> task_count = {};               ///< to be written to the config topic
};
FencingPlan plan_fencing(const ClusterConfigState& state, const std::string& group_id, const std::string& connector);

/// Initialises every id anew, with the brokers and credentials in `settings`. Tries again while the brokers say that
/// they are not ready, for at most `limit` in all. Throws ConnectException naming the id and the broker's error, and
/// what `still_wanted` throws, which is called before each.
asio::awaitable<void> fence_producers(GroupSettings settings, std::vector<std::string> transactional_ids,
                                      std::chrono::milliseconds limit, std::function<void()> still_wanted);

}
