#include "connectors/support/log.hpp"
#include "rest/http/error_response.hpp"
#include "rest/resources/json_shapes.hpp"
#include "rest/resources/request_body.hpp"
#include "rest/resources/services.hpp"

#include <fmt/core.h>

#include <array>

namespace millrace::rest {

namespace {

void write_level(json::Writer& out, const LoggerLevel& level) {
    out.begin_object().key("level").string(to_string(level.level)).key("last_modified");
    if (level.last_modified) {
        out.integer(*level.last_modified);
    } else {
        out.null();
    }
    out.end_object();
}

asio::awaitable<Response> list_loggers(Call call) {
    std::string body;
    json::Writer out(body);
    out.begin_object();
    for (const auto& [name, level] : call.services.log.levels()) {
        if (level.level == LogLevel::Off) continue;
        out.key(name);
        write_level(out, level);
    }
    out.end_object();
    co_return json_response(200, std::move(body));
}

asio::awaitable<Response> get_logger(Call call) {
    const auto& name = call.variables.front();
    const auto level = call.services.log.level(name);
    if (!level) throw NotFoundException(fmt::format("Logger {} not found.", name));
    std::string body;
    json::Writer out(body);
    write_level(out, *level);
    co_return json_response(200, std::move(body));
}

LogLevel wanted_level(const Request& request) {
    const auto body = parse_config(request.body).settings;
    const auto given = body.find("level");
    if (given == body.end()) throw RestException(400, "Desired 'level' parameter was not specified in request.");
    if (given->second.empty()) throw RestException(500, "Illegal null or empty Level name.");
    const auto level = parse_log_level(trim(given->second));
    if (!level) throw NotFoundException(fmt::format("invalid log level '{}'.", given->second));
    return *level;
}

asio::awaitable<Response> put_logger(Call call) {
    const auto& name = call.variables.front();
    const auto level = wanted_level(call.request);
    const auto scope = find(call.target.query, "scope").value_or("worker");
    if (equal_ignoring_case(scope, "cluster")) {
        co_await call.services.herder.set_logger_level(name, std::string(to_string(level)));
        co_return empty_response(204);
    }
    if (!equal_ignoring_case(scope, "worker")) {
        call.services.logger.warn(
            "Received invalid scope '{}' in request to adjust a logging level; will default to "
            "the worker's",
            scope);
    }
    const auto changed = call.services.log.set_level(name, level, call.services.clock());
    co_return json_response(200, to_json(changed));
}

constexpr std::array routes{
    Route{"GET", "/admin/loggers", Body::Optional, Place::Local, list_loggers},
    Route{"GET", "/admin/loggers/{logger}", Body::Optional, Place::Local, get_logger},
    Route{"PUT", "/admin/loggers/{logger}", Body::Required, Place::Local, put_logger},
};

}

std::span<const Route> logger_routes() noexcept { return routes; }

}
