// What REST asks of the standalone herder.
#include "cluster/async/await_callback.hpp"
#include "cluster/herder/restart_plan.hpp"
#include "cluster/herder/standalone_herder.hpp"
#include "cluster/herder/status_views.hpp"
#include "cluster/herder/stop_work.hpp"

namespace millrace::cluster {

std::vector<std::string> StandaloneHerder::connectors() const {
    std::vector<std::string> names;
    for (const auto& [name, configured] : configured_) names.push_back(name);
    return names;
}

ConnectorStateInfo StandaloneHerder::connector_status(const std::string& name) const {
    const auto found = configured_.find(name);
    return connector_state(statuses_, name,
                           found == configured_.end() ? "unknown" : worker_->connector_type(found->second.config));
}

StatusInfo StandaloneHerder::task_status(const TaskId& id) const { return task_state(statuses_, id); }

std::optional<ConnectorInfo> StandaloneHerder::connector_info_now(const std::string& name) const {
    return configured_.contains(name) ? std::optional(info_of(name)) : std::nullopt;
}

std::vector<std::string> StandaloneHerder::active_topics(const std::string& name) const {
    return topic_names(statuses_, name);
}

asio::awaitable<ConnectorInfo> StandaloneHerder::connector_info(std::string name) { co_return info_of(name); }

asio::awaitable<Settings> StandaloneHerder::connector_config(std::string name) { co_return known(name).config; }

asio::awaitable<std::vector<TaskInfo>> StandaloneHerder::task_configs(std::string name) {
    std::vector<TaskInfo> tasks;
    for (const auto& config : known(name).tasks) tasks.push_back({{name, static_cast<int>(tasks.size())}, config});
    co_return tasks;
}

asio::awaitable<worker::ConnectorOffsets> StandaloneHerder::connector_offsets(std::string name) {
    const auto settings = known(name).config;
    co_return co_await await_callback<worker::ConnectorOffsets>(
        [&](auto done) { worker_->connector_offsets(name, settings, std::move(done)); });
}

asio::awaitable<Health> StandaloneHerder::health() {
    constexpr std::chrono::seconds health_limit{10};
    const bool ready = co_await ready_.wait_for(health_limit);
    co_return ready ? Health::Healthy : Health::Starting;
}

/// That a connector which has failed does not follow is told by its status, as in a group.
asio::awaitable<void> StandaloneHerder::set_target(std::string name, TargetState target) {
    known(name).target = target;
    std::string failure;
    try {
        co_await await_done([&](auto done) { worker_->set_connector_state(name, target, std::move(done)); });
    } catch (const ConnectException& e) {
        failure = e.what();
    }
    worker_->set_task_states(name, target);
    if (!failure.empty()) {
        logger_.error("Failed to transition connector {} to target state {}: {}", name, to_string(target), failure);
    } else if (target == TargetState::Started) {
        co_await update_tasks(std::move(name), 0);
    }
}

asio::awaitable<void> StandaloneHerder::pause(std::string name) {
    const auto turn = co_await turn_.take();
    if (!configured_.contains(name)) throw NotFoundException("Unknown connector " + name);
    co_await set_target(std::move(name), TargetState::Paused);
}

asio::awaitable<void> StandaloneHerder::resume(std::string name) {
    const auto turn = co_await turn_.take();
    if (!configured_.contains(name)) throw NotFoundException("Unknown connector " + name);
    co_await set_target(std::move(name), TargetState::Started);
}

asio::awaitable<void> StandaloneHerder::reset_active_topics(std::string name) {
    for (const auto& topic : active_topics(name)) statuses_.apply(topic_status_key(topic, name), std::nullopt);
    co_return;
}

asio::awaitable<void> StandaloneHerder::set_logger_level(std::string logger, std::string level) {
    if (deps_.set_logger_level) deps_.set_logger_level(logger, level);
    co_return;
}

asio::awaitable<CreateResult> StandaloneHerder::put_connector(std::string name, Settings config,
                                                              std::optional<TargetState> initial, bool allow_replace) {
    const auto turn = co_await turn_.take();
    const bool exists = configured_.contains(name);
    if (exists && !allow_replace) throw ConflictException("Connector " + name + " already exists");
    supervisor_.forget(name);
    if (exists) co_await stop_connector(name);
    auto& configured = configured_[name];
    configured.config = std::move(config);
    if (initial) configured.target = *initial;
    const auto failure = co_await try_to_start(name);
    if (!failure.empty()) throw ConnectException(failure);
    CreateResult result{.created = !exists, .info = info_of(name)};
    co_return result;
}

asio::awaitable<void> StandaloneHerder::delete_connector(std::string name) {
    const auto turn = co_await turn_.take();
    known(name);
    co_await remove_tasks(name);
    co_await stop_connector(name);
    configured_.erase(name);
    co_await reset_active_topics(name);
    statuses_.apply(connector_status_key(name), std::nullopt);
}

asio::awaitable<void> StandaloneHerder::stop(std::string name) {
    const auto turn = co_await turn_.take();
    if (!configured_.contains(name)) throw ConnectException("No connector `" + name + "` configured");
    co_await remove_tasks(name);
    co_await set_target(std::move(name), TargetState::Stopped);
}

asio::awaitable<std::string> StandaloneHerder::alter_offsets(std::string name, worker::OffsetChange change) {
    const auto turn = co_await turn_.take();
    const auto configured = known(name);
    if (configured.target != TargetState::Stopped || !configured.tasks.empty()) refuse_offsets_unless_stopped(name);
    co_return co_await await_callback<std::string>(
        [&](auto done) { worker_->alter_offsets(name, configured.config, std::move(change), std::move(done)); });
}

asio::awaitable<ConnectorStateInfo> StandaloneHerder::restart_connector_and_tasks(RestartRequest request) {
    const auto turn = co_await turn_.take();
    const auto name = request.connector;
    if (!configured_.contains(name)) throw NotFoundException("Unknown connector: " + name);
    if (!statuses_.connector(name)) throw NotFoundException("Status for connector " + name + " not found");
    supervisor_.forget(name);
    auto plan = make_restart_plan(std::move(request), connector_status(name));
    Work work;
    if (plan.restart_connector) work.connectors = {name};
    work.tasks = plan.restart_tasks;
    co_await stop_in_worker(*worker_, work);
    const Status restarting{.state = State::Restarting};
    if (plan.restart_connector) put_status(connector_status_key(name), restarting);
    for (const auto& id : work.tasks) put_status(task_status_key(id), restarting);
    for (const auto& id : work.tasks) start_task(id);
    if (plan.restart_connector) co_await try_to_start(name);
    co_return std::move(plan.state);
}

asio::awaitable<void> StandaloneHerder::put_task_configs(std::string, std::vector<Settings>, RequestSignature) {
    throw ConnectException("Kafka Connect in standalone mode does not support externally setting task configurations.");
}

asio::awaitable<void> StandaloneHerder::fence_zombies(std::string, RequestSignature) {
    throw ConnectException("Kafka Connect in standalone mode does not support exactly-once source connectors.");
}

asio::awaitable<void> StandaloneHerder::restart_connector(std::string name) {
    const auto turn = co_await turn_.take();
    known(name);
    supervisor_.forget(name);
    const auto failure = co_await stop_and_start(name);
    if (!failure.empty()) throw ConnectException(failure);
}

asio::awaitable<void> StandaloneHerder::restart_task(TaskId id) {
    const auto turn = co_await turn_.take();
    if (static_cast<std::size_t>(id.task) >= known(id.connector).tasks.size()) {
        throw NotFoundException("Task " + to_string(id) + " not found");
    }
    supervisor_.forget(id.connector);
    Work work;
    work.tasks = {id};
    co_await stop_in_worker(*worker_, std::move(work));
    start_task(id);
}

}
