/// One Connector object and the state it is in. Its calls run on a thread of its own, in their order.
///
/// States   STARTED, PAUSED, STOPPED, FAILED as Kafka Connect has them: starting into PAUSED or STOPPED does not call
///          the plugin; FAILED goes to STOPPED only. Each change is told to the listener.
/// Threads  Methods are called on the control thread and return at once; `done` comes on the connector's thread, or on
///          the deadlines' when the plugin takes too long. abandon() makes sure that nothing is told any more.
#pragma once
#include "connectors/api/plugin.hpp"
#include "worker/config/config_transformer.hpp"
#include "worker/metrics/worker_metrics.hpp"
#include "worker/plugins/registry.hpp"
#include "worker/runtime/plugin_thread.hpp"
#include "worker/runtime/stores.hpp"
#include "worker/runtime/worker.hpp"

#include <memory>
#include <mutex>

namespace millrace::worker {

class WorkerConnector : public ConnectorContext, public std::enable_shared_from_this<WorkerConnector> {
public:
    struct Parts {
        std::string name;
        Settings settings;  ///< with references still in it
        const PluginRegistry& plugins;
        std::shared_ptr<const ConfigTransformer> transformer;
        StatusListener& listener;
        Logger logger;
        std::shared_ptr<WorkerMetrics> starts;
        bool creates_topics = true;  ///< topic.creation.enable
    };
    explicit WorkerConnector(Parts parts);

    void start(TargetState target, Once<std::exception_ptr> done);
    void set_state(TargetState target, Once<std::exception_ptr> done);
    void task_configs(Once<std::exception_ptr, std::vector<Settings>> done);
    void stop(Once<std::exception_ptr> done);
    /// Nothing reaches the listener any more. Reports UNASSIGNED first if `hung`.
    void abandon(bool hung);
    void collect(MetricsPage& page) const;
    /// Of the settings it runs with, references resolved: another one means that a provider gave other values.
    std::size_t fingerprint() const;

    const Logger& logger() const noexcept override { return plugin_logger_; }
    void request_task_reconfiguration() override;
    void raise_error(std::string message) override;

private:
    enum class Phase : std::uint8_t { Initial, Started, Paused, Stopped, Failed };

    void post(std::function<void()> work);
    void instantiate();
    void enter(TargetState target);
    void fail(const std::exception_ptr& error);
    void report(StatusListener::Status status);
    std::vector<Settings> make_task_configs();
    std::optional<std::string> known_version() const;  ///< none before there is an instance

    Parts parts_;
    Logger logger_;
    Logger plugin_logger_;
    std::string version_;
    // The connector's thread alone:
    std::unique_ptr<Connector> connector_;
    Settings resolved_;
    bool has_started_ = false;
    // Any thread:
    mutable std::mutex mutex_;
    std::size_t fingerprint_ = 0;
    std::string class_name_;
    std::string type_;
    std::string status_ = "unassigned";
    Phase phase_ = Phase::Initial;
    bool abandoned_ = false;
    PluginThread thread_;
};

}
