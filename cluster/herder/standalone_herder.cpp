#include "cluster/herder/standalone_herder.hpp"

#include "cluster/async/await_callback.hpp"
#include "cluster/herder/decisions.hpp"
#include "cluster/herder/status_views.hpp"
#include "cluster/herder/stop_work.hpp"

#include <boost/asio/post.hpp>

namespace millrace::cluster {

StandaloneHerder::StandaloneHerder(StandaloneHerderDependencies dependencies)
    : deps_(std::move(dependencies)),
      logger_(deps_.logger),
      scope_(deps_.executor, [this](std::exception_ptr error) { failure_ = std::move(error); }),
      turn_(deps_.executor),
      ready_(deps_.executor),
      never_(deps_.executor) {}

StandaloneHerder::~StandaloneHerder() { *alive_ = false; }

asio::awaitable<void> StandaloneHerder::run() {
    logger_.info("Herder started");
    std::exception_ptr error;
    try {
        co_await never_.wait();
    } catch (...) {
        error = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    logger_.info("Herder stopping");
    co_await scope_.stop();
    const auto turn = co_await turn_.take();
    Work all;
    for (const auto& [name, configured] : configured_) {
        all.connectors.push_back(name);
        const auto tasks = task_ids(name);
        all.tasks.insert(all.tasks.end(), tasks.begin(), tasks.end());
    }
    co_await stop_in_worker(*worker_, std::move(all));
    logger_.info("Herder stopped");
}

const StandaloneHerder::Configured& StandaloneHerder::known(const std::string& name) const {
    const auto found = configured_.find(name);
    if (found == configured_.end()) throw NotFoundException("Connector " + name + " not found");
    return found->second;
}
StandaloneHerder::Configured& StandaloneHerder::known(const std::string& name) {
    return const_cast<Configured&>(std::as_const(*this).known(name));
}

std::vector<TaskId> StandaloneHerder::task_ids(const std::string& name) const {
    std::vector<TaskId> ids;
    for (std::size_t i = 0; i < known(name).tasks.size(); ++i) ids.push_back({name, static_cast<int>(i)});
    return ids;
}

ConnectorInfo StandaloneHerder::info_of(const std::string& name) const {
    const auto& config = known(name).config;
    return {.name = name, .config = config, .tasks = task_ids(name), .type = worker_->connector_type(config)};
}

ObjectStatus StandaloneHerder::object_status(const Status& status) const {
    return {.state = status.state,
            .trace = status.trace.empty() ? std::nullopt : std::optional(status.trace),
            .worker_id = deps_.worker_id,
            .generation = 0,
            .version = status.version};
}

void StandaloneHerder::put_status(const std::string& key, const Status& status) {
    statuses_.apply(key, status_value(object_status(status)));
}

asio::awaitable<void> StandaloneHerder::stop_connector(std::string name) {
    Work work;
    work.connectors = {std::move(name)};
    co_await stop_in_worker(*worker_, std::move(work));
}

asio::awaitable<void> StandaloneHerder::remove_tasks(std::string name) {
    Work work;
    work.tasks = task_ids(name);
    co_await stop_in_worker(*worker_, work);
    for (const auto& id : work.tasks) statuses_.apply(task_status_key(id), std::nullopt);
    known(name).tasks.clear();
}

/// Throws what the connector's start did.
asio::awaitable<void> StandaloneHerder::start(std::string name) {
    const auto configured = known(name);
    co_await await_done(
        [&](auto done) { worker_->start_connector(name, configured.config, configured.target, std::move(done)); });
    if (configured.target == TargetState::Started) co_await update_tasks(std::move(name), 0);
}

/// What went wrong, which the connector's status tells too; empty: nothing.
asio::awaitable<std::string> StandaloneHerder::try_to_start(std::string name) {
    std::string failure;
    try {
        co_await start(name);
    } catch (const ConnectException& e) {
        failure = e.what();
    }
    if (!failure.empty()) logger_.error("Failed to start connector '{}': {}", name, failure);
    co_return failure;
}

asio::awaitable<std::string> StandaloneHerder::stop_and_start(std::string name) {
    co_await stop_connector(name);
    co_return co_await try_to_start(name);
}

void StandaloneHerder::start_task(const TaskId& id) {
    const auto& configured = known(id.connector);
    worker_->start_task(id, configured.config, configured.tasks.at(static_cast<std::size_t>(id.task)),
                        configured.target);
}

/// New task configurations replace the tasks; the same ones leave them alone.
asio::awaitable<void> StandaloneHerder::update_tasks(std::string name, int attempt) {
    std::vector<Settings> configs;
    std::string failure;
    try {
        configs = co_await await_callback<std::vector<Settings>>(
            [&](auto done) { worker_->task_configs(name, std::move(done)); });
    } catch (const ConnectException& e) {
        failure = e.what();
    }
    if (!failure.empty()) {
        logger_.error("Failed to reconfigure connector's tasks ({}), retrying after backoff. {}", name, failure);
        scope_.spawn(update_tasks_later(std::move(name), attempt + 1));
        co_return;
    }
    const auto values = worker_->settings_fingerprint(name);
    const auto& before = known(name);
    if (before.tasks == configs && before.tasks_of == before.config && before.values == values) co_return;
    co_await remove_tasks(name);
    auto& configured = known(name);
    configured.tasks = std::move(configs);
    configured.tasks_of = configured.config;
    configured.values = values;
    for (const auto& id : task_ids(name)) start_task(id);
}

asio::awaitable<void> StandaloneHerder::update_tasks_later(std::string name, int attempt) {
    if (attempt > 0) co_await sleep_for(reconfiguration_backoff(attempt - 1));
    const auto turn = co_await turn_.take();
    const auto found = configured_.find(name);
    if (found == configured_.end() || found->second.target != TargetState::Started) co_return;
    if (!worker_->has_connector(name)) co_return;
    co_await update_tasks(std::move(name), attempt);
}

void StandaloneHerder::on_connector_status(const std::string& connector, Status status) {
    asio::post(deps_.executor, [this, alive = alive_, connector, status] {
        if (!*alive || !configured_.contains(connector)) return;
        put_status(connector_status_key(connector), supervised({connector}, status));
    });
}

void StandaloneHerder::on_task_status(const TaskId& task, Status status) {
    asio::post(deps_.executor, [this, alive = alive_, task, status] {
        if (!*alive || !configured_.contains(task.connector)) return;
        put_status(task_status_key(task), supervised({task.connector, task.task}, status));
    });
}

void StandaloneHerder::on_topic_used(const TaskId& task, const std::string& topic) {
    if (!deps_.config.topic_tracking_enable) return;
    asio::post(deps_.executor, [this, alive = alive_, task, topic] {
        if (!*alive || statuses_.knows_topic(task.connector, topic)) return;
        const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(deps_.clock().time_since_epoch());
        const TopicStatus status{topic, task.connector, task.task, now.count()};
        statuses_.apply(topic_status_key(topic, task.connector), topic_status_value(status));
    });
}

void StandaloneHerder::on_task_reconfiguration_requested(const std::string& connector) {
    asio::post(deps_.executor, [this, alive = alive_, connector] {
        if (*alive) scope_.spawn(update_tasks_later(connector, 0));
    });
}

}
