/// The life of one task, source or sink, on a thread of its own: paused, running, stopped, failed. What the task does
/// meanwhile is its TaskSession's business.
///
/// States   Told to the StatusListener: RUNNING once start() returned, PAUSED, FAILED with a trace, UNASSIGNED at an
///          orderly stop of a task that had not failed.
/// Threads  Methods are called on the control thread and return at once. The session belongs to the task's thread,
///          which holds this object until it ends: a task that was cancelled may still hang in its plugin, but says
///          nothing and stores nothing any more.
#pragma once
#include "worker/config/config_transformer.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/metrics/task_metrics.hpp"
#include "worker/metrics/worker_metrics.hpp"
#include "worker/plugins/registry.hpp"
#include "worker/runtime/lease.hpp"
#include "worker/runtime/stores.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

namespace millrace::worker {

class TaskSession;

class WorkerTask : public std::enable_shared_from_this<WorkerTask> {
public:
    struct Parts {
        TaskId id;
        Settings connector;  ///< with references still in it
        Settings task;       ///< as is
        TargetState target;
        std::shared_ptr<const WorkerConfig>
            config;  ///< shared, as the transformer is: a cancelled task may outlive the worker
        const PluginRegistry& plugins;
        std::shared_ptr<const ConfigTransformer> transformer;
        OffsetStore& offsets;
        StatusListener& listener;
        Logger logger;
        ProducerGate gate = {};  ///< of a source task whose records are written exactly once
        std::shared_ptr<WorkerMetrics> starts;
        std::shared_ptr<const Lease> lease;
    };
    explicit WorkerTask(Parts parts);

    void start();
    void set_target(TargetState target);
    /// The thread ends soon, offsets stored.
    void request_stop();
    /// Nothing that the thread does from now on reaches the listener or the offset store.
    void cancel();
    /// Called once on the task's thread as the last thing it does, or at once if it has ended.
    void when_ended(std::function<void()> callback);
    bool ended() const;
    const TaskId& id() const noexcept { return parts_.id; }
    TaskMetrics& metrics() noexcept { return metrics_; }

    // For the session, on the task's thread:
    const Parts& parts() const noexcept { return parts_; }
    std::stop_token stop_token() const noexcept { return stop_.get_token(); }
    bool stop_requested() const noexcept { return stop_.stop_requested(); }
    bool cancelled() const;
    bool pause_wanted() const;
    /// Returns early when a stop is requested, and then false.
    bool wait(std::chrono::milliseconds time);
    /// Returns early at the end of the pause or when a stop is requested.
    void wait_while_paused(std::chrono::milliseconds time);
    /// Takes a step of the gate, unless the task is cancelled: then false.
    bool ask(const ProducerGate::Step& step, std::function<void(std::exception_ptr)> done);
    /// Tells the listener of a topic, unless the task is cancelled.
    void report_topic(const std::string& topic);

private:
    void run() noexcept;
    void run_session(TaskSession& session);
    void report(State state);
    void report(StatusListener::Status status);

    Parts parts_;
    TaskMetrics metrics_;
    std::optional<std::string> version_;  ///< none before there is an instance
    bool started_ = false;                ///< the plugin has
    std::stop_source stop_;
    mutable std::mutex mutex_;  ///< guards what follows, and is held while the listener is told
    std::condition_variable_any changed_;
    TargetState target_;
    bool cancelled_ = false;
    bool ended_ = false;
    std::vector<std::function<void()>> callbacks_;
};

}
