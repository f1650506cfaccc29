#include "cluster/assignment/leader.hpp"

#include "cluster/assignment/eager_assignor.hpp"

#include <algorithm>
#include <utility>

namespace millrace::cluster {

std::map<std::string, Assignment> LeaderAssignor::assign(const LeaderRound& round, const ConfigView& joined_with,
                                                         const std::function<ConfigView()>& fresh_view) {
    Assignment common{.protocol = round.protocol, .leader = round.leader_id};
    std::int64_t furthest = -1;
    for (const auto& member : round.members) {
        furthest = std::max(furthest, member.metadata.config_offset);
        if (member.member_id != round.leader_id) continue;
        common.leader_url = member.metadata.url;
        common.leader_fingerprint = member.metadata.fingerprint;
    }
    ConfigView view = joined_with;
    common.config_offset = furthest;
    if (view.offset < furthest) {
        view = fresh_view();
        if (view.offset < furthest)
            common.error = AssignmentError::ConfigMismatch;
        else
            common.config_offset = view.offset;
    }

    std::map<std::string, Assignment> answer;
    for (const auto& member : round.members) answer.emplace(member.member_id, common);
    if (common.failed()) return answer;

    if (round.protocol == Protocol::Eager) {
        std::vector<std::string> ids;
        ids.reserve(round.members.size());
        for (const auto& member : round.members) ids.push_back(member.member_id);
        for (auto& [id, work] : assign_eagerly(view.configured, std::move(ids))) answer[id].assigned = std::move(work);
        return answer;
    }
    CooperativeAssignor::Round input{.configured = std::move(view.configured),
                                     .members = {},
                                     .generation = round.generation,
                                     .last_generation = round.last_generation,
                                     .now = round.now};
    for (const auto& member : round.members) {
        const auto& allocation = member.metadata.allocation;
        input.members.push_back({.id = member.member_id, .owned = allocation ? allocation->assigned : Work{}});
    }
    auto plan = cooperative_.plan(input);
    for (auto& member : plan.members) {
        auto& assignment = answer[member.id];
        assignment.assigned = std::move(member.assigned);
        assignment.revoked = std::move(member.revoked);
        assignment.delay = plan.delay;
    }
    return answer;
}

}
