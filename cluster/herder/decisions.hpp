/// The herder's decisions as functions of values. Pure.
#pragma once
#include "cluster/storage/cluster_config_state.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::cluster {

using SteadyTime = std::chrono::steady_clock::time_point;

/// What an assignment and the applied part of the config topic ask for, before work may start.
struct AssignmentView {
    bool failed = false;  ///< the leader was behind: nobody starts work
    bool leader = false;  ///< is this worker
    std::int64_t assignment_offset = -1;
    std::int64_t applied_offset = -1;
    std::optional<SteadyTime> scheduled_rebalance = {};
    bool doubts_members = false;  ///< the leader cannot explain a member's offset yet
};
struct CatchUp {
    bool read_to_end = false;
    bool rejoin = false;
    bool schedule_due = false;
};
CatchUp plan_catch_up(const AssignmentView& view, SteadyTime now);

/// With `applied_offset` at the config topic's end: whether the leader may have spoken of another topic. Its offset
/// lies behind that end; or it is behind this worker, whose offset is the furthest. A leader doubts a member that has
/// read further.
bool doubts_topic(const AssignmentView& view);
/// What to do about that.
struct TopicDoubt {
    bool leave =
        false;  ///< it is another cluster's group; else the leader, or the end of the topic, may come to it yet
    std::chrono::milliseconds pause{0};  ///< before it is looked at again
};
/// `doubts` in a row, from 1; `leaves`: those for that reason before. Who was never proven to be of the leader's
/// cluster goes before it is given the other's work. A leader stays, and looks until it knows what the member is.
TopicDoubt about_topic(const AssignmentView& view, bool proven, int doubts, int leaves,
                       std::chrono::milliseconds unsync_backoff);

/// Whether a connector's tasks have to be written anew: another number, another map, or another connector configuration
/// than the one they were last made from.
bool task_configs_changed(const ClusterConfigState& state, const std::string& connector,
                          const std::vector<Settings>& configs);

/// 250 ms doubling up to 60 s.
std::chrono::milliseconds reconfiguration_backoff(int attempt);

/// How long to wait before catching up again after `failures` in a row (from 1), in the cooperative protocols; none
/// after five: give up the work that runs here.
std::optional<std::chrono::milliseconds> catch_up_backoff(int failures, std::chrono::milliseconds max_delay);

}
