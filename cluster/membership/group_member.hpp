/// Keeps this worker a member of its Connect group.
///
/// Input   a MemberListener that knows the configuration and stops and starts work.
/// Output  calls of the listener, in the order in which the group needs them: revoked work has ended before the next
///         join, and all work when the coordinator cannot be reached.
/// State   member id, generation, current assignment; the leader's memory. Belongs to one executor thread.
/// Errors  run() throws what no retry can help: AuthenticationException, UnsupportedVersionException, ConnectException.
/// Facts   Kafka's classic group protocol with protocol type "connect"; KIP-415, KIP-507.
#pragma once
#include "cluster/assignment/leader.hpp"
#include "cluster/async/event.hpp"
#include "cluster/async/scope.hpp"
#include "cluster/membership/connection_metrics.hpp"
#include "cluster/membership/coordinator.hpp"
#include "cluster/membership/group_metrics.hpp"
#include "cluster/membership/group_settings.hpp"
#include "cluster/membership/reactions.hpp"
#include "connectors/api/log.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace millrace::cluster {

/// What a member needs of the herder. Called on the member's executor.
class MemberListener {
public:
    virtual ~MemberListener() = default;
    /// The herder's copy of the config topic as it is now: what is configured (the target state does not matter; no
    /// tasks of connectors whose task configurations are incomplete), and the offset after the last record in it.
    virtual ConfigView config_view() = 0;
    /// Stop this work and return when it has ended. In the eager protocol it is everything, before every join.
    virtual asio::awaitable<void> on_revoked(Work work) = 0;
    /// `assignment.assigned` is all that this worker shall run now; `assignment.revoked` is what on_revoked() had to
    /// end. The herder brings its config copy to assignment.config_offset, starts what is missing, and calls
    /// request_rejoin() if the assignment failed, revoked something, is older than the copy, or when its delay is over.
    virtual void on_assigned(const Assignment& assignment, int generation) = 0;
    /// The coordinator could not be reached for a heartbeat interval, or this process was suspended for so long that
    /// the group has done without it: stop everything, since others may run it.
    virtual asio::awaitable<void> on_work_lost() = 0;
    /// Until then the group counts this worker as a member, so that nobody else runs its work. A time that is over: it
    /// does not any more.
    virtual void on_session(Event::Clock::time_point until) = 0;
};

class GroupMember {
public:
    enum class State : unsigned char { Unjoined, PreparingRebalance, CompletingRebalance, Stable };
    using WallClock = std::function<std::chrono::milliseconds()>;  ///< since the epoch

    /// Settings and listener outlive the member.
    GroupMember(const asio::any_io_executor& executor, const GroupSettings& settings, MemberListener& listener,
                const Logger& logger, WallClock clock);

    /// Joins, heartbeats, rejoins. Ends when cancelled, after it has left the group, or with what it throws.
    asio::awaitable<void> run();

    /// Join again soon, since the configuration or the work of this worker has changed.
    void request_rejoin(const std::string& reason);
    /// Leave the group soon; it joins again when request_rejoin() is called.
    void request_leave(std::string reason);
    /// The same for a group that is another cluster's: what was assigned is forgotten, and is not claimed by the next
    /// join.
    void request_leave_for_good(std::string reason);
    /// The herder's loop is alive. Once it has been called, not calling it for rebalance.timeout.ms leaves the group
    /// until the next call.
    void mark_progress();

    void collect_metrics(worker::MetricsPage& page) const;

    State state() const noexcept { return state_; }
    /// That of the last completed join; -1 when this worker is no member.
    int generation() const noexcept { return generation_; }
    const std::string& member_id() const noexcept { return member_id_; }
    /// None before the first assignment and after it was lost.
    const std::optional<Assignment>& assignment() const noexcept { return assignment_; }
    std::string leader_id() const { return assignment_ ? assignment_->leader : ""; }
    /// With trailing slash; "" if there is none yet. Throws ConnectException if it leads another cluster.
    std::string leader_url() const;
    bool is_leader() const { return assignment_ && generation_ >= 0 && assignment_->leader == member_id_; }
    /// That of the selected protocol, or of the configured one before there is any.
    Protocol protocol() const noexcept { return protocol_; }
    /// Known to the leader alone: the URL of the worker that runs it. None when nobody does, or this is not the leader.
    std::optional<std::string> owner_url(const std::string& connector) const;
    std::optional<std::string> owner_url(const TaskId& task) const;

