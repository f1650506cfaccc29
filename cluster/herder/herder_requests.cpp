#include "cluster/async/await_callback.hpp"
#include "cluster/herder/distributed_herder.hpp"
#include "cluster/herder/herder_stage.hpp"
#include "cluster/herder/request_signature.hpp"
#include "cluster/herder/restart_plan.hpp"
#include "cluster/herder/status_views.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

namespace millrace::cluster {

using std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds health_limit{10};

}

/// Where a queued request leaves its answer. Outlives a caller that went away.
template <class T>
struct DistributedHerder::Slot {
    explicit Slot(asio::any_io_executor executor) : done(std::move(executor)) {}
    std::optional<T> value;
    std::exception_ptr error;
    Event done;
};

template <class T>
asio::awaitable<void> DistributedHerder::fill(std::shared_ptr<Slot<T>> slot, std::function<asio::awaitable<T>()> work) {
    try {
        slot->value = co_await work();
    } catch (const ConnectException&) {
        slot->error = std::current_exception();
    }
    if (!slot->value && !slot->error) slot->error = std::make_exception_ptr(ConnectException("Request interrupted"));
    slot->done.set();
}

template <class T>
asio::awaitable<T> DistributedHerder::queued(std::function<asio::awaitable<T>()> work, bool needs_group) {
    if (shutting_down_) throw ConnectException("Worker is shutting down");
    auto slot = std::make_shared<Slot<T>>(deps_.executor);
    requests_.push_back({.at = steady_clock::now(),
                         .needs_group = needs_group,
                         .run = [slot, work] { return fill<T>(slot, work); },
                         .refuse =
                             [slot] {
                                 slot->error = std::make_exception_ptr(ConnectException("Worker is shutting down"));
                                 slot->done.set();
                             }});
    wake_.set();
    co_await slot->done.wait();
    if (slot->error) std::rethrow_exception(slot->error);
    co_return std::move(*slot->value);
}

asio::awaitable<void> DistributedHerder::queued_done(std::function<asio::awaitable<bool>()> work) {
    co_await queued<bool>(std::move(work));
}

void DistributedHerder::add_request(SteadyTime at, std::function<asio::awaitable<void>()> run) {
    if (shutting_down_) return;
    requests_.push_back({.at = at, .needs_group = true, .run = std::move(run), .refuse = {}});
    wake_.set();
}

void DistributedHerder::require_leader(const char* message) const {
    if (!is_leader()) throw NotLeaderException(message, member_.leader_url());
}

std::vector<std::string> DistributedHerder::connectors() const { return fresh()->connectors(); }

ConnectorInfo DistributedHerder::info_of(const ClusterConfigState& state, const std::string& name) const {
    const auto* config = state.connector_config(name);
    if (!config) throw NotFoundException("Connector " + name + " not found");
    return {.name = name, .config = *config, .tasks = state.tasks(name), .type = worker_->connector_type(*config)};
}

std::optional<ConnectorInfo> DistributedHerder::connector_info_now(const std::string& name) const {
    const auto state = fresh();
    return state->contains(name) ? std::optional(info_of(*state, name)) : std::nullopt;
}

ConnectorStateInfo DistributedHerder::connector_status(const std::string& name) const {
    const auto state = fresh();
    const auto* config = state->connector_config(name);
    return connector_state(deps_.statuses.table(), name, config ? worker_->connector_type(*config) : "unknown");
}

StatusInfo DistributedHerder::task_status(const TaskId& id) const { return task_state(deps_.statuses.table(), id); }

std::vector<std::string> DistributedHerder::active_topics(const std::string& name) const {
    return topic_names(deps_.statuses.table(), name);
}

asio::awaitable<ConnectorInfo> DistributedHerder::connector_info(std::string name) {
    co_await ready_.wait();
    co_return info_of(*fresh(), name);
}

asio::awaitable<Settings> DistributedHerder::connector_config(std::string name) {
    co_await ready_.wait();
    co_return info_of(*fresh(), name).config;
}

asio::awaitable<std::vector<TaskInfo>> DistributedHerder::task_configs(std::string name) {
    co_await ready_.wait();
    const auto state = fresh();
    if (!state->contains(name)) throw NotFoundException("Connector " + name + " not found");
    std::vector<TaskInfo> tasks;
    for (const auto& id : state->tasks(name)) {
        const auto* config = state->task_config(id);
        tasks.push_back({id, config ? *config : Settings{}});
    }
    co_return tasks;
}

