#include "rest/resources/application.hpp"

#include "cluster/async/event.hpp"
#include "cluster/async/with_timeout.hpp"
#include "cluster/storage/given_up.hpp"
#include "rest/forwarding/forwarding_rules.hpp"
#include "rest/http/error_response.hpp"
#include "rest/http/media_type.hpp"
#include "rest/resources/access.hpp"
#include "rest/resources/route_docs.hpp"
#include "worker/config/config_transformer.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/runtime/plugin_thread.hpp"
#include "worker/runtime/trace.hpp"

#include <algorithm>

namespace millrace::rest {

namespace {

constexpr std::chrono::milliseconds leader_pause{250};  ///< between two looks for another leader

std::vector<Route> joined(std::initializer_list<std::span<const Route>> tables) {
    std::vector<Route> all;
    for (const auto table : tables) all.insert(all.end(), table.begin(), table.end());
    return all;
}

/// Other workers sign these requests.
bool is_internal(const Route& route) {
    return std::ranges::any_of(internal_routes(), [&](const Route& internal) {
        return internal.method == route.method && internal.path == route.path;
    });
}

std::vector<RoutePattern> patterns_of(const std::vector<Route>& routes) {
    std::vector<RoutePattern> patterns;
    patterns.reserve(routes.size());
    for (const auto& route : routes) patterns.push_back({route.method, route.path, route.body, route.produces});
    return patterns;
}

/// "Request timed out. The worker is currently ..."; after validation without the final period.
std::string timeout_message(const Route& route, std::string stage) {
    if (stage.empty()) return "Request timed out";
    if (route.path.ends_with("/config/validate") && stage.ends_with('.')) stage.pop_back();
    return "Request timed out. " + stage;
}

std::string_view header_of(const Request& request, std::string_view name) noexcept {
    const auto* value = request.headers.find(name);
    return value == nullptr ? std::string_view() : *value;
}

/// CONNECT names a host instead of a path.
Response refusal_of_tunnel(std::string_view target) {
    if (target.starts_with('/')) return refusal_page(400, "CONNECT", reason_phrase(400), true);
    return error_response(std::make_exception_ptr(RoutingException(405)));
}

/// Who accepts "application/json;charset=utf-8" alone is given just that.
void echo_parameters(const Request& request, Headers& headers) {
    constexpr std::string_view json = "application/json";
    const auto accept = header_of(request, "Accept");
    const auto* type = headers.find("Content-Type");
    if (accept.find(';') == std::string_view::npos || type == nullptr || *type != json) return;
    headers.set("Content-Type", negotiated(json, accept));
}

}

RouteTable::RouteTable(std::vector<Route> all) : routes(std::move(all)), router(patterns_of(routes)) {}

Application::Application(asio::any_io_executor executor, ServerOptions options, Services services)
    : services_(std::move(services)),
      main_(main_routes(!services_.config.admin_listeners)),
      admin_(joined({logger_routes(), metrics_routes()})),
      cross_origin_(services_.config.values.get_string("access.control.allow.origin"),
                    services_.config.values.get_string("access.control.allow.methods")),
      response_headers_(services_.config.values.get_string("response.http.headers.config")),
      leader_(executor, services_.forwarding),
      server_(
          executor, std::move(options), [this](Request request) { return handle(std::move(request)); },
          services_.logger) {
    services_.server_stats = [this] { return server_.stats(); };
    services_.metrics_thread = std::make_shared<worker::PluginThread>();
    server_.set_finisher([this](const Request& request, Response& response) {
        if (response.status >= 400) response.body = services_.transformer.hide(std::move(response.body));
        echo_parameters(request, response.headers);
        if (request.admin) return;
        cross_origin_.apply(request, response.headers);
        response_headers_.apply(response.headers, services_.clock());
    });
}

asio::awaitable<Response> Application::handle(Request request) {
    if (request.method == "CONNECT") co_return refusal_of_tunnel(request.target);
    if (request.method == "OPTIONS" && request.target == "*") co_return empty_response(404);
    const auto parsed = parse_target(request.target, AmbiguousPaths::Accept);
    if (const auto* refusal = std::get_if<TargetRefusal>(&parsed)) {
        co_return refusal_page(400, request.method, refusal->reason, refusal->any_method);
    }
    const auto& target = std::get<RequestTarget>(parsed);
    try {
        const auto& table = request.admin ? admin_ : main_;
        const auto match = table.router.match(request, target);
        const auto* route = match.allow.empty() ? &table.routes[match.index] : nullptr;
        auto refusal = co_await admit(request, route, match);
        if (refusal) co_return *std::move(refusal);
        if (!match.allow.empty()) co_return options_response(match.allow, header_of(request, "Accept"));
        co_return co_await dispatch(table.routes[match.index], {request, target, match.variables, services_});
    } catch (const MalformedHeaderException& e) {
        co_return malformed_header_response(request.method, e);
    } catch (const std::exception& e) {
        report(request, e);
        throw;
    }
}

/// None if the request may go on. `route` is null for an answer to OPTIONS.
asio::awaitable<std::optional<Response>> Application::admit(const Request& request, const Route* route,
                                                            const RouteMatch& match) {
    const bool is_signed = route != nullptr && is_internal(*route);
    if (request.admin || request.from_peer || is_signed) co_return std::nullopt;
    if (services_.users) {
        if (auto refusal = services_.users->refuse(request)) co_return refusal;
    }
    if (!services_.access) co_return std::nullopt;
    auto refusal = co_await services_.access->authenticate(request);
    if (refusal || route == nullptr) co_return refusal;
    const bool of_connector = route->path.starts_with("/connectors/{connector}");
    const auto connector = of_connector ? std::optional<std::string_view>(match.variables.front()) : std::nullopt;
    // POST /connectors names the connector in its body, so its handler asks.
    if (route->method == "POST" && route->path == "/connectors") co_return std::nullopt;
    services_.access->authorize(request, required_action(request.method, route->path), connector);
    co_return std::nullopt;
}

/// What meets a rebalance is tried again by the worker that was asked first. A leader that died is the leader until the
/// group notices: then the request goes to the new one, or is done here.
asio::awaitable<Response> Application::dispatch(const Route& route, Call call) {
    const auto patience = std::chrono::steady_clock::now() + services_.leader_patience;
    const bool asked_first = !find(call.target.query, "forward");
    const auto waits = [&](int status, std::string_view text) {
        return asked_first && tells_of_rebalance(status, text) && std::chrono::steady_clock::now() < patience;
    };
    for (;;) {
        try {
            auto response = co_await attempt(route, call);
            if (!waits(response.status, response.body)) co_return response;
        } catch (const UnreachableException&) {
            if (std::chrono::steady_clock::now() >= patience) throw;
        } catch (const RestException& e) {
            if (!waits(e.status, e.what())) throw;
        }
        co_await cluster::sleep_for(leader_pause);
    }
}

asio::awaitable<Response> Application::answer(const Route& route, Call call) {
    if (route.path == "/connectors" || route.path.starts_with("/connectors/")) co_await services_.herder.loaded();
    co_return co_await route.handler(call);
}

/// Runs the handler within the time limit; what it throws of the group's affairs becomes a forwarded request or a
/// status.
asio::awaitable<Response> Application::attempt(const Route& route, Call call) {
    std::string elsewhere;
    try {
        co_return co_await cluster::with_timeout(services_.request_timeout, answer(route, call), "Request");
    } catch (const cluster::NotLeaderException& e) {
        elsewhere = e.url;
    } catch (const cluster::RebalanceNeededException& e) {
        if (route.place == Place::Local) throw RestException(500, e.what());
        throw RestException(409, std::string(stale_configuration_message));
    } catch (const cluster::GivenUpException&) {
        throw RestException(409, std::string(conflict_message));
    } catch (const cluster::SignatureException& e) {
        throw RestException(e.status, e.what());
    } catch (const cluster::TimeoutException&) {
        throw TimeoutException(timeout_message(route, services_.herder.stage()));
    }
    co_return co_await forward(call, std::move(elsewhere));
}

asio::awaitable<Response> Application::forward(Call call, std::string url) {
    const auto& request = call.request;
    auto target = forwarded_target(call.target, url);
    services_.logger.debug("Forwarding {} {} to {}", request.method, request.target, url);
    auto answer =
        co_await leader_.send(url, std::move(target), request.method, forwarded_headers(request), request.body);
    co_return forwarded_response(std::move(answer), url, base_url(request));
}

void Application::report(const Request& request, const std::exception& error) const {
    const auto path = request.target.substr(0, request.target.find('?'));
    const auto* chosen = dynamic_cast<const RestException*>(&error);
    const bool expected = (chosen != nullptr && chosen->status != 500) ||
                          dynamic_cast<const NotFoundException*>(&error) != nullptr ||
                          dynamic_cast<const ConflictException*>(&error) != nullptr ||
                          dynamic_cast<const ConfigException*>(&error) != nullptr;
    services_.logger.log(expected ? LogLevel::Debug : LogLevel::Error, "Uncaught exception in REST call to {}: {}",
                         path, expected ? error.what() : worker::trace_of(std::current_exception()));
}

}
