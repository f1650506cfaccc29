#include "cluster/membership/group_member.hpp"

#include "cluster/assignment/connect_protocol.hpp"
#include "cluster/async/with_timeout.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace millrace::cluster {

GroupMember::GroupMember(const asio::any_io_executor& executor, const GroupSettings& settings, MemberListener& listener,
                         const Logger& logger, WallClock clock)
    : executor_(executor),
      settings_(settings),
      listener_(listener),
      logger_(logger),
      clock_(std::move(clock)),
      connections_(std::make_shared<ConnectionMetrics>()),
      coordinator_(settings, logger, connections_),
      assignor_(settings.scheduled_rebalance_max_delay),
      protocol_(settings.protocol),
      wake_(executor),
      heartbeat_due_(executor) {}

asio::awaitable<void> GroupMember::run() {
    Scope heartbeats(executor_, [this](std::exception_ptr error) {
        failure_ = std::move(error);
        wake_.set();
    });
    heartbeats.spawn(heartbeat_loop());
    std::exception_ptr error;
    try {
        while (!failure_) co_await step();
        error = failure_;
    } catch (...) {
        error = std::current_exception();
    }
    // The goodbye is not cut short: without it the others wait out the session timeout.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await heartbeats.stop();
    co_await leave_now("the worker is shutting down");
    if (error && !is_cancelled(error)) std::rethrow_exception(error);
}

asio::awaitable<void> GroupMember::step() {
    if (leave_reason_) {
        std::string reason = *leave_reason_;
        leave_reason_.reset();
        co_await leave_now(std::move(reason));
        if (std::exchange(forgets_work_, false)) assignment_.reset();
    }
    if (away_) {
        co_await wake_.wait();
        wake_.clear();
        co_return;
    }
    if (!coordinator_.known()) {
        // When the session is over, others begin while this one still searches.
        if (const auto over = lost_work_reason(); !over.empty()) co_await give_up_work(over);
        const bool found = co_await find_coordinator();
        const auto reason =
            found ? lost_work_reason()
                  : fmt::format("Broker coordinator was unreachable for {}ms", settings_.heartbeat_interval.count());
        if (!reason.empty()) co_await give_up_work(reason);
        if (!found) co_return;
        last_heartbeat_ = Event::Clock::now();  // whether the group still knows this worker, the next one tells
        heartbeat_at_once_ = true;
    }
    heartbeat_due_.set();
    if (rejoin_requested_ || round_open_ || generation_ < 0) {
        co_await rejoin();
        co_return;
    }
    co_await wake_.wait();
    wake_.clear();
}

void GroupMember::heard(Event::Clock::time_point sent) {
    last_heartbeat_ = sent;
    heartbeat_at_once_ = false;
    set_session(sent + settings_.session_timeout);
}

void GroupMember::set_session(Event::Clock::time_point until) {
    session_until_ = until;
    listener_.on_session(until);
}

asio::awaitable<bool> GroupMember::find_coordinator() {
    std::string why;
    try {
        co_return co_await coordinator_.discover(settings_.heartbeat_interval);
    } catch (const AuthenticationException& e) {
        // Credentials that were good before may be so again: a broker that starts may not have loaded them yet.
        if (!was_member_) throw;
        why = e.what();
    }
    logger_.error("{}", why);
    co_await sleep_for(settings_.retry_backoff_max);
    co_return false;
}

std::string GroupMember::lost_work_reason() const {
    const auto silent = Event::Clock::now() - last_heartbeat_;
    // A new leader gives out the old one's work at once, any other's after the delay.
    const auto kept = settings_.session_timeout +
                      (is_leader() ? std::chrono::milliseconds{0} : settings_.scheduled_rebalance_max_delay);
    if (generation_ < 0 || silent <= kept) return "";
    return fmt::format("No heartbeat was answered for {}ms",
                       std::chrono::ceil<std::chrono::milliseconds>(silent).count());
}

asio::awaitable<void> GroupMember::give_up_work(std::string reason) {
    if (!assignment_ || assignment_->failed()) co_return;
    logger_.info("{}. Revoking previous assignment {} to avoid running tasks while not being a member the group",
                 reason, to_string(*assignment_));
    assignment_.reset();
    rejoin_requested_ = true;
    rejoin_reason_ = "the work was given up";
    co_await listener_.on_work_lost();
}

void GroupMember::request_rejoin(const std::string& reason) {
    logger_.info("Request joining group due to: {}", reason);
    rejoin_requested_ = true;
    rejoin_reason_ = reason;
    away_ = false;
    leave_reason_.reset();
    wake_.set();
}

void GroupMember::request_leave(std::string reason) {
    leave_reason_ = std::move(reason);
    rejoin_requested_ = false;
    wake_.set();
}

void GroupMember::request_leave_for_good(std::string reason) {
    forgets_work_ = true;
    request_leave(std::move(reason));
}

asio::awaitable<void> GroupMember::leave_now(std::string reason) {
    away_ = true;
    const auto member_id = member_id_;
    reset(false, reason);
    if (member_id.empty()) co_return;
    std::string why;
    try {
        bool known = coordinator_.known();
        if (!known) known = co_await coordinator_.discover(settings_.heartbeat_interval);
        if (!known) co_return;
        logger_.info("Member {} sending LeaveGroup request to coordinator {} due to {}", member_id, coordinator_.name(),
                     reason);
        auto request = LeaveGroupRequest::of(settings_.group_id, member_id, reason);
        (void)co_await coordinator_.call(std::move(request), settings_.heartbeat_interval);
    } catch (const ConnectException& e) {
        why = e.what();
    }
    if (!why.empty()) logger_.warn("Leaving the group failed, it will notice at the session timeout: {}", why);
}

