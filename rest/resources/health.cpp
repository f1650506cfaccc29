#include "connectors/support/json.hpp"
#include "rest/resources/services.hpp"

#include <array>

namespace millrace::rest {

namespace {

using cluster::Health;

Response health_response(int status, std::string_view name, std::string message) {
    std::string body;
    json::Writer(body).begin_object().key("status").string(name).key("message").string(message).end_object();
    return json_response(status, std::move(body));
}

std::string with_warning(std::string message, const Services& services) {
    const auto warning = services.herder.warning();
    return warning.empty() ? message : message + " " + warning;
}

std::string with_stage(std::string message, const Services& services) {
    const auto stage = services.herder.stage();
    return stage.empty() ? message : message + " " + stage;
}

/// The herder answers within ten seconds, whatever it is doing.
asio::awaitable<Response> health(Call call) {
    const auto& services = call.services;
    switch (co_await services.herder.health()) {
    case Health::Healthy:
        co_return health_response(
            200, "healthy", with_warning("Worker has completed startup and is ready to handle requests.", services));
    case Health::Starting:
        co_return health_response(503, "starting", with_stage("Worker is still starting up.", services));
    case Health::Unhealthy:
        break;
    }
    co_return health_response(
        500, "unhealthy",
        with_stage("Worker was unable to handle this request and may be unable to handle other requests.", services));
}

constexpr std::array routes{Route{"GET", "/health", Body::Any, Place::Local, health}};

}

std::span<const Route> health_routes() noexcept { return routes; }

}
