#include "rest/http/error_response.hpp"
#include "rest/resources/json_shapes.hpp"
#include "rest/resources/request_body.hpp"
#include "rest/resources/services.hpp"

#include <array>

namespace millrace::rest {

namespace {

Response message_response(const std::string& message) {
    std::string body;
    json::Writer(body).begin_object().key("message").string(message).end_object();
    return json_response(200, std::move(body));
}

asio::awaitable<Response> get_offsets(Call call) {
    const auto offsets = co_await call.services.herder.connector_offsets(call.variables.front());
    co_return json_response(200, to_json(offsets));
}

asio::awaitable<Response> alter_offsets(Call call) {
    worker::OffsetChange change = parse_offsets(call.request.body);
    if (change->empty()) {
        throw RestException(400, "Partitions / offsets need to be provided for an alter offsets request");
    }
    const auto message = co_await call.services.herder.alter_offsets(call.variables.front(), std::move(change));
    co_return message_response(message);
}

asio::awaitable<Response> reset_offsets(Call call) {
    const auto message = co_await call.services.herder.alter_offsets(call.variables.front(), std::nullopt);
    co_return message_response(message);
}

constexpr std::array routes{
    Route{"GET", "/connectors/{connector}/offsets", Body::Optional, Place::Local, get_offsets},
    Route{"PATCH", "/connectors/{connector}/offsets", Body::Required, Place::Leader, alter_offsets},
    Route{"DELETE", "/connectors/{connector}/offsets", Body::Optional, Place::Leader, reset_offsets},
};

}

std::span<const Route> offset_routes() noexcept { return routes; }

}
