#include "cluster/async/await_callback.hpp"
#include "cluster/herder/distributed_herder.hpp"
#include "cluster/herder/herder_stage.hpp"
#include "cluster/herder/restart_plan.hpp"
#include "cluster/herder/stop_work.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

namespace millrace::cluster {
namespace {

using std::chrono::steady_clock;

std::string text_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        return e.what();
    } catch (...) {
        return "unknown error";
    }
}

}

asio::awaitable<void> DistributedHerder::stop_work(Work work, worker::StopManner manner) {
    if (work.empty()) co_return;
    const Stage stage(*this, fmt::format("stopping {} and {} tasks", work.connectors.size(), work.tasks.size()));
    co_await stop_in_worker(*worker_, work, manner);
    for (const auto& name : work.connectors) running_connectors_.erase(name);
    for (const auto& id : work.tasks) running_tasks_.erase(id);
}

void DistributedHerder::start_connector(const std::string& name, worker::Done done) {
    const auto* config = state_->connector_config(name);
    if (!config) {  // deleted after the assignment was made; the next rebalance takes it away
        if (done) done(std::make_exception_ptr(NotFoundException("Unknown connector: " + name)));
        return;
    }
    const auto target = state_->target_state(name).value_or(TargetState::Started);
    worker_->start_connector(name, *config, target,
                             [this, alive = alive_, name, target, done](std::exception_ptr error) {
                                 asio::post(deps_.executor, [this, alive, name, target, done, error] {
                                     if (*alive && !error && target == TargetState::Started)
                                         request_reconfiguration(name, 0);
                                     if (*alive && error)
                                         logger_.error("Failed to start connector '{}': {}", name, text_of(error));
                                     if (done) done(error);
                                 });
                             });
}

bool DistributedHerder::start_task(const TaskId& id) {
    const auto* connector = state_->connector_config(id.connector);
    const auto* config = state_->task_config(id);
    if (!connector || !config) {
        logger_.error(
            "Couldn't instantiate task {} because it has an invalid task configuration. This task will not "
            "execute until reconfigured.",
            to_string(id));
        put_status(id,
                   Status{.state = State::Failed, .trace = "ConnectException: there is no configuration of this task"});
        return false;
    }
    worker_->start_task(id, *connector, *config, state_->target_state(id.connector).value_or(TargetState::Started),
                        gate_of(id));
    return true;
}

asio::awaitable<void> DistributedHerder::process_restarts() {
    for (auto& [name, request] : std::exchange(pending_restarts_, {})) co_await process_restart(request);
}

asio::awaitable<void> DistributedHerder::process_restart(RestartRequest request) {
    const auto name = request.connector;
    state_ = needs_rebalance_ ? state_ : fresh();
    if (!state_->contains(name) || !deps_.statuses.table().connector(name)) {
        logger_.debug("Skipping {} since there is no such connector, or no status of it", to_string(request));
        co_return;
    }
    supervisor_.forget(name);
    const Stage stage(*this, "handling restart request for connector " + name);
    const auto plan = make_restart_plan(request, connector_status(name));
    Work work;
    if (plan.restart_connector && running_connectors_.count(name) != 0) work.connectors = {name};
    for (const auto& id : plan.restart_tasks)
        if (running_tasks_.count(id) != 0) work.tasks.push_back(id);
    if (work.empty()) {
        logger_.debug("Nothing of {} is to be restarted by {}", name, to_string(request));
        co_return;
    }
    logger_.info("Executing plan to restart {}{} of {} tasks for {}", work.connectors.empty() ? "" : "connector and ",
                 plan.restart_tasks.size(), plan.total_tasks, to_string(request));
    co_await stop_work(work);
    for (const auto& connector : work.connectors) put_status(connector, Status{.state = State::Restarting});
    for (const auto& id : work.tasks) put_status(id, Status{.state = State::Restarting});
    running_connectors_.insert(work.connectors.begin(), work.connectors.end());
    running_tasks_.insert(work.tasks.begin(), work.tasks.end());
    for (const auto& connector : work.connectors) start_connector(connector, {});
    for (const auto& id : work.tasks) start_task(id);
    logger_.info("Completed plan to restart {}{} of {} tasks for {}", work.connectors.empty() ? "" : "connector and ",
                 plan.restart_tasks.size(), plan.total_tasks, to_string(request));
}

void DistributedHerder::request_reconfiguration(std::string connector, int attempt) {
    const auto at = attempt == 0 ? steady_clock::now() : steady_clock::now() + reconfiguration_backoff(attempt - 1);
    add_request(at, [this, connector, attempt] { return reconfigure(connector, attempt); });
}

