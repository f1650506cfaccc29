// The part of StandaloneHerder that starts again what has failed, where millrace.restart.on.failure is set, and what
// has values from config providers that may be others by now.
#include "cluster/herder/standalone_herder.hpp"
#include "cluster/herder/stop_work.hpp"

#include <boost/asio/post.hpp>

namespace millrace::cluster {

using std::chrono::steady_clock;

/// The status to show: that of a failure also says what happens next.
StandaloneHerder::Status StandaloneHerder::supervised(const Supervised& what, Status status) {
    const auto* config = &known(what.connector).config;
    const auto wait = supervisor_.on_status(what, status, config, deps_.config.values, steady_clock::now());
    if (wait) scope_.spawn(restart_failed_later(what, *wait, supervisor_.failures(what)));
    return status;
}

bool StandaloneHerder::still_failed(const Supervised& what) const {
    const auto found = configured_.find(what.connector);
    if (found == configured_.end() || found->second.target != TargetState::Started) return false;
    const bool here = !what.task || static_cast<std::size_t>(*what.task) < found->second.tasks.size();
    const auto* status = what.task ? statuses_.task({what.connector, *what.task}) : statuses_.connector(what.connector);
    return here && status != nullptr && status->state == State::Failed;
}

/// Nothing if somebody was quicker.
asio::awaitable<void> StandaloneHerder::restart_failed_later(Supervised what, std::chrono::milliseconds wait,
                                                             std::uint64_t failure) {
    co_await sleep_for(wait);
    const auto turn = co_await turn_.take();
    if (supervisor_.failures(what) != failure || !still_failed(what)) co_return;
    supervisor_.restarted(what);
    const Status restarting{.state = State::Restarting};
    if (!what.task) {
        logger_.info("Restarting connector {}, which has failed", what.connector);
        put_status(connector_status_key(what.connector), restarting);
        co_await stop_and_start(what.connector);
        co_return;
    }
    const TaskId id{what.connector, *what.task};
    logger_.info("Restarting task {}, which has failed", to_string(id));
    Work work;
    work.tasks = {id};
    co_await stop_in_worker(*worker_, std::move(work));
    put_status(task_status_key(id), restarting);
    start_task(id);
}

void StandaloneHerder::on_config_expiry(const std::string& connector, std::chrono::milliseconds ttl) {
    asio::post(deps_.executor, [this, alive = alive_, connector, ttl] {
        if (!*alive) return;
        logger_.info("Scheduling a restart of connector {} in {} ms", connector, ttl.count());
        scope_.spawn(reload_later(connector, ttl, ++reloads_[connector]));
    });
}

/// Tasks follow if the connector's settings are others by now: update_tasks() sees that.
asio::awaitable<void> StandaloneHerder::reload_later(std::string connector, std::chrono::milliseconds ttl,
                                                     std::uint64_t token) {
    co_await sleep_for(ttl);
    const auto turn = co_await turn_.take();
    const auto found = configured_.find(connector);
    if (found == configured_.end() || found->second.target != TargetState::Started) co_return;
    if (reloads_[connector] != token || !worker_->has_connector(connector)) co_return;
    logger_.info("Restarting connector {}: values from config providers may have changed", connector);
    co_await stop_and_start(connector);
}

}
