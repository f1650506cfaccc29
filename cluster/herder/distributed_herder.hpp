/// The herder of a Connect group's member: runs what the group assigns to this worker, and leads when the group says
/// so.
///
/// Wiring   The Worker reports to a StatusListener and reads from an OffsetStore; the herder drives the Worker and is
/// its
///          listener. So it is made first, without a worker: DistributedHerder herder(...); Worker worker({.listener =
///          herder, ...}); herder.set_worker(worker); then run(). Stores and worker outlive run().
/// Threads  Belongs to the control thread; the StatusListener's methods alone may be called from any thread.
/// Order    One thing at a time (Turn): a tick of the loop, or the stopping of work that the group takes away.
/// Errors   run() throws what must end the process with status 1; a request's errors go to who asked.
#pragma once
#include "cluster/async/event.hpp"
#include "cluster/async/scope.hpp"
#include "cluster/herder/decisions.hpp"
#include "cluster/herder/herder.hpp"
#include "cluster/herder/leader_client.hpp"
#include "cluster/herder/rebalance_metrics.hpp"
#include "cluster/herder/restart_supervisor.hpp"
#include "cluster/herder/session_key.hpp"
#include "cluster/herder/stage.hpp"
#include "cluster/herder/turn.hpp"
#include "cluster/membership/group_member.hpp"
#include "cluster/storage/config_backing_store.hpp"
#include "cluster/storage/offset_backing_store.hpp"
#include "cluster/storage/status_backing_store.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/runtime/worker.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace millrace::cluster {

struct DistributedHerderDependencies {
    asio::any_io_executor executor;
    const worker::WorkerConfig& config;
    GroupSettings group;
    std::string worker_id;  ///< host:port, in every status
    std::string kafka_cluster_id;
    ConfigBackingStore& configs;
    StatusBackingStore& statuses;
    OffsetBackingStore& offsets;
    /// How brokers are reached with a connector's settings for admin clients; null: as the group is.
    std::function<GroupSettings(const Settings& client)> admin_connection = {};
    LeaderClient* leader_client = nullptr;  ///< null: task configurations are written by a leader only
    /// A logger level was set for the whole cluster.
    std::function<void(const std::string& logger, const std::string& level)> set_logger_level = {};
    std::function<std::chrono::system_clock::time_point()> clock = [] { return std::chrono::system_clock::now(); };
    RandomBytes random = secure_random_bytes;
    Logger logger = {};
};

class DistributedHerder : public Herder, public worker::StatusListener, private MemberListener {
public:
    explicit DistributedHerder(DistributedHerderDependencies dependencies);
    ~DistributedHerder() override;
    void set_worker(worker::Worker& worker) { worker_ = &worker; }

    /// Reads the topics, joins the group and works until it is cancelled: then stops all work and leaves the group.
    asio::awaitable<void> run();

    // Herder
    std::vector<std::string> connectors() const override;
    ConnectorStateInfo connector_status(const std::string& name) const override;
    StatusInfo task_status(const TaskId& id) const override;
    std::optional<ConnectorInfo> connector_info_now(const std::string& name) const override;
    std::vector<std::string> active_topics(const std::string& name) const override;
    std::string kafka_cluster_id() const override { return deps_.kafka_cluster_id; }
    std::string stage() const override { return stage_.sentence(); }
    std::string warning() const override { return member_.mistakes(); }
    void collect_metrics(worker::MetricsPage& page) const override;
    asio::awaitable<ConnectorInfo> connector_info(std::string name) override;
    asio::awaitable<Settings> connector_config(std::string name) override;
    asio::awaitable<std::vector<TaskInfo>> task_configs(std::string name) override;
    asio::awaitable<worker::ConnectorOffsets> connector_offsets(std::string name) override;
    asio::awaitable<Health> health() override;
    asio::awaitable<void> loaded() override { return loaded_.wait(); }
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
    void verify(const RequestSignature& signature) const override;
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
    struct Request {
        SteadyTime at;
        bool needs_group;  ///< waits while a rebalance is due or under way
        std::function<asio::awaitable<void>()> run;
        std::function<void()> refuse;  ///< the worker shuts down
    };
    class Stage;
    using StatePtr = std::shared_ptr<const ClusterConfigState>;

