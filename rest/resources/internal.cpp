#include "rest/resources/request_body.hpp"
#include "rest/resources/services.hpp"

#include <array>

namespace millrace::rest {

namespace {

std::optional<std::string> header(const Request& request, std::string_view name) {
    const auto* value = request.headers.find(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(*value);
}

/// From a worker that owns a connector to the leader, who alone may write task configurations.
asio::awaitable<Response> put_tasks(Call call) {
    auto configs = parse_task_configs(call.request.body);
    cluster::RequestSignature signature{.signature = header(call.request, "X-Connect-Authorization"),
                                        .algorithm = header(call.request, "X-Connect-Request-Signature-Algorithm"),
                                        .body = call.request.body,
                                        .from_peer = call.request.from_peer};
    co_await call.services.herder.put_task_configs(call.variables.front(), std::move(configs), std::move(signature));
    co_return empty_response(204);
}

constexpr std::array routes{Route{"POST", "/connectors/{connector}/tasks", Body::Any, Place::Leader, put_tasks}};

}

std::span<const Route> internal_routes() noexcept { return routes; }

}
