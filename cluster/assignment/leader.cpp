#include "cluster/assignment/leader.hpp"

#include "cluster/assignment/eager_assignor.hpp"

#include <algorithm>
#include <utility>

namespace millrace::cluster {

bool is_stranger(const MemberMetadata& member, const MemberMetadata& leader) {
    return !member.config_topic.empty() && !leader.config_topic.empty() && member.config_topic != leader.config_topic;
}

std::map<std::string, Assignment> LeaderAssignor::assign(const LeaderRound& round, const ConfigView& joined_with,
                                                         const std::function<ConfigView()>& fresh_view) {
    const auto leader = std::ranges::find(round.members, round.leader_id, &GroupMemberMetadata::member_id);
    const auto said = leader == round.members.end() ? MemberMetadata{} : leader->metadata;
    const Assignment common{.protocol = round.protocol,
                            .leader = round.leader_id,
                            .leader_url = said.url,
                            .leader_fingerprint = said.fingerprint,
                            .leader_config_topic = said.config_topic};
    auto own = round;
    std::map<std::string, Assignment> answer;
    std::erase_if(own.members, [&](const GroupMemberMetadata& member) {
        if (!is_stranger(member.metadata, said)) return false;
        // The offset of another topic than ours: that it has read that far is true.
        answer.emplace(member.member_id, common).first->second.config_offset = member.metadata.config_offset;
        return true;
    });
    answer.merge(assign(own, common, joined_with, fresh_view));
    return answer;
}

std::map<std::string, Assignment> LeaderAssignor::assign(const LeaderRound& round, Assignment common,
                                                         const ConfigView& joined_with,
                                                         const std::function<ConfigView()>& fresh_view) {
    std::int64_t furthest = -1;
    for (const auto& member : round.members) furthest = std::max(furthest, member.metadata.config_offset);
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
