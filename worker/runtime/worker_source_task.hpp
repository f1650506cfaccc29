/// Runs one source task on a thread of its own: polls, transforms, converts, sends, and stores offsets once their
/// records are acknowledged.
///
/// States   Told to the StatusListener: RUNNING once start() returned, PAUSED, FAILED with a trace, UNASSIGNED at an
///          orderly stop of a task that had not failed.
/// Threads  Methods are called on the control thread and return at once. Plugin, producer and converters belong to the
///          task's thread, which holds this object until it ends: a task that was cancelled may still hang in its
///          plugin, but says nothing and stores nothing any more.
#pragma once
#include "connectors/api/plugin.hpp"
#include "worker/config/config_transformer.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/plugins/registry.hpp"
#include "worker/runtime/stores.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

namespace millrace::worker {

class WorkerSourceTask : public std::enable_shared_from_this<WorkerSourceTask> {
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
    };
    explicit WorkerSourceTask(Parts parts);

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

private:
    class Session;
    void run() noexcept;
    void run_session(Session& session);
    bool wait_while_paused(Session& session);
    void report(StatusListener::Status status);
    bool cancelled() const;

    Parts parts_;
    std::string version_;
    std::stop_source stop_;
    mutable std::mutex mutex_;  ///< guards what follows, and is held while the listener is told
    std::condition_variable_any changed_;
    TargetState target_;
    bool cancelled_ = false;
    bool ended_ = false;
    std::vector<std::function<void()>> callbacks_;
};

}
