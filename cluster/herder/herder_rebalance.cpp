#include "cluster/async/await_callback.hpp"
#include "cluster/herder/distributed_herder.hpp"
#include "cluster/herder/herder_stage.hpp"

#include <boost/asio/post.hpp>
#include <fmt/ranges.h>

#include <algorithm>

namespace millrace::cluster {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

ConfigView DistributedHerder::config_view() {
    const auto state = fresh();
    ConfigView view{.offset = state->offset, .configured = {}, .end = deps_.configs.end(), .reads = config_reads_};
    for (const auto& name : state->connectors()) {
        view.configured.connectors.push_back(name);
        const auto tasks = state->tasks(name);
        view.configured.tasks.insert(view.configured.tasks.end(), tasks.begin(), tasks.end());
    }
    return view;
}

void DistributedHerder::on_assigned(const Assignment& assignment, int generation) {
    assignment_ = assignment;
    generation_ = generation;
    ++assignments_;
    rebalances_.begin();
    scheduled_rebalance_.reset();
    if (assignment.delay.count() > 0) scheduled_rebalance_ = steady_clock::now() + assignment.delay;
    resolved_ = false;
    rejoin_pending_ = false;
    if (is_leader()) {
        clean_deleted_statuses();
    } else {
        deps_.configs.relinquish_write_privileges();
    }
    forget_stale_certificates();
    wake_.set();
}

void DistributedHerder::collect_metrics(worker::MetricsPage& page) const {
    const auto protocol = member_.protocol() == Protocol::Eager        ? "EAGER"
                          : member_.protocol() == Protocol::Compatible ? "COMPATIBLE"
                                                                       : "SESSIONED";
    rebalances_.collect(
        page,
        {.protocol = protocol, .leader_url = assignment_ ? assignment_->leader_url : "", .generation = generation_});
    member_.collect_metrics(page);
    supervisor_.collect(page);
}

asio::awaitable<void> DistributedHerder::on_revoked(Work work) {
    const auto turn = co_await turn_.take();
    logger_.info("Rebalance started");
    // The loop goes on until the next assignment comes, and starts what this one says and does not run.
    if (assignment_) assignment_->assigned.erase(work);
    co_await stop_work(work);
    logger_.info("Finished stopping tasks in preparation for rebalance");
    if (deps_.config.topic_tracking_enable) clear_topics_of_deleted(work);
    const Stage stage(*this, "flushing updates to the status topic");
    co_await deps_.statuses.flush();
    logger_.info("Finished flushing status backing store in preparation for rebalance");
}

void DistributedHerder::on_session(Event::Clock::time_point until) {
    const bool waited_for = !worker_->lease().held();
    worker_->lease().extend(until);
    if (waited_for) wake_.set();
}

asio::awaitable<void> DistributedHerder::on_work_lost() {
    const auto turn = co_await turn_.take();
    logger_.warn(
        "Stopping all connectors and tasks: this worker may be no member of its group any more, and others run them");
    co_await stop_everything(worker::StopManner::AtOnce);
    worker_->lease().end();
    assignment_.reset();
    deps_.configs.relinquish_write_privileges();
    resolved_ = false;
    rejoin_pending_ = false;
}

/// True if the work of the last assignment runs.
asio::awaitable<bool> DistributedHerder::resolve() {
    if (resolved_) co_return true;
    if (rejoin_pending_) co_return false;
    const auto round = assignments_;
    AssignmentView view{.failed = assignment_->failed(),
                        .leader = is_leader(),
                        .assignment_offset = assignment_->config_offset,
                        .applied_offset = state_->offset,
                        .scheduled_rebalance = scheduled_rebalance_,
                        .doubts_members = member_.doubts_members()};
    const auto plan = plan_catch_up(view, steady_clock::now());
    if (plan.schedule_due) scheduled_rebalance_.reset();
    if (plan.read_to_end && !co_await read_config_to_end()) {
        can_read_configs_ = false;
        rejoin_when_read_ = true;
        rejoin_pending_ = true;
        catch_up_at_ = steady_clock::now();
        member_.request_leave("taking too long to read the log");
        co_return false;
    }
    if (round != assignments_ || !assignment_) co_return false;  // another came meanwhile
    view.applied_offset = state_->offset;
    if (doubts_topic(view)) {
        doubt_topic(view);
        co_return false;
    }
    if (plan.rejoin) {
        rejoin(plan.schedule_due ? "the scheduled rebalance is due" : "the assignment failed");
        co_return false;
    }
    if (state_->offset != assignment_->config_offset) {
        logger_.info("Current config state offset {} does not match group assignment {}. Forcing rebalance.",
                     state_->offset, assignment_->config_offset);
        rejoin("the config topic has gone on");
        co_return false;
    }
    start_assigned();
    resolved_ = true;
    proven_ = true;
    doubts_ = leaves_ = 0;
    rebalances_.complete();
    if (assignment_->revoked.empty()) co_return true;
    assignment_->revoked = {};
    rejoin("revoked work is to be given out again");
    co_return false;
}

void DistributedHerder::doubt_topic(const AssignmentView& view) {
    const auto& config = deps_.config;
    const auto doubt = about_topic(view, proven_, ++doubts_, leaves_, config.worker_unsync_backoff);
    can_read_configs_ = false;
    catch_up_at_ = steady_clock::now() + doubt.pause;
    if (!doubt.leave) {
        rejoin_when_read_ = view.failed;
        if (view.leader)
            logger_.warn(
                "A member of the group has read its config topic up to offset {}, and config.storage.topic '{}' ends "
                "at offset {}. This worker, which leads, looks again in {} ms",
                view.assignment_offset, config.config_topic.name, view.applied_offset, doubt.pause.count());
        return;
    }
    logger_.error(
        "Two clusters have the group.id '{}': this worker's config.storage.topic '{}' ends at offset {}, and the "
        "leader {} {} {} of its own. Give one of the clusters another group.id, or both workers one config topic. This "
        "worker leaves the group for {} ms",
        config.group_id, config.config_topic.name, view.applied_offset, assignment_->leader_url,
        view.failed ? "cannot find" : "has read", view.assignment_offset, doubt.pause.count());
    doubts_ = 0;
    ++leaves_;
    rejoin_when_read_ = rejoin_pending_ = true;
    assignment_.reset();
    member_.request_leave_for_good("its config topic is not the leader's");
}

asio::awaitable<bool> DistributedHerder::read_config_to_end() {
    const Stage stage(*this, "reading to the end of the config topic");
    const auto limit = deps_.config.worker_sync_timeout;
    if (!co_await deps_.configs.refresh(limit)) {
        logger_.warn("Didn't reach end of config log quickly enough: not within {} ms", limit.count());
        co_return false;
    }
    state_ = fresh();
    ++config_reads_;
    catch_up_failures_ = 0;
    co_return true;
}

/// The loop goes on between two tries, so that requests, other rebalances and the end of the worker do not wait.
asio::awaitable<void> DistributedHerder::catch_up_again() {
    if (steady_clock::now() < catch_up_at_) co_return;
    if (co_await read_config_to_end()) {
        can_read_configs_ = true;
        if (std::exchange(rejoin_when_read_, false)) rejoin("the config topic can be read again");
        co_return;
    }
    const bool eager = member_.protocol() == Protocol::Eager;
    const auto pause = eager ? std::optional(deps_.config.worker_unsync_backoff)
                             : catch_up_backoff(++catch_up_failures_, deps_.config.scheduled_rebalance_max_delay);
    catch_up_at_ = steady_clock::now() + pause.value_or(milliseconds{0});
    if (pause) co_return;
    catch_up_failures_ = 0;
    co_await stop_everything();
    assignment_.reset();
}

void DistributedHerder::start_assigned() {
    const auto& assigned = assignment_->assigned;
    logger_.info("Starting connectors and tasks using config offset {}", assignment_->config_offset);
    for (const auto& id : std::exchange(tasks_to_restart_, {})) running_tasks_.erase(id);
    std::vector<std::string> connectors;
    std::vector<TaskId> tasks;
    for (const auto& name : assigned.connectors)
        if (running_connectors_.count(name) == 0) connectors.push_back(name);
    for (const auto& id : assigned.tasks)
        if (running_tasks_.count(id) == 0) tasks.push_back(id);
    const Stage stage(
        *this, fmt::format("starting {} connector(s) and task(s) after a rebalance", connectors.size() + tasks.size()));
    running_connectors_ = {assigned.connectors.begin(), assigned.connectors.end()};
    running_tasks_ = {assigned.tasks.begin(), assigned.tasks.end()};
    for (const auto& name : connectors) start_connector(name, {});
    for (const auto& id : tasks) start_task(id);
    logger_.info("Finished starting connectors and tasks");
}

asio::awaitable<void> DistributedHerder::apply_config_changes() {
    if (!needs_rebalance_ && changed_connectors_.empty() && changed_target_states_.empty() && changed_tasks_.empty())
        co_return;
    state_ = fresh();
    auto connectors = std::exchange(changed_connectors_, {});
    const auto targets = std::exchange(changed_target_states_, {});
    auto tasks = std::exchange(changed_tasks_, {});
    const bool eager = member_.protocol() == Protocol::Eager;
    const bool rebalance = std::exchange(needs_rebalance_, false);
    co_await restart_changed_connectors(std::move(connectors));
    apply_target_states(targets);
    if (!eager) co_await stop_reconfigured_tasks(std::move(tasks));
    if (rebalance) rejoin("connectors or tasks were added, removed or reconfigured");
}

asio::awaitable<void> DistributedHerder::restart_changed_connectors(std::set<std::string> changed) {
    for (const auto& name : changed) {
        if (running_connectors_.count(name) == 0) continue;
        const bool remains = state_->contains(name);
        logger_.info("Handling connector-only config update by {} connector {}", remains ? "restarting" : "stopping",
                     name);
        Work work;
        work.connectors = {name};
        co_await stop_work(work);
        if (!remains) continue;
        running_connectors_.insert(name);
        start_connector(name, {});
    }
}

void DistributedHerder::apply_target_states(const std::set<std::string>& changed) {
    for (const auto& name : changed) {
        const auto target = state_->target_state(name);
        if (!target || !state_->contains(name)) continue;
        worker_->set_task_states(name, *target);
        if (!worker_->has_connector(name)) continue;
        worker_->set_connector_state(name, *target, [this, name, target](std::exception_ptr error) {
            asio::post(deps_.executor, [this, alive = alive_, name, target, error] {
                if (!*alive) return;
                if (error) {
                    logger_.error("Failed to transition connector {} to target state {}", name, to_string(*target));
                } else if (*target == TargetState::Started) {
                    request_reconfiguration(name, 0);
                }
            });
        });
    }
}

asio::awaitable<void> DistributedHerder::stop_reconfigured_tasks(std::set<TaskId> changed) {
    std::set<std::string> connectors;
    for (const auto& id : changed) connectors.insert(id.connector);
    Work work;
    std::vector<std::string> names;
    for (const auto& id : running_tasks_) {
        if (connectors.count(id.connector) == 0) continue;
        work.tasks.push_back(id);
        names.push_back(to_string(id));
    }
    if (work.tasks.empty()) co_return;
    logger_.info(
        "Handling task config update by stopping tasks [{}], which will be restarted after rebalance if still "
        "assigned to this worker",
        fmt::join(names, ", "));
    const Stage stage(*this, fmt::format("stopping {} reconfigured tasks", names.size()));
    const auto tasks = work.tasks;
    co_await stop_work(std::move(work));
    for (const auto& id : tasks) {
        running_tasks_.insert(id);  // still ours: the next assignment says whether it starts again
        tasks_to_restart_.insert(id);
    }
}

void DistributedHerder::clean_deleted_statuses() {
    const auto state = fresh();
    const auto& table = deps_.statuses.table();
    for (const auto& name : table.connectors()) {
        const auto tasks = state->tasks(name);
        for (const auto& [number, status] : table.tasks(name))
            if (std::find(tasks.begin(), tasks.end(), TaskId{name, number}) == tasks.end())
                deps_.statuses.remove(TaskId{name, number});
        if (state->contains(name)) continue;
        logger_.debug("Cleaning status information for connector {}", name);
        deps_.statuses.remove(name);
    }
}

void DistributedHerder::clear_topics_of_deleted(const Work& work) {
    std::set<std::string> names(work.connectors.begin(), work.connectors.end());
    for (const auto& id : work.tasks) names.insert(id.connector);
    const auto state = fresh();
    for (const auto& name : names) {
        if (state->contains(name)) continue;
        for (const auto& topic : deps_.statuses.table().topics(name)) deps_.statuses.remove_topic(topic.topic, name);
    }
}

}
