#include "cluster/herder/decisions.hpp"

#include <algorithm>

namespace millrace::cluster {

using std::chrono::milliseconds;

CatchUp plan_catch_up(const AssignmentView& view, SteadyTime now) {
    CatchUp plan;
    const bool behind = view.applied_offset < view.assignment_offset;
    plan.read_to_end = behind || (view.leader && (view.failed || view.doubts_members));
    plan.schedule_due = view.scheduled_rebalance && *view.scheduled_rebalance <= now;
    plan.rejoin = view.failed || plan.schedule_due;
    return plan;
}

bool doubts_topic(const AssignmentView& view) {
    if (!view.failed || view.leader) return view.applied_offset < view.assignment_offset;
    return view.applied_offset == view.assignment_offset;
}

TopicDoubt about_topic(const AssignmentView& view, bool proven, int doubts, int leaves, milliseconds unsync_backoff) {
    constexpr int most_doubts = 5;  // some seconds: a broker may tell an old end right after it has become the leader
    constexpr milliseconds first_absence{2'000};
    const bool stays = view.failed && view.leader;
    const bool leave = !stays && (doubts > most_doubts || (!view.failed && !proven));
    if (leave) return {.leave = true, .pause = leaves == 0 ? std::min(first_absence, unsync_backoff) : unsync_backoff};
    return {.pause = milliseconds{200} * (1 << (std::min(doubts, most_doubts) - 1))};
}

bool task_configs_changed(const ClusterConfigState& state, const std::string& connector,
                          const std::vector<Settings>& configs) {
    if (static_cast<std::size_t>(state.task_count(connector)) != configs.size()) return true;
    for (std::size_t i = 0; i < configs.size(); ++i) {
        const auto* stored = state.task_config({connector, static_cast<int>(i)});
        if (!stored || *stored != configs[i]) return true;
    }
    const auto* applied = state.applied_config(connector);
    const auto* current = state.connector_config(connector);
    return !applied || !current || *applied != *current;
}

milliseconds reconfiguration_backoff(int attempt) {
    constexpr int largest_shift = 8;  // 250 ms << 8 is above the limit
    return std::min(milliseconds{250} * (1 << std::clamp(attempt, 0, largest_shift)), milliseconds{60000});
}

std::optional<milliseconds> catch_up_backoff(int failures, milliseconds max_delay) {
    constexpr int tries = 5;
    if (failures > tries) return std::nullopt;
    return max_delay / 10 / (tries - failures + 1);
}

}