asio::awaitable<bool> DistributedHerder::do_nothing() { co_return true; }

asio::awaitable<Health> DistributedHerder::health() {
    const auto deadline = steady_clock::now() + health_limit;
    if (!co_await ready_.wait_until(deadline)) co_return Health::Starting;
    auto slot = std::make_shared<Slot<bool>>(deps_.executor);
    requests_.push_back({.at = steady_clock::now(),
                         .needs_group = false,
                         .run = [this, slot] { return fill<bool>(slot, [this] { return do_nothing(); }); },
                         .refuse = [slot] { slot->done.set(); }});
    wake_.set();
    co_return co_await slot->done.wait_until(deadline) ? Health::Healthy : Health::Unhealthy;
}

asio::awaitable<void> DistributedHerder::pause(std::string name) {
    if (!fresh()->contains(name)) throw NotFoundException("Unknown connector " + name);
    co_await deps_.configs.put_target_state(std::move(name), TargetState::Paused);
}

asio::awaitable<void> DistributedHerder::resume(std::string name) {
    if (!fresh()->contains(name)) throw NotFoundException("Unknown connector " + name);
    co_await deps_.configs.put_target_state(std::move(name), TargetState::Started);
}

asio::awaitable<void> DistributedHerder::reset_active_topics(std::string name) {
    for (const auto& topic : deps_.statuses.table().topics(name)) deps_.statuses.remove_topic(topic.topic, name);
    co_return;
}

asio::awaitable<void> DistributedHerder::set_logger_level(std::string logger, std::string level) {
    return deps_.configs.put_logger_level(std::move(logger), std::move(level));
}

asio::awaitable<CreateResult> DistributedHerder::put_connector(std::string name, Settings config,
                                                               std::optional<TargetState> initial, bool allow_replace) {
    return queued<CreateResult>([=, this] { return do_put_connector(name, config, initial, allow_replace); });
}

asio::awaitable<CreateResult> DistributedHerder::do_put_connector(std::string name, Settings config,
                                                                  std::optional<TargetState> initial,
                                                                  bool allow_replace) {
    require_leader("Only the leader can set connector configs.");
    const auto state = fresh();
    const bool exists = state->contains(name);
    if (exists && !allow_replace) throw ConflictException("Connector " + name + " already exists");
    const Stage stage(*this, "writing a config for connector " + name + " to the config topic");
    co_await deps_.configs.put_connector_config(name, config, initial);
    CreateResult result{.created = !exists,
                        .info = {.name = name, .config = config, .tasks = state->tasks(name), .type = {}}};
    result.info.type = worker_->connector_type(config);
    co_return result;
}

asio::awaitable<void> DistributedHerder::delete_connector(std::string name) {
    return queued_done([=, this] { return do_delete_connector(name); });
}

asio::awaitable<bool> DistributedHerder::do_delete_connector(std::string name) {
    require_leader("Only the leader can delete connector configs.");
    if (!fresh()->contains(name)) throw NotFoundException("Connector " + name + " not found");
    const Stage stage(*this, "removing the config for connector " + name + " from the config topic");
    co_await deps_.configs.remove_connector_config(std::move(name));
    co_return true;
}

asio::awaitable<void> DistributedHerder::stop(std::string name) {
    return queued_done([=, this] { return do_stop(name); });
}

asio::awaitable<bool> DistributedHerder::do_stop(std::string name) {
    if (!fresh()->contains(name)) throw NotFoundException("Unknown connector " + name);
    require_leader("Only the leader can transition connectors to the STOPPED state");
    {
        const Stage stage(*this, "writing 0 task configs for connector " + name + " to the config topic");
        std::vector<Settings> none;
        co_await deps_.configs.put_task_configs(name, std::move(none));
    }
    const Stage stage(*this, "writing the STOPPED target stage for connector " + name + " to the config topic");
    co_await deps_.configs.put_target_state(std::move(name), TargetState::Stopped);
    if (!co_await deps_.configs.refresh(deps_.config.worker_sync_timeout))
        logger_.warn("Failed to read to end of config topic before returning after a connector was stopped");
    co_return true;
}

asio::awaitable<ConnectorStateInfo> DistributedHerder::restart_connector_and_tasks(RestartRequest request) {
    return queued<ConnectorStateInfo>([=, this] { return do_restart_all(request); });
}

