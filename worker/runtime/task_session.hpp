/// What one run of a task holds: made when the task's thread begins, gone when it ends. What sources and sinks have in
/// common is here: settings, plugins, transformations, converters, and what is done about errors in records.
#pragma once
#include "worker/kafka/client_config.hpp"
#include "worker/runtime/attempt.hpp"
#include "worker/runtime/converters.hpp"
#include "worker/runtime/transformation_chain.hpp"
#include "worker/runtime/worker_task.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace millrace::worker {

class TaskSession {
public:
    virtual ~TaskSession() = default;
    TaskSession(const TaskSession&) = delete;
    TaskSession& operator=(const TaskSession&) = delete;

    virtual void start() = 0;
    /// One piece of work; returns soon after a stop or a pause is wanted.
    virtual void round() = 0;
    /// The same while the task is paused, waits included. Also called before start().
    virtual void paused_round() = 0;
    virtual void pause() {}
    virtual void resume() {}
    /// After the last round, failed or not: what was done is made durable.
    virtual void finish() noexcept = 0;
    virtual void stop() noexcept = 0;

    const std::string& version() const noexcept { return version_; }

protected:
    /// `kind` is "WorkerSourceTask" or "WorkerSinkTask". Throws what keeps the task from being made.
    TaskSession(WorkerTask& task, std::string_view kind);

    const WorkerTask::Parts& parts() const noexcept { return task_.parts(); }
    std::string name() const { return to_string(task_.parts().id); }
    /// "connector-producer-<connector>-<task>" for the role "producer".
    std::string client_id(std::string_view role) const;
    /// Throws ConnectException for an override that the worker's policy forbids: validation has refused it already,
    /// unless the policy changed since.
    void refuse_overrides(std::string_view prefix) const;
    /// As translate(); what has no effect is said in the log.
    ClientConfig client_config(ClientKind kind, const Settings& java) const;
    /// Waits while other workers may run this task. False: it is to end without writing anything.
    bool may_write();
    Converters make_task_converters();
    /// A plugin that waits hears of the task's stop.
    void tell_of_stop(Plugin* plugin);
    TransformationChain make_chain();
    /// Whether it is time to tell again of topics that are used: a user may have had them forgotten.
    bool topics_due(std::chrono::steady_clock::time_point now);
    /// What was made, for /metrics.
    void describe(TaskKind kind);
    /// Calls `work` until it succeeds, with a log line and a back-off after each RetriableException. Throws
    /// StopRequested when the task is to stop.
    template <class Work>
    auto until_it_succeeds(std::string_view what, Work work) {
        for (auto back_off = retry_wait;; back_off = std::min(back_off * 2, longest_retry_wait)) {
            if (task_.cancelled()) throw StopRequested("The task was cancelled");
            try {
                return work();
            } catch (const RetriableException& e) {
                logger_.warn("{} {}, will try again: {}", label_, what, e.what());
                if (!task_.wait(back_off)) throw StopRequested("The task is to stop");
            }
        }
    }

    static constexpr std::chrono::milliseconds lease_wait{20};
    /// The first back-off after a RetriableException; doubles up to the longest.
    static constexpr std::chrono::milliseconds retry_wait{100};
    static constexpr std::chrono::milliseconds longest_retry_wait{10'000};
    static constexpr std::chrono::milliseconds admin_timeout{30'000};
    static constexpr std::chrono::milliseconds topics_interval{5'000};

    WorkerTask& task_;
    std::string label_;  ///< "WorkerSourceTask{id=orders-0}"
    Logger logger_;
    Logger plugin_logger_;
    Settings connector_settings_;
    std::unique_ptr<Connector> connector_;
    std::string version_;
    ProcessingContext context_;

private:
    void describe_class(std::string_view group, const std::string& what, PluginType type, std::string_view class_name,
                        const std::string& alias = {});

    std::vector<TaskMetrics::TextValue> description_;
    std::chrono::steady_clock::time_point topics_told_ = std::chrono::steady_clock::now();
};

/// A SourceSession or a SinkSession, by the connector's class. Throws ConfigException if there is no such class.
std::unique_ptr<TaskSession> make_task_session(WorkerTask& task);

}