asio::awaitable<void> DistributedHerder::reconfigure(std::string connector, int attempt) {
    const auto state = fresh();
    if (!worker_->has_connector(connector) || state->target_state(connector) != TargetState::Started) {
        logger_.info("Skipping reconfiguration of connector {} since it is not running", connector);
        co_return;
    }
    std::vector<Settings> configs;
    std::string failure;
    try {
        const Stage stage(*this, "generating task configs for connector " + connector);
        configs = co_await await_callback<std::vector<Settings>>(
            [&](auto done) { worker_->task_configs(connector, std::move(done)); });
        const auto values = worker_->settings_fingerprint(connector);
        const auto [known, first] = published_from_.try_emplace(connector, values);
        const bool other_values = !first && std::exchange(known->second, values) != values;
        if (!other_values && !task_configs_changed(*fresh(), connector, configs)) co_return;
        if (is_leader() || !deps_.leader_client) {
            co_await publish_task_configs(connector, std::move(configs));
        } else {
            scope_.spawn(forward_task_configs(connector, std::move(configs), attempt));
        }
        co_return;
    } catch (const std::exception& e) {
        if (is_cancelled(std::current_exception())) throw;
        failure = e.what();
    }
    if (failure.find("has generated") != std::string::npos &&
        failure.find("maximum number of tasks") != std::string::npos) {
        put_status(connector, Status{.state = State::Failed,
                                     .trace = "org.apache.kafka.connect.runtime.TooManyTasksException: " + failure});
        co_return;
    }
    published_from_[connector] = 0;  // whatever the values are, the next attempt writes them
    reconfiguration_failed(connector, attempt, failure);
}

asio::awaitable<void> DistributedHerder::publish_task_configs(std::string connector, std::vector<Settings> configs) {
    require_leader(
        "This worker is not able to communicate with the leader of the cluster, which is required for "
        "dynamically-reconfiguring connectors.");
    const Stage stage(
        *this, fmt::format("writing {} task configs for connector {} to the config topic", configs.size(), connector));
    co_await deps_.configs.put_task_configs(std::move(connector), std::move(configs));
}

/// Of internal requests to the leader; none where this group's are not signed.
std::optional<SessionKey> DistributedHerder::signing_key() const {
    if (member_.protocol() != Protocol::Sessioned) return std::nullopt;
    auto key = fresh()->session_key;
    if (!key) throw ConnectException("no session key was read yet");
    return key;
}

asio::awaitable<void> DistributedHerder::forward_task_configs(std::string connector, std::vector<Settings> configs,
                                                              int attempt) {
    std::string failure;
    try {
        const auto url = member_.leader_url();
        if (url.empty()) throw ConnectException("the leader is not known");
        const auto key = signing_key();
        co_await deps_.leader_client->put_task_configs(url, connector, std::move(configs), key);
        co_return;
    } catch (const SignatureException& e) {
        failure = e.what();
        logger_.debug(
            "Failed to reconfigure connector's tasks ({}), possibly due to expired session key. Retrying after "
            "backoff: {}",
            connector, failure);
        request_reconfiguration(connector, attempt + 1);
        co_return;
    } catch (const ConnectException& e) {
        failure = e.what();
    }
    reconfiguration_failed(connector, attempt, failure);
}

void DistributedHerder::reconfiguration_failed(const std::string& connector, int attempt, const std::string& why) {
    logger_.error("Failed to reconfigure connector's tasks ({}), retrying after backoff. {}", connector, why);
    request_reconfiguration(connector, attempt + 1);
}

ObjectStatus DistributedHerder::object_status(const Status& status) const {
    return {.state = status.state,
            .trace = status.trace.empty() ? std::nullopt : std::optional(status.trace),
            .worker_id = deps_.worker_id,
            .generation = generation_,
            .version = status.version};
}

namespace {

StatusBackingStore::Mode mode_of(State state) {
    const bool safe = state == State::Failed || state == State::Unassigned;
    return safe ? StatusBackingStore::Mode::Safe : StatusBackingStore::Mode::Always;
}

}

void DistributedHerder::put_status(const std::string& connector, const Status& status) {
    deps_.statuses.put(connector, object_status(status), mode_of(status.state));
}

void DistributedHerder::put_status(const TaskId& task, const Status& status) {
    deps_.statuses.put(task, object_status(status), mode_of(status.state));
}

void DistributedHerder::on_connector_status(const std::string& connector, Status status) {
    asio::post(deps_.executor, [this, alive = alive_, connector, status] {
        if (*alive) put_status(connector, supervised({connector}, status));
    });
}

void DistributedHerder::on_task_status(const TaskId& task, Status status) {
    asio::post(deps_.executor, [this, alive = alive_, task, status] {
        if (*alive) put_status(task, supervised({task.connector, task.task}, status));
    });
}

void DistributedHerder::on_topic_used(const TaskId& task, const std::string& topic) {
    if (!deps_.config.topic_tracking_enable) return;
    asio::post(deps_.executor, [this, alive = alive_, task, topic] {
        if (!*alive || deps_.statuses.table().knows_topic(task.connector, topic)) return;
        const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(deps_.clock().time_since_epoch());
        deps_.statuses.put(TopicStatus{topic, task.connector, task.task, now.count()});
    });
}

void DistributedHerder::on_task_reconfiguration_requested(const std::string& connector) {
    asio::post(deps_.executor, [this, alive = alive_, connector] {
        if (*alive) request_reconfiguration(connector, 0);
    });
}

}
