/// What REST asks of whoever coordinates connectors: one interface for the distributed and the standalone herder. REST
/// knows of no group, topic or worker behind it.
///
/// Every method belongs to the control thread. Awaitables end with the answer or throw: NotFoundException (404),
/// ConflictException (409), ConfigException (400), NotLeaderException (forward there), TimeoutException (500 with the
/// stage), ConnectException (500).
#pragma once
#include "connectors/api/config_def.hpp"
#include "worker/runtime/connector_offsets.hpp"
#include "worker/runtime/ids.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace millrace::worker {
class MetricsPage;  // worker/metrics/page.hpp
}

namespace millrace::cluster {

namespace asio = boost::asio;
using worker::State;
using worker::TargetState;
using worker::TaskId;

/// This worker cannot do it; `url` is the worker that can, with a trailing slash, or "" when it is not known yet.
struct NotLeaderException : ConnectException {
    NotLeaderException(const std::string& message, std::string where)
        : ConnectException(message), url(std::move(where)) {}
    std::string url;
};
/// A rebalance is due: GETs of a connector answer 500 with this, restarts 409 (connect-rest: 1.7, 1.8).
struct RebalanceNeededException : ConnectException {
    using ConnectException::ConnectException;
};
/// An internal request's signature will not do. `status` is the HTTP status to answer.
struct SignatureException : ConnectException {
    SignatureException(int http_status, const std::string& message) : ConnectException(message), status(http_status) {}
    int status;
};

struct ConnectorInfo {
    std::string name;
    Settings config;
    std::vector<TaskId> tasks;
    std::string type;  ///< "source", "sink" or "unknown"
};
struct CreateResult {
    bool created;  ///< false: it existed and was changed
    ConnectorInfo info;
};
struct StatusInfo {
    State state = State::Unassigned;
    std::string worker_id;  ///< host:port
    std::optional<std::string> version = {};
    std::string trace = {};
};
struct ConnectorStateInfo {
    std::string name;
    StatusInfo connector;
    std::vector<std::pair<int, StatusInfo>> tasks;  ///< by task number
    std::string type;
};
struct TaskInfo {
    TaskId id;
    Settings config;
};
struct RestartRequest {
    std::string connector;
    bool only_failed = false;
    bool include_tasks = false;
};
enum class Health : std::uint8_t { Starting, Healthy, Unhealthy };

/// How an internal request was signed: the two headers' texts, none when absent, and the bytes that were signed.
struct RequestSignature {
    std::optional<std::string> signature;
    std::optional<std::string> algorithm;
    std::string body;
    bool from_peer = false;  ///< came over a connection on which a worker of this group has proven who it is
};

class Herder {
public:
    virtual ~Herder() = default;

    // Answered from local memory: never wait, never fail because of a rebalance.
    virtual std::vector<std::string> connectors() const = 0;
    /// Throws NotFoundException "No status found for connector X".
    virtual ConnectorStateInfo connector_status(const std::string& name) const = 0;
    virtual StatusInfo task_status(const TaskId& id) const = 0;
    /// None if there is no such connector.
    virtual std::optional<ConnectorInfo> connector_info_now(const std::string& name) const = 0;
    virtual std::vector<std::string> active_topics(const std::string& name) const = 0;
    virtual std::string kafka_cluster_id() const = 0;
    /// "The worker is currently polling ..., which began at ...": why a request may be waiting. Empty: not known.
    virtual std::string stage() const = 0;
    /// What users shall know of the group although this worker is healthy: two clusters in one. Empty: nothing.
    virtual std::string warning() const { return ""; }
    /// What the herder knows of its group, for /metrics.
    virtual void collect_metrics(worker::MetricsPage& page) const { (void)page; }

    /// Waits until what connectors there are is known: a worker that has just started knows of none.
    virtual asio::awaitable<void> loaded() { co_return; }

    // Queued behind what the herder is doing.
    virtual asio::awaitable<ConnectorInfo> connector_info(std::string name) = 0;
    virtual asio::awaitable<Settings> connector_config(std::string name) = 0;
    virtual asio::awaitable<std::vector<TaskInfo>> task_configs(std::string name) = 0;
    virtual asio::awaitable<worker::ConnectorOffsets> connector_offsets(std::string name) = 0;
    virtual asio::awaitable<Health> health() = 0;

    // Written by any worker.
    virtual asio::awaitable<void> pause(std::string name) = 0;
    virtual asio::awaitable<void> resume(std::string name) = 0;
    virtual asio::awaitable<void> reset_active_topics(std::string name) = 0;
    /// For every worker of the group that runs now, this one included. `level` in capitals: "DEBUG".
    virtual asio::awaitable<void> set_logger_level(std::string logger, std::string level) = 0;

    // Done by the leader. `config` was validated by the caller.
    virtual asio::awaitable<CreateResult> put_connector(std::string name, Settings config,
                                                        std::optional<TargetState> initial, bool allow_replace) = 0;
    virtual asio::awaitable<void> delete_connector(std::string name) = 0;
    virtual asio::awaitable<void> stop(std::string name) = 0;
    /// The connector must be stopped. Returns the sentence that tells the user what was done.
    virtual asio::awaitable<std::string> alter_offsets(std::string name, worker::OffsetChange change) = 0;
    virtual asio::awaitable<ConnectorStateInfo> restart_connector_and_tasks(RestartRequest request) = 0;
    /// Throws SignatureException for an internal request that another worker of the group did not sign.
    virtual void verify(const RequestSignature& signature) const = 0;
    virtual asio::awaitable<void> put_task_configs(std::string name, std::vector<Settings> configs,
                                                   RequestSignature signature) = 0;
    /// For a worker that is about to run an exactly-once task of this connector.
    virtual asio::awaitable<void> fence_zombies(std::string name, RequestSignature signature) = 0;

    // Done by the owner.
    virtual asio::awaitable<void> restart_connector(std::string name) = 0;
    virtual asio::awaitable<void> restart_task(TaskId id) = 0;
};

}
