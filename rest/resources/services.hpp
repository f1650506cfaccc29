/// What handlers may use, and the shape of a route: one row in the table of its resource.
#pragma once
#include "cluster/herder/herder.hpp"
#include "connectors/api/log.hpp"
#include "rest/forwarding/leader_client.hpp"
#include "rest/http/basic_auth.hpp"
#include "rest/http/request.hpp"
#include "rest/http/request_target.hpp"
#include "rest/http/router.hpp"
#include "rest/http/server.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {
class LogControl;
}
namespace millrace::worker {
class ConfigTransformer;
class MetricsPage;
class PluginThread;
class PluginRegistry;
struct WorkerConfig;
}

namespace millrace::rest {

namespace asio = boost::asio;

class Access;  // rest/resources/access.hpp

/// The connector's own validate(), on a pool thread with a deadline: Worker::validate. `done` is called once, on any
/// thread.
using ValidateConnector = std::function<void(const std::string& connector_class, Settings settings,
                                             std::function<void(std::exception_ptr, std::vector<ConfigValue>)> done)>;

/// The release of Kafka Connect whose API this is; clients go by it.
inline constexpr std::string_view compatible_version = "4.3.1";

/// Everything borrowed outlives the application.
struct Services {
    cluster::Herder& herder;
    ValidateConnector validate;
    const worker::PluginRegistry& plugins;
    const worker::WorkerConfig& config;
    const worker::ConfigTransformer& transformer;
    LogControl& log;                      ///< whose levels /admin/loggers shows and sets
    std::optional<BasicAuth> users = {};  ///< none: nobody is asked who he is
    std::shared_ptr<Access> access = {};  ///< null: everybody may everything
    Logger logger = {};
    std::string commit = "unknown";  ///< of this build
    std::chrono::milliseconds request_timeout = std::chrono::seconds(90);
    /// How long a request waits for a leader that answers, and for a rebalance that it meets.
    std::chrono::milliseconds leader_patience = std::chrono::seconds(20);
    LeaderClientTls forwarding = {};
    /// What the worker has to say at /metrics; called on another thread.
    std::function<void(worker::MetricsPage&)> collect_metrics = {};
    std::shared_ptr<worker::PluginThread> metrics_thread = {};
    std::function<ServerStats()> server_stats = {};  ///< the application's own server
    std::function<std::chrono::system_clock::time_point()> clock = [] { return std::chrono::system_clock::now(); };
};

/// One request on its way through a handler. What it refers to outlives the handler's coroutine.
struct Call {
    const Request& request;
    const RequestTarget& target;
    const std::vector<std::string>& variables;  ///< of the path, in its order
    Services& services;
};

/// Where a request is done: by the worker that was asked, by the group's leader, or by the owner of the connector or
/// task.
enum class Place : std::uint8_t { Local, Leader, Owner };

/// One row of a resource's table.
struct Route {
    std::string_view method;
    std::string_view path;
    Body body;
    Place place;
    asio::awaitable<Response> (*handler)(Call call);
    std::string_view produces = "application/json";
};

std::span<const Route> root_routes() noexcept;
std::span<const Route> health_routes() noexcept;
std::span<const Route> connector_routes() noexcept;
std::span<const Route> offset_routes() noexcept;
std::span<const Route> connector_plugin_routes() noexcept;
std::span<const Route> internal_routes() noexcept;
std::span<const Route> logger_routes() noexcept;
std::span<const Route> metrics_routes() noexcept;
std::span<const Route> openapi_routes() noexcept;

}
