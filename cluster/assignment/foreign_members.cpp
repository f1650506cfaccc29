#include "cluster/assignment/foreign_members.hpp"

#include <utility>

namespace millrace::cluster {

std::optional<ForeignMembers::Kind> ForeignMembers::suspicion(const Known& known, std::int64_t offset,
                                                              const ConfigView& view) {
    if (offset > view.offset) return Kind::Ahead;
    if (offset < known.told && offset < view.offset) return Kind::Behind;
    return std::nullopt;
}

void ForeignMembers::weigh(Known& known, const GroupMemberMetadata& member, const ConfigView& view,
                           std::chrono::milliseconds now) {
    const auto offset = member.metadata.config_offset;
    auto& doubt = known.doubt;
    if (doubt && doubt->proven) {
        // Our topic's growth may bring the leader to where the member stands; who moves along with it reads it, and who
        // was started again may have other settings.
        const bool changed = offset != doubt->offset || member.member_id != doubt->member_id;
        doubt->member_id = member.member_id;
        if (changed && offset == view.offset) doubt.reset();
        return;
    }
    const auto kind = suspicion(known, offset, view);
    if (!kind) {
        doubt.reset();
        return;
    }
    if (!doubt || doubt->kind != *kind || doubt->offset != offset)
        doubt = Doubt{.kind = *kind, .member_id = {}, .offset = offset, .since = now, .reads = view.reads};
    doubt->member_id = member.member_id;
    ++doubt->rounds;
}

std::optional<ForeignMembers::Finding> ForeignMembers::finding(Known& known, const GroupMemberMetadata& member,
                                                               const ConfigView& view, std::chrono::milliseconds now) {
    const auto offset = member.metadata.config_offset;
    weigh(known, member, view, now);
    auto& doubt = known.doubt;
    if (!doubt) return std::nullopt;
    const auto rounds = doubt->kind == Kind::Ahead ? rounds_ahead : rounds_behind;
    const bool ripe =
        doubt->rounds >= rounds && now - doubt->since >= time_for_proof && view.reads - doubt->reads >= reads_for_proof;
    if (!doubt->proven && !ripe) return std::nullopt;
    Finding found{.kind = doubt->kind,
                  .member_id = member.member_id,
                  .url = member.metadata.url,
                  .offset = offset,
                  .own_offset = view.offset,
                  .own_end = view.end};
    if (!doubt->proven && view.end < view.offset)
        found.kind = Kind::OwnTopic;
    else
        doubt->proven = true;
    return found;
}

std::vector<ForeignMembers::Finding> ForeignMembers::look(const std::vector<GroupMemberMetadata>& members,
                                                          const ConfigView& view, std::chrono::milliseconds now) {
    std::vector<Finding> findings;
    foreign_.clear();
    doubts_ = false;
    for (const auto& member : members) {
        auto& known = workers_[member.metadata.url];
        known.seen = now;
        if (auto found = finding(known, member, view, now)) findings.push_back(*std::move(found));
        if (!known.doubt) continue;
        if (known.doubt->proven)
            foreign_.insert(member.member_id);
        else
            doubts_ = true;
    }
    std::erase_if(workers_, [&](const auto& worker) { return now - worker.second.seen > memory; });
    return findings;
}

void ForeignMembers::told(const std::vector<GroupMemberMetadata>& members, std::int64_t offset) {
    for (const auto& member : members) {
        const auto known = workers_.find(member.metadata.url);
        if (known != workers_.end()) known->second.told = offset;
    }
}

}
