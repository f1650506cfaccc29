/// Runs the connectors and tasks that the herder gives it, and knows nothing of groups, leaders or HTTP.
///
/// Threads  Methods are called on one control thread and never block: what a plugin has to do runs on a pool thread
///          (connectors, with a deadline) or on the task's own thread. Callbacks come on one of those threads.
/// Errors   Reach the callback, or the StatusListener as FAILED with a trace.
#pragma once
#include "connectors/api/config_def.hpp"
#include "connectors/api/log.hpp"
#include "worker/runtime/connector_offsets.hpp"
#include "worker/runtime/ids.hpp"
#include "worker/runtime/lease.hpp"
#include "worker/runtime/stores.hpp"

#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millrace {
class SecretMask;  // connectors/support/secret_mask.hpp
}

namespace millrace::worker {

struct WorkerConfig;   // worker/config/worker_config.hpp
class MetricsPage;     // worker/metrics/page.hpp
class PluginRegistry;  // worker/plugins/registry.hpp

/// `error` is null on success.
template <class T>
using Callback = std::function<void(std::exception_ptr error, T result)>;
using Done = std::function<void(std::exception_ptr error)>;

struct WorkerDependencies {
    const WorkerConfig& config;
    const PluginRegistry& plugins;
    OffsetStore& offsets;
    StatusListener& listener;
    Logger logger;
    std::shared_ptr<SecretMask> secrets = {};  ///< takes what config providers give
    /// Tasks write nothing while it is not held, nor do the stores that look at it.
    std::shared_ptr<Lease> lease = std::make_shared<Lease>();
};

class Worker {
public:
    explicit Worker(WorkerDependencies dependencies);
    ~Worker();  ///< stops what still runs, as stop_all does

    /// Starts the Connector object in `target`; reports RUNNING, PAUSED, STOPPED or FAILED to the listener, then calls
    /// `done`. `settings` are the connector's, with ${provider:path:key} references still in them.
    void start_connector(const std::string& name, Settings settings, TargetState target, Done done);
    /// Waits a bounded time for the plugin; reports UNASSIGNED. Does nothing for a connector that is not here.
    void stop_connector(const std::string& name, Done done, StopManner manner = StopManner::Gracefully);
    /// Brings a running connector to another target state and reports it.
    void set_connector_state(const std::string& name, TargetState target, Done done);
    /// The task configurations of a started connector, "task.class" included, references put back for values that came
    /// from one. Throws (to the callback) ConnectException if the connector makes more than tasks.max.
    void task_configs(const std::string& name, Callback<std::vector<Settings>> done);

    /// Starts a task thread. Failures to make the task reach the listener. `target` Paused: start() waits for resume.
    /// With a gate the records of a source task are written exactly once.
    void start_task(const TaskId& id, const Settings& connector_settings, const Settings& task_settings,
                    TargetState target, ProducerGate gate = {});
    /// Signals all, then waits for each within task.shutdown.graceful.timeout.ms in total; offsets are committed. What
    /// has not stopped by then is cancelled: it writes no more status, commits no more offsets.
    void stop_tasks(std::vector<TaskId> ids, Done done, StopManner manner = StopManner::Gracefully);
    Lease& lease() noexcept;
    /// Pauses or resumes the tasks of a connector that are here.
    void set_task_states(const std::string& connector, TargetState target);

    /// Of the settings that a connector here was started with, references resolved; 0: not here.
    std::size_t settings_fingerprint(const std::string& name) const;

    bool has_connector(const std::string& name) const;
    bool has_task(const TaskId& id) const;
    std::vector<std::string> connectors() const;
    std::vector<TaskId> tasks() const;

    /// The connector's own validate(), on a pool thread with a deadline.
    void validate(const std::string& connector_class, Settings settings, Callback<std::vector<ConfigValue>> done);

    /// What is stored of a connector's offsets, wherever it runs.
    void connector_offsets(const std::string& name, Settings settings, Callback<ConnectorOffsets> done);
    /// Changes the offsets of a connector that is stopped; the result is a sentence for the user.
    void alter_offsets(const std::string& name, Settings settings, OffsetChange change, Callback<std::string> done);

    /// The settings of the client that fences a connector's producers: the worker's, its admin.*, the connector's
    /// admin.override.* as far as the policy lets it, references resolved.
    void fencing_client(const std::string& name, Settings settings, Callback<Settings> done);

    /// What this worker, its connectors and tasks have to say. From any thread.
    void collect_metrics(MetricsPage& page) const;

    /// "source", "sink" or "unknown", by the class in these settings.
    std::string connector_type(const Settings& settings) const;

    /// Stops every task and connector. Blocks; for shutdown.
    void stop_all();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}
