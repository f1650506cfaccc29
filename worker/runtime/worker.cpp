#include "worker/runtime/worker.hpp"

#include "worker/config/connector_config.hpp"
#include "worker/config/override_policy.hpp"
#include "worker/kafka/client_config.hpp"
#include "worker/plugins/names.hpp"
#include "worker/runtime/config_providers.hpp"
#include "worker/runtime/deadlines.hpp"
#include "worker/runtime/offset_clients.hpp"
#include "worker/runtime/worker_connector.hpp"
#include "worker/runtime/worker_task.hpp"

#include <future>

namespace millrace::worker {

namespace {

using std::chrono::milliseconds;

/// How long REST waits for anything; a connector's start, validate and task_configs have no longer.
constexpr milliseconds connector_deadline{90'000};
/// Kafka Connect's fixed time for a connector to stop.
constexpr milliseconds connector_stop_deadline{5'000};

/// What Kafka Connect's own log puts before a line: whose it is.
std::string context_of(const std::string& connector) { return fmt::format("[{}|worker] ", connector); }
std::string context_of(const TaskId& id) { return fmt::format("[{}|task-{}] ", id.connector, id.task); }

/// Tasks of each connector by their state.
class TaskCounts {
public:
    void add(const std::string& connector, const std::string& status) {
        auto& counts = counts_[connector];
        ++counts["total"];
        ++counts[status];
    }
    void collect(MetricsPage& page) {
        for (auto& [connector, counts] : counts_) {
            const MetricLabel labels[] = {{"connector", connector}};
            for (const char* state :
                 {"total", "running", "paused", "failed", "unassigned", "destroyed", "restarting"}) {
                page.connect("connect-worker-metrics", fmt::format("connector-{}-task-count", state), counts[state],
                             labels);
            }
        }
    }

private:
    std::map<std::string, std::map<std::string, int>> counts_;
};

/// A connector's own offsets. That their topic will not do is no fault of the request that wants to see them.
std::shared_ptr<OffsetStore> own_store(OffsetStore& shared, const OffsetClients& clients) {
    try {
        return shared.of_connector(clients);
    } catch (const ConfigException& e) {
        throw ConnectException(e.what());
    }
}

std::exception_ptr timed_out(const std::string& what) {
    return std::make_exception_ptr(
        RetriableException(fmt::format("{} took longer than {} ms and goes on", what, connector_deadline.count())));
}

}

struct Worker::State {
    WorkerDependencies deps;
    Logger logger;
    std::shared_ptr<const WorkerConfig> config;
    std::shared_ptr<const ConfigTransformer> transformer;
    std::shared_ptr<WorkerMetrics> starts;
    Deadlines deadlines;
    mutable std::mutex mutex;  ///< guards the maps
    std::map<std::string, std::shared_ptr<WorkerConnector>> connectors;
    std::map<TaskId, std::shared_ptr<WorkerTask>> tasks;

    explicit State(WorkerDependencies d)
        : deps(std::move(d)),
          logger(deps.logger.named("org.apache.kafka.connect.runtime.Worker")),
          config(std::make_shared<const WorkerConfig>(deps.config)),
          transformer(std::make_shared<const ConfigTransformer>(
              make_config_transformer(deps.config.settings(), deps.plugins, deps.secrets))),
          starts(std::make_shared<WorkerMetrics>(
              Sampling{.window = config->metrics_window, .samples = config->metrics_samples})) {}

    std::shared_ptr<WorkerConnector> connector(const std::string& name) const {
        const std::lock_guard lock(mutex);
        const auto found = connectors.find(name);
        return found == connectors.end() ? nullptr : found->second;
    }
    template <class Result>
    void with_offsets(const std::string& name, Settings settings, const char* what, Callback<Result> done,
                      std::function<Result(const OffsetsOf&)> work);
    /// `done`, with a deadline for the plugin behind it.
    Once<std::exception_ptr> with_deadline(Done done, const std::string& what) {
        Once<std::exception_ptr> once(std::move(done));
        deadlines.after(connector_deadline, [once, what] { once(timed_out(what)); });
        return once;
    }
};

Worker::Worker(WorkerDependencies dependencies) : state_(std::make_unique<State>(std::move(dependencies))) {}

Worker::~Worker() { stop_all(); }

void Worker::start_connector(const std::string& name, Settings settings, TargetState target, Done done) {
    auto connector = std::make_shared<WorkerConnector>(
        WorkerConnector::Parts{.name = name,
                               .settings = std::move(settings),
                               .plugins = state_->deps.plugins,
                               .transformer = state_->transformer,
                               .listener = state_->deps.listener,
                               .logger = state_->deps.logger.with_context(context_of(name)),
                               .starts = state_->starts,
                               .creates_topics = state_->deps.config.topic_creation_enable});
    bool is_new = false;
    {
        const std::lock_guard lock(state_->mutex);
        is_new = state_->connectors.try_emplace(name, connector).second;
    }
    if (!is_new) {
        done(std::make_exception_ptr(
            ConnectException(fmt::format("Connector with name {} already exists on this worker", name))));
        return;
    }
    connector->start(target, state_->with_deadline(std::move(done), fmt::format("Starting connector {}", name)));
}

void Worker::stop_connector(const std::string& name, Done done, StopManner manner) {
    std::shared_ptr<WorkerConnector> connector;
    {
        const std::lock_guard lock(state_->mutex);
        if (auto found = state_->connectors.extract(name)) connector = std::move(found.mapped());
    }
    if (!connector) {
        done(nullptr);
        return;
    }
    state_->logger.with_context(context_of(name)).info("Stopping connector {}", name);
    const Once<std::exception_ptr> once(std::move(done));
    state_->deadlines.after(connector_stop_deadline, [once, connector] {
        connector->abandon(true);  // nothing, if it has stopped
        once(nullptr);
    });
    if (manner == StopManner::AtOnce) connector->abandon(false);
    connector->stop(once);
}

void Worker::set_connector_state(const std::string& name, TargetState target, Done done) {
    const auto connector = state_->connector(name);
    if (!connector) {
        done(
            std::make_exception_ptr(ConnectException(fmt::format("Connector {} is not running on this worker", name))));
        return;
    }
    state_->logger.info("Setting connector {} state to {}", name, to_string(target));
    connector->set_state(target, state_->with_deadline(std::move(done), fmt::format("Bringing connector {} to state {}",
                                                                                    name, to_string(target))));
}

void Worker::task_configs(const std::string& name, Callback<std::vector<Settings>> done) {
    const auto connector = state_->connector(name);
    if (!connector) {
        done(std::make_exception_ptr(ConnectException(fmt::format("Connector {} is not running on this worker", name))),
             {});
        return;
    }
    const Once<std::exception_ptr, std::vector<Settings>> once(std::move(done));
    state_->deadlines.after(connector_deadline, [once, name] {
        once(timed_out(fmt::format("Making the task configurations of connector {}", name)), {});
    });
    connector->task_configs(once);
}

void Worker::start_task(const TaskId& id, const Settings& connector_settings, const Settings& task_settings,
                        TargetState target, ProducerGate gate) {
    auto& s = *state_;
    const auto logger = s.deps.logger.with_context(context_of(id));
    auto task = std::make_shared<WorkerTask>(WorkerTask::Parts{.id = id,
                                                               .connector = connector_settings,
                                                               .task = task_settings,
                                                               .target = target,
                                                               .config = s.config,
                                                               .plugins = s.deps.plugins,
                                                               .transformer = s.transformer,
                                                               .offsets = s.deps.offsets,
                                                               .listener = s.deps.listener,
                                                               .logger = logger,
                                                               .gate = std::move(gate),
                                                               .starts = s.starts,
                                                               .lease = s.deps.lease});
    {
        const std::lock_guard lock(s.mutex);
        if (!s.tasks.try_emplace(id, task).second) {
            throw ConnectException(fmt::format("Task already exists in this worker: {}", to_string(id)));
        }
    }
    s.logger.with_context(context_of(id)).info("Creating task {}", to_string(id));
    task->start();
}

Lease& Worker::lease() noexcept { return *state_->deps.lease; }

void Worker::stop_tasks(std::vector<TaskId> ids, Done done, StopManner manner) {
    struct Group {
        std::mutex mutex;
        std::vector<std::shared_ptr<WorkerTask>> tasks;
        std::size_t open = 0;
    };
    auto group = std::make_shared<Group>();
    {
        const std::lock_guard lock(state_->mutex);
        for (const auto& id : ids) {
            if (auto found = state_->tasks.extract(id)) group->tasks.push_back(std::move(found.mapped()));
        }
    }
    if (group->tasks.empty()) {
        done(nullptr);
        return;
    }
    group->open = group->tasks.size();
    const Once<std::exception_ptr> once(std::move(done));
    for (const auto& task : group->tasks) {
        state_->logger.with_context(context_of(task->id())).info("Stopping task {}", to_string(task->id()));
        manner == StopManner::AtOnce ? task->cancel() : task->request_stop();
    }
    state_->deadlines.after(state_->deps.config.task_shutdown_graceful_timeout, [group, once, logger = state_->logger] {
        for (const auto& task : group->tasks) {
            if (task->ended()) continue;
            logger.with_context(context_of(task->id()))
                .error("Graceful stop of task {} failed.", to_string(task->id()));
            task->cancel();
        }
        once(nullptr);
    });
    for (const auto& task : group->tasks) {
        task->when_ended([group, once] {
            bool last = false;
            {
                const std::lock_guard lock(group->mutex);
                last = --group->open == 0;
            }
            if (last) once(nullptr);
        });
    }
}

void Worker::set_task_states(const std::string& connector, TargetState target) {
    const std::lock_guard lock(state_->mutex);
    for (const auto& [id, task] : state_->tasks) {
        if (id.connector == connector) task->set_target(target);
    }
}

std::size_t Worker::settings_fingerprint(const std::string& name) const {
    const auto connector = state_->connector(name);
    return connector ? connector->fingerprint() : 0;
}

bool Worker::has_connector(const std::string& name) const { return state_->connector(name) != nullptr; }
bool Worker::has_task(const TaskId& id) const {
    const std::lock_guard lock(state_->mutex);
    return state_->tasks.contains(id);
}
std::vector<std::string> Worker::connectors() const {
    const std::lock_guard lock(state_->mutex);
    std::vector<std::string> names;
    for (const auto& [name, connector] : state_->connectors) names.push_back(name);
    return names;
}
std::vector<TaskId> Worker::tasks() const {
    const std::lock_guard lock(state_->mutex);
    std::vector<TaskId> ids;
    for (const auto& [id, task] : state_->tasks) ids.push_back(id);
    return ids;
}

void Worker::validate(const std::string& connector_class, Settings settings, Callback<std::vector<ConfigValue>> done) {
    const Once<std::exception_ptr, std::vector<ConfigValue>> once(std::move(done));
    state_->deadlines.after(connector_deadline, [once, connector_class] {
        once(timed_out(fmt::format("Validating settings of {}", connector_class)), {});
    });
    PluginThread().post([once, connector_class, settings = std::move(settings), &plugins = state_->deps.plugins] {
        try {
            once(nullptr, plugins.create_connector(connector_class)->validate(settings));
        } catch (...) {
            once(std::current_exception(), {});
        }
    });
}

/// On a thread of its own, with the connector's plugin and resolved settings.
template <class Result>
void Worker::State::with_offsets(const std::string& name, Settings settings, const char* what, Callback<Result> done,
                                 std::function<Result(const OffsetsOf&)> work) {
    const Once<std::exception_ptr, Result> once(std::move(done));
    deadlines.after(connector_deadline, [once, name, what] {
        once(std::make_exception_ptr(ConnectException(
                 fmt::format("Timed out while attempting to {} offsets for connector {}", what, name))),
             {});
    });
    PluginThread().post([once, name, settings = std::move(settings), work = std::move(work), d = deps, log = logger,
                         resolver = transformer, worker = config] {
        try {
            const auto resolved = resolver->transform(settings);
            const auto plugin = d.plugins.create_connector(connector_basics(resolved).connector_class);
            const auto clients = offset_clients(*worker, resolved, name);
            const auto own = clients ? own_store(d.offsets, *clients) : nullptr;
            const bool exactly_once = writes_exactly_once(*worker);
            once(nullptr, work({.connector = name,
                                .plugin = *plugin,
                                .settings = resolved,
                                .worker = worker->settings(),
                                .store = own ? *own : d.offsets,
                                .transactional_id = exactly_once ? transactional_id(worker->group_id, {name, 0}) : "",
                                .logger = log}));
        } catch (...) {
            once(std::current_exception(), {});
        }
    });
}

void Worker::connector_offsets(const std::string& name, Settings settings, Callback<ConnectorOffsets> done) {
    state_->with_offsets<ConnectorOffsets>(name, std::move(settings), "read", std::move(done), read_offsets);
}

void Worker::alter_offsets(const std::string& name, Settings settings, OffsetChange change,
                           Callback<std::string> done) {
    state_->with_offsets<std::string>(
        name, std::move(settings), "modify", std::move(done),
        [change = std::move(change)](const OffsetsOf& of) { return change_offsets(of, change); });
}

void Worker::fencing_client(const std::string& name, Settings settings, Callback<Settings> done) {
    const Once<std::exception_ptr, Settings> once(std::move(done));
    state_->deadlines.after(connector_deadline, [once, name] {
        once(timed_out(fmt::format("Resolving the settings of connector {}", name)), {});
    });
    PluginThread().post(
        [once, name, settings = std::move(settings), resolver = state_->transformer, worker = state_->config] {
            try {
                const auto resolved = resolver->transform(settings);
                OverridePolicy::from(worker->values).check(resolved, "admin.override.");
                once(nullptr,
                     connector_admin_settings(worker->settings(), resolved, "connector-worker-adminclient-" + name));
            } catch (...) {
                once(std::current_exception(), {});
            }
        });
}

void Worker::collect_metrics(MetricsPage& page) const {
    std::vector<std::shared_ptr<WorkerConnector>> connectors;
    std::vector<std::shared_ptr<WorkerTask>> tasks;
    {
        const std::lock_guard lock(state_->mutex);
        for (const auto& [name, connector] : state_->connectors) connectors.push_back(connector);
        for (const auto& [id, task] : state_->tasks) tasks.push_back(task);
    }
    state_->starts->collect(page, connectors.size(), tasks.size());
    for (const auto& connector : connectors) connector->collect(page);
    TaskCounts counts;
    for (const auto& task : tasks) {
        task->metrics().collect(page);
        counts.add(task->id().connector, task->metrics().status());
    }
    counts.collect(page);
}

std::string Worker::connector_type(const Settings& settings) const {
    const auto name = settings.find("connector.class");
    if (name == settings.end()) return "unknown";
    const auto class_name = trim(name->second);
    for (const auto type : {PluginType::Source, PluginType::Sink}) {
        if (state_->deps.plugins.find(type, class_name)) return std::string(to_string(type));
    }
    return "unknown";
}

void Worker::stop_all() {
    // Shared with the callbacks, which may still be returning when the wait is over.
    const auto tasks_stopped = std::make_shared<std::promise<void>>();
    stop_tasks(tasks(), [tasks_stopped](const std::exception_ptr&) { tasks_stopped->set_value(); });
    tasks_stopped->get_future().wait();
    std::vector<std::future<void>> connectors_stopped;
    for (const auto& name : connectors()) {
        const auto stopped = std::make_shared<std::promise<void>>();
        connectors_stopped.push_back(stopped->get_future());
        stop_connector(name, [stopped](const std::exception_ptr&) { stopped->set_value(); });
    }
    for (const auto& stopped : connectors_stopped) stopped.wait();
}

}
