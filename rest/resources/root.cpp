#include "connectors/support/json.hpp"
#include "rest/resources/services.hpp"

#include <array>

namespace millrace::rest {

namespace {

/// The release whose API this is: clients decide by it what they may ask.

asio::awaitable<Response> server_info(Call call) {
    std::string body;
    json::Writer(body)
        .begin_object()
        .key("version")
        .string(compatible_version)
        .key("commit")
        .string(call.services.commit)
        .key("kafka_cluster_id")
        .string(call.services.herder.kafka_cluster_id())
        .end_object();
    co_return json_response(200, std::move(body));
}

constexpr std::array routes{Route{"GET", "/", Body::Any, Place::Local, server_info}};

}

std::span<const Route> root_routes() noexcept { return routes; }

}