    // MemberListener
    ConfigView config_view() override;
    asio::awaitable<void> on_revoked(Work work) override;
    void on_assigned(const Assignment& assignment, int generation) override;
    asio::awaitable<void> on_work_lost() override;
    void on_session(Event::Clock::time_point until) override;

    // The loop: distributed_herder.cpp
    asio::awaitable<void> start_stores();
    asio::awaitable<void> loop();
    asio::awaitable<void> tick();
    asio::awaitable<void> shut_down();
    asio::awaitable<bool> claim_config_topic();
    asio::awaitable<void> rotate_session_key();
    asio::awaitable<void> run_requests();
    SteadyTime next_wake() const;
    bool group_settled() const {
        return assignment_ && resolved_ && !rejoin_pending_ && can_read_configs_ && worker_->lease().held();
    }
    bool is_leader() const;
    void rejoin(const std::string& reason);
    void on_config_event(const ConfigEvent& event);

    // Rebalances and configuration changes: herder_rebalance.cpp
    asio::awaitable<bool> resolve();
    void doubt_topic(const AssignmentView& view);
    asio::awaitable<bool> read_config_to_end();
    asio::awaitable<void> catch_up_again();
    void start_assigned();
    asio::awaitable<void> apply_config_changes();
    asio::awaitable<void> restart_changed_connectors(std::set<std::string> changed);
    void apply_target_states(const std::set<std::string>& changed);
    asio::awaitable<void> stop_reconfigured_tasks(std::set<TaskId> changed);
    void clean_deleted_statuses();
    asio::awaitable<void> publish_certificate();
    void forget_stale_certificates();
    asio::awaitable<void> forget_certificate(std::string url);
    void clear_topics_of_deleted(const Work& work);

    // Work: herder_work.cpp
    // g++ 12 destroys temporaries of an awaiting expression twice if they are aggregates or lambdas that own something,
    // so such arguments of coroutines have names.
    asio::awaitable<void> stop_work(Work work, worker::StopManner manner = worker::StopManner::Gracefully);
    asio::awaitable<void> stop_everything(worker::StopManner manner = worker::StopManner::Gracefully) {
        return stop_work(
            {{running_connectors_.begin(), running_connectors_.end()}, {running_tasks_.begin(), running_tasks_.end()}},
            manner);
    }
    void start_connector(const std::string& name, worker::Done done);
    bool start_task(const TaskId& id);
    asio::awaitable<void> process_restarts();
    asio::awaitable<void> process_restart(RestartRequest request);
    void request_reconfiguration(std::string connector, int attempt);
    asio::awaitable<void> reconfigure(std::string connector, int attempt);
    asio::awaitable<void> publish_task_configs(std::string connector, std::vector<Settings> configs);
    std::optional<SessionKey> signing_key() const;
    asio::awaitable<void> forward_task_configs(std::string connector, std::vector<Settings> configs, int attempt);
    void reconfiguration_failed(const std::string& connector, int attempt, const std::string& why);
    void put_status(const std::string& connector, const Status& status);
    void put_status(const TaskId& task, const Status& status);
    ObjectStatus object_status(const Status& status) const;

    // Restarts of what has failed or expired: herder_supervision.cpp
    Status supervised(const Supervised& what, Status status);
    bool still_failed(const Supervised& what) const;
    asio::awaitable<void> restart_failed(Supervised what, std::uint64_t failure);
    asio::awaitable<void> reload(std::string connector, std::uint64_t token);