asio::awaitable<ConnectorStateInfo> DistributedHerder::do_restart_all(RestartRequest request) {
    const auto name = request.connector;
    if (!fresh()->contains(name)) throw NotFoundException("Unknown connector: " + name);
    require_leader("Only the leader can process restart requests.");
    if (!deps_.statuses.table().connector(name)) throw NotFoundException("Status for connector " + name + " not found");
    auto plan = make_restart_plan(request, connector_status(name));
    const Stage stage(*this, "writing restart request for connector " + name + " to the config topic");
    RestartRecord record{name, request.include_tasks, request.only_failed};
    co_await deps_.configs.put_restart_request(std::move(record));
    co_return std::move(plan.state);
}

void DistributedHerder::verify(const RequestSignature& signature) const {
    if (member_.protocol() != Protocol::Sessioned) return;
    verify_request(signature, deps_.config.session_key.verification_algorithms, fresh()->session_key);
}

/// For the leader: a signature can be heard on the network and used again, so that it is enough only where Java workers
/// are members.
void DistributedHerder::require_peer(bool from_peer) const {
    if (!from_peer && !deps_.group.fingerprint.empty() && member_.plain_members().empty())
        throw SignatureException(403,
                                 "Internal requests of this group come over TLS between workers, since all of its "
                                 "members can do that");
}

asio::awaitable<void> DistributedHerder::put_task_configs(std::string name, std::vector<Settings> configs,
                                                          RequestSignature signature) {
    verify(signature);
    std::function<asio::awaitable<bool>()> work = [=, from_peer = signature.from_peer, this] {
        return do_put_task_configs(name, configs, from_peer);
    };
    co_await queued<bool>(std::move(work));
}

asio::awaitable<bool> DistributedHerder::do_put_task_configs(std::string name, std::vector<Settings> configs,
                                                             bool from_peer) {
    require_leader("Only the leader may write task configurations.");
    require_peer(from_peer);
    const auto state = fresh();
    if (!state->contains(name)) throw NotFoundException("Connector " + name + " not found");
    if (state->target_state(name) == TargetState::Stopped && !configs.empty())
        throw ConfigException("Cannot submit non-empty set of task configs for stopped connector " + name);
    co_await publish_task_configs(std::move(name), std::move(configs));
    co_return true;
}

asio::awaitable<void> DistributedHerder::restart_connector(std::string name) {
    const auto started = std::make_shared<Slot<bool>>(deps_.executor);
    std::function<asio::awaitable<bool>()> work = [=, this] { return do_restart_connector(name, started); };
    co_await queued<bool>(std::move(work));
    co_await started->done.wait();
    if (started->error) throw ConnectException("Failed to start connector: " + name);
    co_await deps_.statuses.settle(deps_.config.worker_sync_timeout);
}

asio::awaitable<bool> DistributedHerder::do_restart_connector(std::string name, std::shared_ptr<Slot<bool>> started) {
    state_ = needs_rebalance_ ? state_ : fresh();
    if (!state_->contains(name)) throw NotFoundException("Unknown connector: " + name);
    if (running_connectors_.count(name) == 0) {
        if (!is_leader())
            throw NotLeaderException("Only the leader can process restart requests.", member_.leader_url());
        throw NotLeaderException("Cannot restart connector since it is not assigned to this member",
                                 member_.owner_url(name).value_or(""));
    }
    Work work;
    work.connectors = {name};
    co_await stop_work(std::move(work));
    running_connectors_.insert(name);
    start_connector(name, [started](std::exception_ptr error) {
        started->error = error;
        started->done.set();
    });
    co_return true;
}

asio::awaitable<void> DistributedHerder::restart_task(TaskId id) {
    return queued_done([=, this] { return do_restart_task(id); });
}

asio::awaitable<bool> DistributedHerder::do_restart_task(TaskId id) {
    state_ = needs_rebalance_ ? state_ : fresh();
    if (!state_->contains(id.connector)) throw NotFoundException("Unknown connector: " + id.connector);
    if (!state_->task_config(id)) throw NotFoundException("Unknown task: " + to_string(id));
    if (running_tasks_.count(id) == 0) {
        const char* why = "Cannot restart task since it is not assigned to this member";
        throw NotLeaderException(why, is_leader() ? member_.owner_url(id).value_or("") : member_.leader_url());
    }
    supervisor_.forget(id.connector);
    const Stage stage(*this, "restarting task " + to_string(id));
    Work work;
    work.tasks = {id};
    co_await stop_work(std::move(work));
    running_tasks_.insert(id);
    if (!start_task(id)) throw ConnectException("Failed to start task: " + to_string(id));
    co_return true;
}

}
