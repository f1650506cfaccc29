#include "cluster/herder/request_signature.hpp"
#include "rest/http/error_response.hpp"
#include "rest/resources/request_body.hpp"
#include "rest/resources/services.hpp"

#include <array>

namespace millrace::rest {

namespace {

std::optional<std::string> header(const Request& request, std::string_view name) {
    const auto* value = request.headers.find(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(*value);
}

/// A peer forwards what anybody asks of it: only what it asks for itself comes from a peer.
cluster::RequestSignature signature_of(const Call& call) {
    const auto& request = call.request;
    return {.signature = header(request, cluster::signature_header),
            .algorithm = header(request, cluster::signature_algorithm_header),
            .body = request.body,
            .from_peer = request.from_peer && !find(call.target.query, "forward")};
}

/// From a worker that owns a connector to the leader, who alone may write task configurations.
asio::awaitable<Response> put_tasks(Call call) {
    auto configs = parse_task_configs(call.request.body);
    auto signature = signature_of(call);
    if (!configs) {
        call.services.herder.verify(signature);
        throw RestException(500, "The request's body holds null: an array of task configurations is needed");
    }
    co_await call.services.herder.put_task_configs(call.variables.front(), *std::move(configs), std::move(signature));
    co_return empty_response(204);
}

/// From a worker that is about to run a task of an exactly-once source.
asio::awaitable<Response> put_fence(Call call) {
    auto signature = signature_of(call);
    co_await call.services.herder.fence_zombies(call.variables.front(), std::move(signature));
    co_return empty_response(204);
}

constexpr std::array routes{
    Route{"POST", "/connectors/{connector}/tasks", Body::Any, Place::Leader, put_tasks},
    Route{"PUT", "/connectors/{connector}/fence", Body::Any, Place::Leader, put_fence},
};

}

std::span<const Route> internal_routes() noexcept { return routes; }

}
