/// What the leader of the group answers to a completed JoinGroup, whatever protocol was selected.
#pragma once
#include "cluster/assignment/cooperative_assignor.hpp"
#include "cluster/assignment/work.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace millrace::cluster {

/// One completed JoinGroup, as the leader sees it.
struct LeaderRound {
    Protocol protocol = Protocol::Sessioned;
    std::string leader_id;
    std::vector<GroupMemberMetadata> members;  ///< in the order of the response
    int generation = -1;
    int last_generation = -1;  ///< that of the last assignment this worker applied, -1 for none
    std::chrono::milliseconds now{0};
};

/// Whether a member belongs to another cluster that has the same group.id by mistake: it says that it keeps its
/// configurations in another topic than the leader does.
bool is_stranger(const MemberMetadata& member, const MemberMetadata& leader);

class LeaderAssignor {
public:
    /// `max_delay` is scheduled.rebalance.max.delay.ms.
    explicit LeaderAssignor(std::chrono::milliseconds max_delay) : cooperative_(max_delay) {}

    /// One assignment for every member. `joined_with` is the view that the leader joined with; `fresh_view` is asked
    /// for another when some member has read further. If that is not far enough either, everybody gets ConfigMismatch.
    /// Strangers get nothing, and what they say does not count.
    std::map<std::string, Assignment> assign(const LeaderRound& round, const ConfigView& joined_with,
                                             const std::function<ConfigView()>& fresh_view);

private:
    std::map<std::string, Assignment> assign(const LeaderRound& round, Assignment common, const ConfigView& joined_with,
                                             const std::function<ConfigView()>& fresh_view);

    CooperativeAssignor cooperative_;
};

}
