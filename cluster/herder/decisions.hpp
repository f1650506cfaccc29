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
};
struct CatchUp {
    bool read_to_end = false;
    bool rejoin = false;
    bool schedule_due = false;
};
CatchUp plan_catch_up(const AssignmentView& view, SteadyTime now);

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
