/// The herder of a standalone worker: configurations and statuses in memory, all work in this process, nobody to ask.
///
/// Wiring   As DistributedHerder: made first, then the Worker with it as listener, then set_worker() and run().
/// Threads  Belongs to the control thread; the StatusListener's methods alone may be called from any thread.
/// Order    What changes something is done one after the other (Turn); a request's errors go to who asked.
/// Facts    Kafka 4.3, Connect's StandaloneHerder: a new connector's answer comes when it and its tasks were started.
#pragma once
#include "cluster/async/event.hpp"
#include "cluster/async/scope.hpp"
#include "cluster/herder/herder.hpp"
#include "cluster/herder/restart_supervisor.hpp"
#include "cluster/herder/turn.hpp"
#include "cluster/storage/status_table.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/runtime/worker.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millrace::cluster {

struct StandaloneHerderDependencies {
    asio::any_io_executor executor;
    const worker::WorkerConfig& config;
    std::string worker_id;  ///< host:port, in every status
    std::string kafka_cluster_id;
    std::function<void(const std::string& logger, const std::string& level)> set_logger_level = {};
    std::function<std::chrono::system_clock::time_point()> clock = [] { return std::chrono::system_clock::now(); };
    Logger logger = {};
};

class StandaloneHerder : public Herder, public worker::StatusListener {
public:
    explicit StandaloneHerder(StandaloneHerderDependencies dependencies);
    ~StandaloneHerder() override;
    void set_worker(worker::Worker& worker) { worker_ = &worker; }
    /// Connectors of the command line were created: /health says so.
    void set_ready() { ready_.set(); }
    /// Starts something that is cancelled when run() ends.
    void spawn(asio::awaitable<void> child) { scope_.spawn(std::move(child)); }
    /// Works until it is cancelled: then stops all work.
    asio::awaitable<void> run();

    // Herder
    std::vector<std::string> connectors() const override;
    ConnectorStateInfo connector_status(const std::string& name) const override;
    StatusInfo task_status(const TaskId& id) const override;
    std::optional<ConnectorInfo> connector_info_now(const std::string& name) const override;
    std::vector<std::string> active_topics(const std::string& name) const override;
    std::string kafka_cluster_id() const override { return deps_.kafka_cluster_id; }
    std::string stage() const override { return {}; }
    void collect_metrics(worker::MetricsPage& page) const override { supervisor_.collect(page); }
    asio::awaitable<ConnectorInfo> connector_info(std::string name) override;
    asio::awaitable<Settings> connector_config(std::string name) override;
    asio::awaitable<std::vector<TaskInfo>> task_configs(std::string name) override;
    asio::awaitable<worker::ConnectorOffsets> connector_offsets(std::string name) override;
    asio::awaitable<Health> health() override;
    asio::awaitable<void> pause(std::string name) override;
    asio::awaitable<void> resume(std::string name) override;
    asio::awaitable<void> reset_active_topics(std::string name) override;
    asio::awaitable<void> set_logger_level(std::string logger, std::string level) override;
    asio::awaitable<CreateResult> put_connector(std::string name, Settings config, std::optional<TargetState> initial,
                                                bool allow_replace) override;
    asio::awaitable<void> delete_connector(std::string name) override;
    asio::awaitable<void> stop(std::string name) override;
    asio::awaitable<std::string> alter_offsets(std::string name, worker::OffsetChange change) override;
    asio::awaitable<ConnectorStateInfo> restart_connector_and_tasks(RestartRequest request) override;
    void verify(const RequestSignature&) const override {}  // there are no other workers
    asio::awaitable<void> put_task_configs(std::string name, std::vector<Settings> configs,
                                           RequestSignature signature) override;
    asio::awaitable<void> fence_zombies(std::string name, RequestSignature signature) override;
    asio::awaitable<void> restart_connector(std::string name) override;
    asio::awaitable<void> restart_task(TaskId id) override;

    // StatusListener: from any thread
    void on_connector_status(const std::string& connector, Status status) override;
    void on_task_status(const TaskId& task, Status status) override;
    void on_topic_used(const TaskId& task, const std::string& topic) override;
    void on_task_reconfiguration_requested(const std::string& connector) override;
    void on_config_expiry(const std::string& connector, std::chrono::milliseconds ttl) override;

private:
    struct Configured {
        Settings config;
        TargetState target = TargetState::Started;
        std::vector<Settings> tasks = {};
        Settings tasks_of = {};  ///< the connector's configuration that `tasks` were made from
        std::size_t values = 0;  ///< that configuration's fingerprint with references resolved
    };

    const Configured& known(const std::string& name) const;
    Configured& known(const std::string& name);
    ConnectorInfo info_of(const std::string& name) const;
    std::vector<TaskId> task_ids(const std::string& name) const;
    asio::awaitable<void> set_target(std::string name, TargetState target);
    asio::awaitable<void> start(std::string name);
    asio::awaitable<std::string> try_to_start(std::string name);
    asio::awaitable<std::string> stop_and_start(std::string name);
    asio::awaitable<void> stop_connector(std::string name);
    asio::awaitable<void> remove_tasks(std::string name);
    asio::awaitable<void> update_tasks(std::string name, int attempt);
    asio::awaitable<void> update_tasks_later(std::string name, int attempt);
    void start_task(const TaskId& id);
    /// In standalone_supervision.cpp.
    Status supervised(const Supervised& what, Status status);
    bool still_failed(const Supervised& what) const;
    asio::awaitable<void> restart_failed_later(Supervised what, std::chrono::milliseconds wait, std::uint64_t failure);
    asio::awaitable<void> reload_later(std::string connector, std::chrono::milliseconds ttl, std::uint64_t token);
    void put_status(const std::string& key, const Status& status);
    ObjectStatus object_status(const Status& status) const;

    StandaloneHerderDependencies deps_;
    Logger logger_;
    worker::Worker* worker_ = nullptr;
    Scope scope_;
    Turn turn_;
    Event ready_;
    Event never_;
    std::exception_ptr failure_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  ///< for what other threads post here
    std::map<std::string, Configured> configured_;
    RestartSupervisor supervisor_;
    std::map<std::string, std::uint64_t> reloads_;  ///< the latest of each connector counts
    StatusTable statuses_;
};

}
