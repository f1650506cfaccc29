#include "cluster/assignment/leader.hpp"

#include "cluster/assignment/eager_assignor.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace millrace::cluster {

bool is_stranger(const MemberMetadata& member, const MemberMetadata& leader) {
    return !member.config_topic.empty() && !leader.config_topic.empty() && member.config_topic != leader.config_topic;
}

namespace {

std::int64_t furthest(const std::vector<GroupMemberMetadata>& members) {
    std::int64_t offset = -1;
    for (const auto& member : members) offset = std::max(offset, member.metadata.config_offset);
    return offset;
}

template <class T>
std::vector<T> common_items(const std::vector<T>& claimed, const std::vector<T>& configured) {
    const std::set<T> known(configured.begin(), configured.end());
    std::vector<T> both;
    std::ranges::copy_if(claimed, std::back_inserter(both), [&](const T& item) { return known.contains(item); });
    return both;
}

}

void LeaderAssignor::find_foreign(const LeaderRound& round, const MemberMetadata& leader, const ConfigView& joined_with,
                                  const std::function<ConfigView()>& fresh_view) {
    std::vector<GroupMemberMetadata> nameless;
    std::ranges::copy_if(round.members, std::back_inserter(nameless), [&](const GroupMemberMetadata& member) {
        const bool same_topic = !leader.config_topic.empty() && member.metadata.config_topic == leader.config_topic;
        return member.member_id != round.leader_id && !same_topic && !member.metadata.url.empty();
    });
    const bool ahead = furthest(nameless) > joined_with.offset;
    findings_ = foreign_.look(nameless, ahead ? fresh_view() : joined_with, round.now);
}

std::map<std::string, Assignment> LeaderAssignor::assign(const LeaderRound& round, const ConfigView& joined_with,
                                                         const std::function<ConfigView()>& fresh_view) {
    const auto leader = std::ranges::find(round.members, round.leader_id, &GroupMemberMetadata::member_id);
    const auto said = leader == round.members.end() ? MemberMetadata{} : leader->metadata;
    Assignment common{.protocol = round.protocol,
                      .leader = round.leader_id,
                      .leader_url = said.url,
                      .leader_fingerprint = said.fingerprint,
                      .leader_config_topic = said.config_topic};
    auto own = round;
    std::vector<GroupMemberMetadata> others;
    std::erase_if(own.members, [&](const GroupMemberMetadata& member) {
        if (!is_stranger(member.metadata, said)) return false;
        others.push_back(member);
        return true;
    });
    find_foreign(own, said, joined_with, fresh_view);
    std::erase_if(own.members, [&](const GroupMemberMetadata& member) {
        if (!foreign_.is_foreign(member.member_id)) return false;
        others.push_back(member);
        return true;
    });

    ConfigView view = joined_with;
    common.config_offset = furthest(own.members);
    if (view.offset < common.config_offset) {
        view = fresh_view();
        if (view.offset < common.config_offset)
            common.error = AssignmentError::ConfigMismatch;
        else
            common.config_offset = view.offset;
    }
    Answer answer;
    for (const auto& member : others) {
        auto& nothing = answer.emplace(member.member_id, common).first->second;
        nothing.error = AssignmentError::None;
        // The offset of another topic than ours: that it has read that far is true.
        nothing.config_offset = member.metadata.config_offset;
        if (!foreign_.is_foreign(member.member_id)) continue;
        nothing.leader_url = foreign_leader_url;
        if (!member.metadata.allocation) continue;
        // In this round it is nobody's, and in the next, to which the member comes without it, as good as new.
        const auto& claimed = member.metadata.allocation->assigned;
        nothing.revoked = {.connectors = common_items(claimed.connectors, view.configured.connectors),
                           .tasks = common_items(claimed.tasks, view.configured.tasks)};
        view.configured.erase(nothing.revoked);
    }
    if (!common.failed()) foreign_.told(own.members, common.config_offset);
    answer.merge(assign(own, std::move(common), std::move(view)));
    return answer;
}

LeaderAssignor::Answer LeaderAssignor::assign(const LeaderRound& round, Assignment common, ConfigView view) {
    Answer answer;
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