    // Requests: herder_requests.cpp
    template <class T>
    struct Slot;
    template <class T>
    asio::awaitable<T> queued(std::function<asio::awaitable<T>()> work, bool needs_group = true);
    asio::awaitable<void> queued_done(std::function<asio::awaitable<bool>()> work);
    template <class T>
    static asio::awaitable<void> fill(std::shared_ptr<Slot<T>> slot, std::function<asio::awaitable<T>()> work);
    void add_request(SteadyTime at, std::function<asio::awaitable<void>()> run);
    void require_leader(const char* message) const;
    StatePtr fresh() const { return deps_.configs.snapshot(); }
    ConnectorInfo info_of(const ClusterConfigState& state, const std::string& name) const;
    asio::awaitable<CreateResult> do_put_connector(std::string name, Settings config,
                                                   std::optional<TargetState> initial, bool allow_replace);
    asio::awaitable<bool> do_delete_connector(std::string name);
    asio::awaitable<bool> do_stop(std::string name);
    asio::awaitable<ConnectorStateInfo> do_restart_all(RestartRequest request);
    asio::awaitable<bool> do_put_task_configs(std::string name, std::vector<Settings> configs, bool from_peer);
    asio::awaitable<bool> do_restart_connector(std::string name, std::shared_ptr<Slot<bool>> started);
    asio::awaitable<bool> do_restart_task(TaskId id);
    asio::awaitable<bool> do_nothing();
    asio::awaitable<bool> require_stopped(std::string name);
    void require_peer(bool from_peer) const;

    // Exactly-once sources: herder_fencing.cpp
    struct FencingRound;
    using FencingRoundPtr = std::shared_ptr<FencingRound>;
    asio::awaitable<void> join_fencing(std::string name);
    asio::awaitable<void> run_fencing(std::string name, FencingRoundPtr round);
    asio::awaitable<void> fence(std::string name, FencingRoundPtr round);
    asio::awaitable<void> fence_as(std::string name, FencingRoundPtr round);
    void require_lead(worker::Lease::Term term) const;
    asio::awaitable<bool> prepare_fencing(std::string name, FencingRoundPtr round);
    asio::awaitable<bool> finish_fencing(std::string name, FencingRoundPtr round);
    worker::ProducerGate gate_of(const TaskId& id);
    static asio::awaitable<void> answer(std::function<asio::awaitable<void>()> work, worker::Done done);
    asio::awaitable<void> fence_before_change(std::string name);
    asio::awaitable<void> fence_for_task(std::string name);
    asio::awaitable<void> forward_fencing(std::string name);
    asio::awaitable<void> verify_task(TaskId id, int generation);

    DistributedHerderDependencies deps_;
    Logger logger_;
    worker::Worker* worker_ = nullptr;
    GroupMember member_;
    Scope scope_;
    Turn turn_;
    Event wake_;
    Event loaded_;  ///< the internal topics have been read to their ends
    Event ready_;   ///< the first tick as a member is done
    StageLog stage_;
    RebalanceMetrics rebalances_;
    RestartSupervisor supervisor_;
    std::map<std::string, std::uint64_t> reloads_;       ///< the latest scheduled reload of each connector
    std::map<std::string, std::size_t> published_from_;  ///< fingerprints of what task configurations were made from
    std::exception_ptr failure_;
    bool shutting_down_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  ///< for what other threads post here

    StatePtr state_ = std::make_shared<const ClusterConfigState>();  ///< as far as it was applied
    std::optional<Assignment> assignment_;
    int generation_ = -1;
    std::uint64_t assignments_ = 0;  ///< how many there were
    bool resolved_ = false;
    bool rejoin_pending_ = false;
    bool can_read_configs_ = true;
    bool rejoin_when_read_ = false;   ///< once the config topic has been read to its end
    bool proven_ = false;             ///< an assignment has spoken of this config topic
    int doubts_ = 0;                  ///< assignments since that cannot have
    int leaves_ = 0;                  ///< for that reason
    std::uint64_t config_reads_ = 0;  ///< of the config topic to its end
    SteadyTime catch_up_at_{};
    int catch_up_failures_ = 0;
    std::optional<SteadyTime> scheduled_rebalance_;
    std::set<std::string> running_connectors_;
    std::set<TaskId> running_tasks_;
    std::set<TaskId> tasks_to_restart_;

    bool needs_rebalance_ = false;
    std::set<std::string> changed_connectors_;
    std::set<std::string> changed_target_states_;
    std::set<TaskId> changed_tasks_;
    std::map<std::string, RestartRequest> pending_restarts_;
    std::deque<Request> requests_;
    std::map<std::string, FencingRoundPtr> fencing_;  ///< rounds that are under way
};

}
