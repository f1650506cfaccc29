/// What the leader of the group answers to a completed JoinGroup, whatever protocol was selected.
#pragma once
#include "cluster/assignment/cooperative_assignor.hpp"
#include "cluster/assignment/foreign_members.hpp"
#include "cluster/assignment/work.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
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

/// What a member is told to be the leader's URL if it is of another cluster but does not say so. Requests of that
/// cluster's users must not come to this one, and no host ever has this name (RFC 2606): their errors name the mistake.
inline constexpr std::string_view foreign_leader_url = "http://two-clusters-have-one-group-id.invalid/";

class LeaderAssignor {
public:
    /// `max_delay` is scheduled.rebalance.max.delay.ms.
    explicit LeaderAssignor(std::chrono::milliseconds max_delay) : cooperative_(max_delay) {}

    /// One assignment for every member. `joined_with` is the view that the leader joined with; `fresh_view` is asked
    /// for another when some member has read further. If that is not far enough either, everybody gets ConfigMismatch.
    /// Strangers get nothing, and what they say does not count; nor does what foreign members say, which shall also
    /// stop what they have been given of this cluster's work before it was known what they are.
    std::map<std::string, Assignment> assign(const LeaderRound& round, const ConfigView& joined_with,
                                             const std::function<ConfigView()>& fresh_view);

    /// What the last round has shown of its members.
    const std::vector<ForeignMembers::Finding>& findings() const noexcept { return findings_; }
    /// A member's config offset cannot be explained yet: the leader shall read its topic to the end.
    bool doubts_members() const noexcept { return foreign_.doubts(); }

private:
    using Answer = std::map<std::string, Assignment>;
    void find_foreign(const LeaderRound& round, const MemberMetadata& leader, const ConfigView& joined_with,
                      const std::function<ConfigView()>& fresh_view);
    Answer assign(const LeaderRound& round, Assignment common, ConfigView view);

    CooperativeAssignor cooperative_;
    ForeignMembers foreign_;
    std::vector<ForeignMembers::Finding> findings_;
};

}
