/// A herder for tests of the REST layer: connectors in a map, each with one task while it is not stopped, done at once.
#pragma once
#include "cluster/herder/herder.hpp"
#include "cluster/herder/request_signature.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <map>
#include <string>

namespace millrace::rest {

class MemoryHerder : public cluster::Herder {
public:
    using State = cluster::State;
    using TargetState = cluster::TargetState;

    struct Held {
        Settings config;
        TargetState target = TargetState::Started;
    };
    std::map<std::string, Held> held;
    std::string session_key = "key";                              ///< of internal requests
    std::map<std::string, std::vector<Settings>> published = {};  ///< task configurations that others sent
    std::map<std::string, std::string> cluster_levels = {};       ///< of loggers, set for the whole cluster
    worker::ConnectorOffsets offsets = {};                        ///< of whichever connector
    std::vector<std::string> fenced = {};                         ///< connectors
    std::string leader_url = {};                                  ///< not empty: this worker is a follower
    bool rebalance_needed = false;                                ///< a rebalance is due
    bool hangs = false;                                           ///< never tells of a connector
    std::string stage_sentence = {};                              ///< what stage() says
    cluster::Health state_of_health = cluster::Health::Healthy;

    std::vector<std::string> connectors() const override {
        std::vector<std::string> names;
        for (const auto& [name, connector] : held) names.push_back(name);
        return names;
    }
    cluster::ConnectorStateInfo connector_status(const std::string& name) const override {
        const auto found = held.find(name);
        if (found == held.end()) throw NotFoundException("No status found for connector " + name);
        return state_of(name, found->second);
    }
    cluster::StatusInfo task_status(const cluster::TaskId& id) const override {
        const auto found = held.find(id.connector);
        if (found == held.end() || id.task != 0 || found->second.target == TargetState::Stopped) {
            throw NotFoundException("No status found for task " + to_string(id));
        }
        return status(found->second);
    }
    std::optional<cluster::ConnectorInfo> connector_info_now(const std::string& name) const override {
        const auto found = held.find(name);
        if (found == held.end()) return std::nullopt;
        return info(name, found->second);
    }
    std::vector<std::string> active_topics(const std::string&) const override { return {}; }
    std::string kafka_cluster_id() const override { return "Nrxi36c49JxjEAR5OC_gpQ"; }
    std::string stage() const override { return stage_sentence; }

    asio::awaitable<cluster::ConnectorInfo> connector_info(std::string name) override {
        if (hangs) {
            asio::steady_timer forever(co_await asio::this_coro::executor, std::chrono::hours(1));
            co_await forever.async_wait(asio::use_awaitable);
        }
        co_return info(name, existing(name));
    }
    asio::awaitable<Settings> connector_config(std::string name) override { co_return existing(name).config; }
    asio::awaitable<std::vector<cluster::TaskInfo>> task_configs(std::string name) override {
        std::vector<cluster::TaskInfo> tasks;
        const auto& connector = existing(name);
        if (connector.target != TargetState::Stopped) {
            tasks.push_back({{name, 0}, connector.config});
            tasks.back().config["task.class"] = "org.apache.kafka.connect.file.FileStreamSourceTask";
        }
        co_return tasks;
    }
    asio::awaitable<worker::ConnectorOffsets> connector_offsets(std::string name) override {
        existing(name);
        co_return offsets;
    }
    asio::awaitable<std::string> alter_offsets(std::string name, worker::OffsetChange change) override {
        require_leader();
        if (existing(name).target != TargetState::Stopped) throw ConfigException("Connectors must be stopped");
        const bool reset = !change;
        offsets = change ? *std::move(change) : worker::ConnectorOffsets{};
        co_return worker::offsets_changed_sentence(reset, true);
    }
    asio::awaitable<cluster::Health> health() override { co_return state_of_health; }

    asio::awaitable<void> pause(std::string name) override {
        known(name, "Unknown connector ").target = TargetState::Paused;
        co_return;
    }
    asio::awaitable<void> resume(std::string name) override {
        known(name, "Unknown connector ").target = TargetState::Started;
        co_return;
    }
    asio::awaitable<void> reset_active_topics(std::string) override { co_return; }
    asio::awaitable<void> set_logger_level(std::string logger, std::string level) override {
        cluster_levels[std::move(logger)] = std::move(level);
        co_return;
    }