    /// The leader cannot explain yet how far a member has read the config topic, and shall read it to its end.
    bool doubts_members() const noexcept { return is_leader() && assignor_.doubts_members(); }
    /// Two clusters that have one group.id by mistake, in sentences; "" if this worker has noticed none.
    std::string mistakes() const;

    /// Known to the leader alone: the URLs of members that show no certificate to their peers, as Java's.
    const std::set<std::string>& plain_members() const noexcept { return plain_members_; }

private:
    asio::awaitable<void> step();
    /// The group has heard of this member what it sent then.
    void heard(Event::Clock::time_point sent);
    void set_session(Event::Clock::time_point until);
    asio::awaitable<bool> find_coordinator();
    /// Why others may run this worker's work although the coordinator is there; "" if they do not.
    std::string lost_work_reason() const;
    asio::awaitable<void> give_up_work(std::string reason);
    asio::awaitable<void> leave_now(std::string reason);

    asio::awaitable<void> rejoin();
    asio::awaitable<bool> prepare();
    asio::awaitable<bool> revoke(Work work);
    asio::awaitable<std::optional<JoinGroupResponse>> join(ConfigView view);
    asio::awaitable<void> complete(JoinGroupResponse joined, ConfigView view);
    asio::awaitable<void> apply(Assignment assignment, int generation);
    std::vector<SyncGroupRequest::Assignment> assignments_as_leader(const JoinGroupResponse& joined,
                                                                    const ConfigView& view);
    // Two clusters with one group.id: strangers.cpp
    /// Whether this worker has joined another cluster's group by mistake.
    bool is_stranger() const;
    std::string why_stranger(const std::string& other_url, const std::string& other_topic) const;
    std::string why_foreign(const ForeignMembers::Finding& finding) const;
    std::string own_mistake() const;
    void name_strangers(const LeaderRound& round);
    void remember_owners(const LeaderRound& round, const std::map<std::string, Assignment>& assignments);
    asio::awaitable<void> react(Reaction reaction, ErrorCode error, std::string request);
    void check_protocol(const std::optional<std::string>& type, const std::optional<std::string>& name,
                        const std::string& request) const;

    asio::awaitable<void> heartbeat_loop();
    asio::awaitable<bool> heartbeat();
    void watch_herder();
    bool heartbeats_wanted() const noexcept;

    void reset(bool keep_member_id, const std::string& reason);
    std::string describe_generation() const;

    asio::any_io_executor executor_;
    const GroupSettings& settings_;
    MemberListener& listener_;
    Logger logger_;
    WallClock clock_;
    std::shared_ptr<ConnectionMetrics> connections_;
    Coordinator coordinator_;
    LeaderAssignor assignor_;
    GroupMetrics metrics_;

    State state_ = State::Unjoined;
    int generation_ = -1;
    int last_generation_ = -1;  ///< that of the last applied assignment
    std::string member_id_;
    Protocol protocol_;
    std::optional<Assignment> assignment_;
    std::map<std::string, std::string> connector_owners_;
    std::map<TaskId, std::string> task_owners_;
    std::set<std::string> plain_members_;
    std::vector<std::string> mistakes_;  ///< of the last round that this worker led: a sentence a member

    bool rejoin_requested_ = true;
    std::string rejoin_reason_;
    bool round_open_ = false;  ///< a join has begun and has not led to an assignment yet
    bool prepared_ = false;    ///< for this round
    bool was_member_ = false;
    bool away_ = false;   ///< left on purpose
    bool stuck_ = false;  ///< left because the herder makes no progress
    std::optional<std::string> leave_reason_;
    bool forgets_work_ = false;  ///< when it leaves
    std::exception_ptr failure_;
    Event wake_;
    Event heartbeat_due_;
    bool heartbeat_at_once_ = false;
    Event::Clock::time_point last_heartbeat_{};  ///< that was heard, or could be for the first time
    Event::Clock::time_point session_until_{};
    std::optional<Event::Clock::time_point> last_progress_;
};

}