void GroupMember::reset(bool keep_member_id, const std::string& reason) {
    if (generation_ >= 0 || !member_id_.empty())
        logger_.info("Resetting generation {}due to: {}", keep_member_id ? "" : "and member id ", reason);
    generation_ = -1;
    state_ = State::Unjoined;
    if (keep_member_id) return;
    if (!member_id_.empty()) set_session(Event::Clock::now());
    member_id_.clear();
}

std::string GroupMember::describe_generation() const {
    return fmt::format("Generation{{generationId={}, memberId='{}', protocol='{}'}}", generation_, member_id_,
                       protocol_name(protocol_));
}

std::optional<std::string> GroupMember::owner_url(const std::string& connector) const {
    const auto found = connector_owners_.find(connector);
    if (!is_leader() || found == connector_owners_.end()) return std::nullopt;
    return found->second;
}

std::optional<std::string> GroupMember::owner_url(const TaskId& task) const {
    const auto found = task_owners_.find(task);
    if (!is_leader() || found == task_owners_.end()) return std::nullopt;
    return found->second;
}

void GroupMember::collect_metrics(worker::MetricsPage& page) const {
    const auto work = assignment_ ? assignment_->assigned : Work{};
    connections_->collect(page, settings_.client_id);
    metrics_.collect(page, settings_.client_id, work.connectors.size(), work.tasks.size());
    const auto strangers = is_stranger() ? 1 : is_leader() ? mistakes_.size() : 0;
    page.write(worker::own_metrics::strangers, static_cast<double>(strangers), {});
}

void GroupMember::mark_progress() {
    last_progress_ = Event::Clock::now();
    if (std::exchange(stuck_, false)) request_rejoin("the herder goes on");
}

bool GroupMember::heartbeats_wanted() const noexcept {
    return generation_ >= 0 && coordinator_.known() &&
           (state_ == State::CompletingRebalance || state_ == State::Stable);
}

void GroupMember::watch_herder() {
    if (away_ || stuck_ || !last_progress_ || Event::Clock::now() - *last_progress_ <= settings_.rebalance_timeout)
        return;
    logger_.warn(
        "The herder has done nothing for more than rebalance.timeout.ms ({} ms); leaving the group until it does",
        settings_.rebalance_timeout.count());
    stuck_ = true;
    leave_reason_ = "the herder is stuck";
    wake_.set();
}

asio::awaitable<void> GroupMember::heartbeat_loop() {
    for (;;) {
        while (!heartbeats_wanted()) {
            heartbeat_due_.clear();
            co_await heartbeat_due_.wait();
        }
        if (!std::exchange(heartbeat_at_once_, false)) co_await sleep_for(settings_.heartbeat_interval);
        while (heartbeats_wanted()) {
            const bool done = co_await heartbeat();
            if (done) break;
            co_await sleep_for(settings_.retry_backoff);
        }
        watch_herder();
    }
}

/// False: it failed, and the next one should come soon.
asio::awaitable<bool> GroupMember::heartbeat() {
    const auto generation = generation_;
    const auto sent = Event::Clock::now();
    const auto left = last_heartbeat_ + settings_.session_timeout - sent;
    if (left <= Event::Clock::duration::zero()) {
        coordinator_.forget("session timed out without receiving a heartbeat response");
        wake_.set();
        co_return true;
    }
    ErrorCode error = ErrorCode::None;
    try {
        HeartbeatRequest request{.group_id = settings_.group_id,
                                 .generation_id = generation,
                                 .member_id = member_id_,
                                 .group_instance_id = std::nullopt};
        const auto limit = std::min(settings_.request_timeout, std::chrono::ceil<std::chrono::milliseconds>(left));
        const auto answer = co_await coordinator_.call(std::move(request), limit);
        error = static_cast<ErrorCode>(answer.error_code);
    } catch (const DisconnectException&) {
        wake_.set();  // the coordinator has said why it is gone
        co_return true;
    }
    // An answer that was read only after this process was suspended says nothing about the present.
    if (Event::Clock::now() - sent > settings_.session_timeout) {
        coordinator_.forget("session timed out while this worker was suspended");
        wake_.set();
        co_return true;
    }
    switch (reaction_to(GroupRequest::Heartbeat, error)) {
    case Reaction::Proceed:
        heard(sent);
        metrics_.heartbeat(Event::Clock::now() - sent);
        co_return true;
    case Reaction::RetryNow:
        heard(sent);
        if (state_ == State::Stable) {
            logger_.info("Attempt to heartbeat failed since group is rebalancing");
            rejoin_requested_ = true;
            rejoin_reason_ = "group is already rebalancing";
        }
        break;
    case Reaction::Rediscover:
        coordinator_.forget(to_string(error));
        break;
    case Reaction::DropGeneration:
    case Reaction::DropMember:
        // A join that was quicker than this answer counts.
        if (generation == generation_)
            reset(error == ErrorCode::IllegalGeneration,
                  "encountered " + to_string(error) + " from HEARTBEAT response");
        break;
    case Reaction::Fatal:
        throw ConnectException("Heartbeat failed: " + to_string(error));
    default:
        logger_.debug("Heartbeat failed: {}", to_string(error));
        co_return false;
    }
    wake_.set();
    co_return true;
}

}
