// The join path of GroupMember: prepare, JoinGroup, SyncGroup, apply.
#include "cluster/assignment/connect_protocol.hpp"
#include "cluster/async/with_timeout.hpp"
#include "cluster/membership/group_member.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace millrace::cluster {
namespace {

constexpr std::string_view protocol_type = "connect";
constexpr std::chrono::milliseconds join_margin{5'000};  ///< beyond the rebalance timeout, for the broker's answer
constexpr std::size_t most_reason_bytes = 255;

void append(Work& to, const Work& items) {
    to.connectors.insert(to.connectors.end(), items.connectors.begin(), items.connectors.end());
    to.tasks.insert(to.tasks.end(), items.tasks.begin(), items.tasks.end());
}

}

asio::awaitable<void> GroupMember::rejoin() {
    round_open_ = true;
    const bool prepared = co_await prepare();
    if (!prepared) co_return;
    state_ = State::PreparingRebalance;
    // From here on a request to rejoin means another round: this one's metadata are fixed.
    rejoin_requested_ = false;
    const auto begun = Event::Clock::now();
    const auto view = listener_.config_view();
    try {
        auto joined = co_await join(view);
        if (joined) metrics_.joined(Event::Clock::now() - begun);
        if (joined) co_await complete(*std::move(joined), view);
    } catch (const DisconnectException& e) {
        logger_.debug("Joining the group was interrupted: {}", e.what());
        metrics_.rebalance_failed();
        if (state_ != State::Stable) state_ = State::Unjoined;
    }
    if (!round_open_) metrics_.rebalanced(Event::Clock::now() - begun);
}

/// Once per rebalance. False: the round is off.
asio::awaitable<bool> GroupMember::prepare() {
    if (prepared_) co_return true;
    prepared_ = true;
    logger_.info("Rebalance started");
    if (protocol_ != Protocol::Eager || !assignment_) co_return true;
    const auto owned = assignment_->assigned;
    const bool failed = assignment_->failed();
    assignment_.reset();
    if (failed) co_return true;
    if (Event::Clock::now() < session_until_) co_return co_await revoke(owned);
    co_await listener_.on_work_lost();  // others run it by now
    co_return true;
}

/// False: it took longer than the group waits, so this worker has left it.
asio::awaitable<bool> GroupMember::revoke(Work work) {
    try {
        co_await with_timeout(settings_.rebalance_timeout, listener_.on_revoked(std::move(work)),
                              "stopping revoked work");
        co_return true;
    } catch (const TimeoutException& e) {
        logger_.error("{}; leaving the group, which waits for it no longer than that", e.what());
    }
    co_await leave_now("revoked work does not stop");
    assignment_.reset();
    prepared_ = false;
    away_ = false;
    rejoin_requested_ = true;
    co_return false;
}

/// None: react() has done what the error asks for, the round begins anew.
asio::awaitable<std::optional<JoinGroupResponse>> GroupMember::join(ConfigView view) {
    MemberMetadata metadata{.url = settings_.advertised_url,
                            .config_offset = view.offset,
                            .allocation = assignment_,
                            .fingerprint = settings_.fingerprint,
                            .config_topic = settings_.config_topic};
    JoinGroupRequest request{.group_id = settings_.group_id,
                             .session_timeout_ms = static_cast<std::int32_t>(settings_.session_timeout.count()),
                             .rebalance_timeout_ms = static_cast<std::int32_t>(settings_.rebalance_timeout.count()),
                             .member_id = member_id_,
                             .group_instance_id = std::nullopt,
                             .protocol_type = std::string(protocol_type),
                             .protocols = {},
                             .reason = rejoin_reason_.substr(0, most_reason_bytes)};
    for (const auto protocol : offered_protocols(settings_.protocol))
        request.protocols.push_back({std::string(protocol_name(protocol)), encode_metadata(protocol, metadata)});
    logger_.info("(Re-)joining group");

    const auto limit = std::max(settings_.request_timeout, settings_.rebalance_timeout + join_margin);
    // A member that joins is waited for without heartbeats.
    if (const auto now = Event::Clock::now(); now < session_until_) set_session(now + settings_.rebalance_timeout);
    auto joined = co_await coordinator_.call(std::move(request), limit);
    const auto error = static_cast<ErrorCode>(joined.error_code);
    const auto reaction = reaction_to(GroupRequest::JoinGroup, error);
    if (reaction == Reaction::Proceed) {
        check_protocol(joined.protocol_type, joined.protocol_name, "JoinGroup");
        co_return joined;
    }
    if (reaction == Reaction::AdoptMemberId)
        member_id_ = joined.member_id;
    else
        co_await react(reaction, error, "JoinGroup");
    co_return std::nullopt;
}

asio::awaitable<void> GroupMember::complete(JoinGroupResponse joined, ConfigView view) {
    const auto selected = protocol_from_name(joined.protocol_name.value_or(""));
    generation_ = joined.generation_id;
    member_id_ = joined.member_id;
    protocol_ = selected;
    state_ = State::CompletingRebalance;
    was_member_ = true;
    heard(Event::Clock::now());
    heartbeat_due_.set();
    logger_.info("Successfully joined group with generation {}", describe_generation());
    // The group has gone over to the eager protocol, in which nobody keeps anything; prepare() did not know yet.
    if (selected == Protocol::Eager && assignment_) {
        const auto owned = std::exchange(assignment_, std::nullopt)->assigned;
        const bool stopped = co_await revoke(owned);
        if (!stopped) co_return;
    }

    SyncGroupRequest request{.group_id = settings_.group_id,
                             .generation_id = generation_,
                             .member_id = member_id_,
                             .group_instance_id = std::nullopt,
                             .protocol_type = std::string(protocol_type),
                             .protocol_name = joined.protocol_name,
                             .assignments = {}};
    if (joined.leader == member_id_) request.assignments = assignments_as_leader(joined, view);
    const auto asked = Event::Clock::now();
    const auto synced = co_await coordinator_.call(std::move(request), settings_.request_timeout);
    const auto error = static_cast<ErrorCode>(synced.error_code);
    const auto reaction = reaction_to(GroupRequest::SyncGroup, error);
    if (reaction != Reaction::Proceed) {
        co_await react(reaction, error, "SyncGroup");
        co_return;
    }
    metrics_.synced(Event::Clock::now() - asked);
    check_protocol(synced.protocol_type, synced.protocol_name, "SyncGroup");
    if (generation_ != joined.generation_id) co_return;  // a heartbeat's answer has thrown us out meanwhile
    std::string why;
    Assignment assignment;
    try {
        assignment = decode_assignment(selected, synced.assignment);
    } catch (const DataException& e) {
        why = e.what();
    }
    if (!why.empty()) {  // empty bytes are what a member gets that the leader has forgotten
        logger_.warn("The leader sent no assignment that this worker can read, joining again: {}", why);
        co_await sleep_for(settings_.retry_backoff_max);
        co_return;
    }
    logger_.info("Successfully synced group in generation {}", describe_generation());
    co_await apply(std::move(assignment), joined.generation_id);
}

asio::awaitable<void> GroupMember::apply(Assignment assignment, int generation) {
    const auto revoked = assignment.revoked;
    if (protocol_ != Protocol::Eager) {
        if (!revoked.empty()) {
            const bool stopped = co_await revoke(revoked);
            if (!stopped) co_return;
        }
        if (assignment_) {
            Work kept = assignment_->assigned;
            kept.erase(revoked);
            kept.erase(assignment.assigned);
            append(assignment.assigned, kept);
        }
    }
    assignment_ = assignment;
    assignment_->revoked = {};
    last_generation_ = generation;
    round_open_ = false;
    prepared_ = false;
    if (!rejoin_requested_) rejoin_reason_.clear();
    // The round stands, even if a heartbeat's answer has come meanwhile that asks for the next one.
    if (generation_ == generation) state_ = State::Stable;
    logger_.info(
        "Joined group at generation {} with protocol version {} and got assignment: {} with rebalance delay: {}",
        generation, static_cast<int>(protocol_), to_string(assignment), assignment.delay.count());
    if (is_stranger()) logger_.error("{}", own_mistake());
    listener_.on_assigned(assignment, generation);
}

std::vector<SyncGroupRequest::Assignment> GroupMember::assignments_as_leader(const JoinGroupResponse& joined,
                                                                             const ConfigView& view) {
    if (joined.skip_assignment)
        throw ConnectException("Can't skip assignment because Connect does not support static membership.");
    LeaderRound round{.protocol = protocol_,
                      .leader_id = member_id_,
                      .members = {},
                      .generation = generation_,
                      .last_generation = last_generation_,
                      .now = clock_()};
    for (const auto& member : joined.members) {
        GroupMemberMetadata described{.member_id = member.member_id, .metadata = {}};
        try {
            described.metadata = decode_metadata(protocol_, member.metadata);
        } catch (const DataException& e) {
            logger_.warn("Member {} describes itself in a way that this worker cannot read: {}", member.member_id,
                         e.what());
        }
        round.members.push_back(std::move(described));
    }
    const auto assignments = assignor_.assign(round, view, [this] { return listener_.config_view(); });
    name_strangers(round);
    remember_owners(round, assignments);
    std::vector<SyncGroupRequest::Assignment> encoded;
    for (const auto& [member, assignment] : assignments) {
        logger_.debug("Assignment of {}: {}", member, to_string(assignment));
        encoded.push_back({member, encode_assignment(assignment)});
    }
    return encoded;
}

void GroupMember::remember_owners(const LeaderRound& round, const std::map<std::string, Assignment>& assignments) {
    plain_members_.clear();
    connector_owners_.clear();
    task_owners_.clear();
    for (const auto& member : round.members) {
        const auto& assignment = assignments.at(member.member_id);
        Work work = assignment.assigned;
        if (round.protocol != Protocol::Eager && member.metadata.allocation) {
            Work kept = member.metadata.allocation->assigned;
            kept.erase(assignment.revoked);
            append(work, kept);
        }
        const bool foreign = assignment.leader_url == foreign_leader_url;
        if (member.metadata.fingerprint.empty() && !foreign) plain_members_.insert(member.metadata.url);
        for (const auto& connector : work.connectors) connector_owners_[connector] = member.metadata.url;
        for (const auto& task : work.tasks) task_owners_[task] = member.metadata.url;
    }
}

asio::awaitable<void> GroupMember::react(Reaction reaction, ErrorCode error, std::string request) {
    metrics_.rebalance_failed();
    switch (reaction) {
    case Reaction::Proceed:
    case Reaction::AdoptMemberId:
        break;
    case Reaction::RetryNow:
        logger_.info("{} failed: {}. Need to re-join the group.", request, to_string(error));
        break;
    case Reaction::RetryLater:
        co_await sleep_for(settings_.retry_backoff);
        break;
    case Reaction::Rediscover:
        coordinator_.forget(to_string(error));
        // A coordinator that is about to be one, or no more, is found again at once: without a pause this would spin.
        co_await sleep_for(settings_.retry_backoff);
        break;
    case Reaction::DropGeneration:
        reset(true, "encountered " + to_string(error) + " from " + request + " response");
        break;
    case Reaction::DropMember:
        reset(false, "encountered " + to_string(error) + " from " + request + " response");
        break;
    case Reaction::Fatal:
        if (error == ErrorCode::GroupAuthorizationFailed)
            throw ConnectException(fmt::format("Not authorized to access group: {}", settings_.group_id));
        if (error == ErrorCode::InconsistentGroupProtocol)
            throw ConnectException(
                fmt::format("group.id: the members of group '{}' are no Connect workers, or share no connect.protocol "
                            "with this one: {}",
                            settings_.group_id, to_string(error)));
        if (error == ErrorCode::InvalidGroupId)
            throw ConnectException(
                fmt::format("group.id: the broker takes no group of the name '{}'", settings_.group_id));
        if (error == ErrorCode::InvalidSessionTimeout)
            throw ConnectException(
                fmt::format("session.timeout.ms: {} is not within the broker's group.min.session.timeout.ms and "
                            "group.max.session.timeout.ms",
                            settings_.session_timeout.count()));
        throw ConnectException(
            fmt::format("Unexpected error in {} of group {}: {}", request, settings_.group_id, to_string(error)));
    }
}

void GroupMember::check_protocol(const std::optional<std::string>& type, const std::optional<std::string>& name,
                                 const std::string& request) const {
    if (type && *type != protocol_type)
        throw ConnectException(
            fmt::format("{}: the group's protocol type is '{}' instead of '{}'", request, *type, protocol_type));
    if (request == "SyncGroup" && name && *name != protocol_name(protocol_))
        throw ConnectException(
            fmt::format("{}: the group's protocol is '{}' instead of '{}'", request, *name, protocol_name(protocol_)));
}

}
