/// What handlers may use, and the shape of a route: one row in the table of its resource.
#pragma once
#include "cluster/herder/herder.hpp"
#include "connectors/api/log.hpp"
#include "rest/forwarding/leader_client.hpp"
#include "rest/http/basic_auth.hpp"
#include "rest/http/request.hpp"
#include "rest/http/request_target.hpp"
#include "rest/http/router.hpp"

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
class PluginRegistry;
struct WorkerConfig;
}

namespace millrace::rest {

namespace asio = boost::asio;

/// The connector's own validate(), on a pool thread with a deadline: Worker::validate. `done` is called once, on any
/// thread.
using ValidateConnector = std::function<void(const std::string& connector_class, Settings settings,
                                             std::function<void(std::exception_ptr, std::vector<ConfigValue>)> done)>;

/// Everything borrowed outlives the application.
struct Services {
    cluster::Herder& herder;
    ValidateConnector validate;
    const worker::PluginRegistry& plugins;
    const worker::WorkerConfig& config;
    const worker::ConfigTransformer& transformer;
    LogControl& log;                      ///< whose levels /admin/loggers shows and sets
    std::optional<BasicAuth> users = {};  ///< none: nobody is asked who he is
    Logger logger = {};
    std::string commit = "unknown";  ///< of this build
    std::chrono::milliseconds request_timeout = std::chrono::seconds(90);
    /// How long a request waits for a leader that answers, and for a rebalance that it meets.
    std::chrono::milliseconds leader_patience = std::chrono::seconds(20);
    LeaderClientTls forwarding = {};
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

struct Route {
    std::string_view method;
    std::string_view path;
    Body body;
    Place place;
    asio::awaitable<Response> (*handler)(Call call);
};

std::span<const Route> root_routes() noexcept;
std::span<const Route> health_routes() noexcept;
std::span<const Route> connector_routes() noexcept;
std::span<const Route> offset_routes() noexcept;
std::span<const Route> connector_plugin_routes() noexcept;
std::span<const Route> internal_routes() noexcept;
std::span<const Route> logger_routes() noexcept;

}
