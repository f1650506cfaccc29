// Two clusters that have one group.id by mistake: how this member knows, and what it says.
#include "cluster/membership/group_member.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

namespace millrace::cluster {

bool GroupMember::is_stranger() const {
    return assignment_ &&
           (assignment_->leader_url == foreign_leader_url ||
            cluster::is_stranger({.url = settings_.advertised_url, .config_topic = settings_.config_topic},
                                 {.url = assignment_->leader_url, .config_topic = assignment_->leader_config_topic}));
}

std::string GroupMember::why_stranger(const std::string& other_url, const std::string& other_topic) const {
    return fmt::format(
        "Two clusters have the group.id '{}': this worker keeps its configurations in config.storage.topic '{}', the "
        "worker {} in '{}'. Give one of the clusters another group.id. Until then the worker that does not lead gets "
        "no work",
        settings_.group_id, settings_.config_topic, other_url, other_topic);
}

std::string GroupMember::why_foreign(const ForeignMembers::Finding& finding) const {
    using Kind = ForeignMembers::Kind;
    const auto& topic = settings_.config_topic;
    const auto who = fmt::format("the worker {} (member {})", finding.url, finding.member_id);
    if (finding.kind == Kind::OwnTopic)
        return fmt::format(
            "This worker has read its config.storage.topic '{}' up to offset {}, but it ends at offset {}: it was "
            "truncated or made anew, so that {}, which has read up to offset {}, may be right. Start this worker again",
            topic, finding.own_offset, finding.own_end, who, finding.offset);
    const auto difference =
        finding.kind == Kind::Ahead
            ? fmt::format(
                  "has read its own up to offset {}, which this worker's config.storage.topic '{}' does not "
                  "have: it ends at offset {}",
                  finding.offset, topic, finding.own_offset)
            : fmt::format(
                  "joins again and again with one that ends at offset {}, although this worker's "
                  "config.storage.topic '{}' ends at offset {}",
                  finding.offset, topic, finding.own_offset);
    return fmt::format(
        "Two clusters have the group.id '{}': {} reads another config topic. It {}. Give one of the clusters another "
        "group.id, or all workers one config.storage.topic. Until then that worker gets no work",
        settings_.group_id, who, difference);
}

std::string GroupMember::own_mistake() const {
    if (assignment_->leader_url != foreign_leader_url)
        return why_stranger(assignment_->leader_url, assignment_->leader_config_topic);
    return fmt::format(
        "Two clusters have the group.id '{}': this worker keeps its configurations in config.storage.topic '{}', which "
        "the group's leader, member {}, does not read. Give one of the clusters another group.id, or all workers one "
        "config.storage.topic. Until then this worker gets no work",
        settings_.group_id, settings_.config_topic, assignment_->leader);
}

void GroupMember::name_strangers(const LeaderRound& round) {
    mistakes_.clear();
    const MemberMetadata self{.url = settings_.advertised_url, .config_topic = settings_.config_topic};
    for (const auto& member : round.members) {
        if (cluster::is_stranger(member.metadata, self))
            mistakes_.push_back(why_stranger(member.metadata.url, member.metadata.config_topic));
    }
    for (const auto& finding : assignor_.findings()) mistakes_.push_back(why_foreign(finding));
    for (const auto& mistake : mistakes_) logger_.error("{}", mistake);
}

std::string GroupMember::leader_url() const {
    if (is_stranger()) throw ConnectException(own_mistake());
    return assignment_ ? assignment_->leader_url : "";
}

std::string GroupMember::mistakes() const {
    if (is_stranger()) return own_mistake() + ".";
    return is_leader() && !mistakes_.empty() ? fmt::format("{}.", fmt::join(mistakes_, ". ")) : "";
}

}
