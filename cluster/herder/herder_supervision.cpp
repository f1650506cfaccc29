// The part of DistributedHerder that starts again what has failed, where millrace.restart.on.failure is set, and what
// has values from config providers that may be others by now.
#include "cluster/herder/distributed_herder.hpp"
#include "cluster/herder/herder_stage.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

namespace millrace::cluster {

using std::chrono::steady_clock;

/// The status to publish: that of a failure also says what happens next.
DistributedHerder::Status DistributedHerder::supervised(const Supervised& what, Status status) {
    const auto wait = supervisor_.on_status(what, status, state_->connector_config(what.connector), deps_.config.values,
                                            steady_clock::now());
    if (!wait) return status;
    const auto failure = supervisor_.failures(what);
    add_request(steady_clock::now() + *wait, [this, what, failure] { return restart_failed(what, failure); });
    return status;
}

bool DistributedHerder::still_failed(const Supervised& what) const {
    const auto& table = deps_.statuses.table();
    const auto* status = what.task ? table.task({what.connector, *what.task}) : table.connector(what.connector);
    const bool here = what.task ? running_tasks_.count({what.connector, *what.task}) != 0
                                : running_connectors_.count(what.connector) != 0;
    return here && state_->contains(what.connector) && state_->target_state(what.connector) == TargetState::Started &&
           status != nullptr && status->state == State::Failed && status->worker_id == deps_.worker_id;
}

/// Nothing if somebody was quicker, or it is not this worker's any more.
asio::awaitable<void> DistributedHerder::restart_failed(Supervised what, std::uint64_t failure) {
    state_ = needs_rebalance_ ? state_ : fresh();
    if (supervisor_.failures(what) != failure || !still_failed(what)) co_return;
    Work work;
    if (what.task) {
        work.tasks = {TaskId{what.connector, *what.task}};
    } else {
        work.connectors = {what.connector};
    }
    const auto name = what.task ? to_string(work.tasks.front()) : what.connector;
    const Stage stage(*this, fmt::format("restarting {} after a failure", name));
    logger_.info("Restarting {} {}, which has failed", what.task ? "task" : "connector", name);
    co_await stop_work(work);
    supervisor_.restarted(what);
    for (const auto& connector : work.connectors) {
        put_status(connector, Status{.state = State::Restarting});
        running_connectors_.insert(connector);
        start_connector(connector, {});
    }
    for (const auto& id : work.tasks) {
        put_status(id, Status{.state = State::Restarting});
        running_tasks_.insert(id);
        start_task(id);
    }
}

void DistributedHerder::on_config_expiry(const std::string& connector, std::chrono::milliseconds ttl) {
    asio::post(deps_.executor, [this, alive = alive_, connector, ttl] {
        if (!*alive) return;
        logger_.info("Scheduling a restart of connector {} in {} ms", connector, ttl.count());
        const auto token = ++reloads_[connector];
        add_request(steady_clock::now() + ttl, [this, connector, token] { return reload(connector, token); });
    });
}

/// Tasks follow if the connector's settings are others by now: reconfigure() sees that.
asio::awaitable<void> DistributedHerder::reload(std::string connector, std::uint64_t token) {
    state_ = needs_rebalance_ ? state_ : fresh();
    const bool ours = running_connectors_.count(connector) != 0 && reloads_[connector] == token;
    if (!ours || state_->target_state(connector) != TargetState::Started) co_return;
    logger_.info("Restarting connector {}: values from config providers may have changed", connector);
    Work work;
    work.connectors = {connector};
    co_await stop_work(work);
    running_connectors_.insert(connector);
    start_connector(connector, {});
}

}