    asio::awaitable<cluster::CreateResult> put_connector(std::string name, Settings config,
                                                         std::optional<TargetState> initial,
                                                         bool allow_replace) override {
        require_leader();
        const auto found = held.find(name);
        const bool created = found == held.end();
        if (!created && !allow_replace) throw ConflictException("Connector " + name + " already exists");
        auto& connector = held[name];
        connector.config = std::move(config);
        if (initial) connector.target = *initial;
        auto result = info(name, connector);
        if (created) result.tasks.clear();
        co_return cluster::CreateResult{created, std::move(result)};
    }
    asio::awaitable<void> delete_connector(std::string name) override {
        require_leader();
        existing(name);
        held.erase(name);
        co_return;
    }
    asio::awaitable<void> stop(std::string name) override {
        require_leader();
        known(name, "Unknown connector ").target = TargetState::Stopped;
        co_return;
    }
    asio::awaitable<cluster::ConnectorStateInfo> restart_connector_and_tasks(cluster::RestartRequest request) override {
        require_leader();
        auto state = state_of(request.connector, known(request.connector, "Unknown connector: "));
        if (!request.only_failed) {
            state.connector.state = State::Restarting;
            for (auto& [task, status] : state.tasks) status.state = State::Restarting;
        }
        co_return state;
    }
    void verify(const cluster::RequestSignature& signature) const override {
        cluster::verify_request(signature, {"HmacSHA256"},
                                cluster::SessionKey{.key = session_key, .algorithm = "HmacSHA256"});
    }
    asio::awaitable<void> put_task_configs(std::string name, std::vector<Settings> configs,
                                           cluster::RequestSignature signature) override {
        verify(signature);
        published[name] = std::move(configs);
        co_return;
    }
    asio::awaitable<void> fence_zombies(std::string name, cluster::RequestSignature signature) override {
        verify(signature);
        if (type_of(existing(name)) != "source") {
            throw ConfigException("Connector " + name + " is not a source connector");
        }
        fenced.push_back(std::move(name));
        co_return;
    }
    asio::awaitable<void> restart_connector(std::string name) override {
        require_leader();
        known(name, "Unknown connector: ");
        co_return;
    }
    asio::awaitable<void> restart_task(cluster::TaskId id) override {
        require_leader();
        const auto& connector = known(id.connector, "Unknown connector: ");
        if (connector.target == TargetState::Stopped) throw cluster::NotLeaderException("Task is not assigned", "");
        if (id.task != 0) throw NotFoundException("Unknown task: " + to_string(id));
        co_return;
    }

private:
    void require_leader() const {
        if (!leader_url.empty()) throw cluster::NotLeaderException("Only the leader can do that", leader_url);
        if (rebalance_needed) {
            throw cluster::RebalanceNeededException("Request cannot be completed because a rebalance is expected");
        }
    }
    Held& known(const std::string& name, const std::string& complaint) {
        const auto found = held.find(name);
        if (found == held.end()) throw NotFoundException(complaint + name);
        return found->second;
    }
    Held& existing(const std::string& name) {
        if (rebalance_needed) {
            throw cluster::RebalanceNeededException("Request cannot be completed because a rebalance is expected");
        }
        const auto found = held.find(name);
        if (found == held.end()) throw NotFoundException("Connector " + name + " not found");
        return found->second;
    }
    static State state_for(TargetState target) {
        return target == TargetState::Started  ? State::Running
               : target == TargetState::Paused ? State::Paused
                                               : State::Stopped;
    }
    static cluster::StatusInfo status(const Held& connector) {
        return {.state = state_for(connector.target), .worker_id = "127.0.0.1:8083", .version = "4.3.1"};
    }
    static std::string type_of(const Held& connector) {
        const auto found = connector.config.find("connector.class");
        if (found == connector.config.end()) return "unknown";
        return found->second.find("Sink") == std::string::npos ? "source" : "sink";
    }
    static cluster::ConnectorStateInfo state_of(const std::string& name, const Held& connector) {
        cluster::ConnectorStateInfo state{
            .name = name, .connector = status(connector), .tasks = {}, .type = type_of(connector)};
        if (connector.target != TargetState::Stopped) state.tasks.emplace_back(0, status(connector));
        return state;
    }
    static cluster::ConnectorInfo info(const std::string& name, const Held& connector) {
        cluster::ConnectorInfo info{.name = name, .config = connector.config, .tasks = {}, .type = type_of(connector)};
        if (connector.target != TargetState::Stopped) info.tasks.push_back({name, 0});
        return info;
    }
};

}
