#include "rest/forwarding/forwarding_rules.hpp"
#include "rest/http/error_response.hpp"
#include "rest/resources/access.hpp"
#include "rest/resources/json_shapes.hpp"
#include "rest/resources/request_body.hpp"
#include "rest/resources/services.hpp"
#include "rest/resources/task_number.hpp"
#include "rest/resources/validate_config.hpp"
#include "worker/config/worker_config.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace millrace::rest {

namespace {

const std::string& connector_of(const Call& call) { return call.variables.front(); }

bool flag(const Call& call, std::string_view name) {
    const auto value = find(call.target.query, name);
    return value && equal_ignoring_case(*value, "true");
}

void refuse_other_name(const SubmittedConfig& config, const std::string& name) {
    const auto given = config.settings.find("name");
    if (given == config.settings.end() || given->second == name) return;
    throw RestException(400,
                        fmt::format("Connector name configuration ({}) doesn't match connector name in the URL ({})",
                                    given->second, name));
}

/// The name in a configuration must be the connector's; it is put in where it is missing.
void settle_name(SubmittedConfig& config, const std::string& name) {
    refuse_other_name(config, name);
    if (!config.settings.contains("name")) config.set("name", name);
}

Response connector_response(const Call& call, const cluster::CreateResult& result, const SubmittedConfig* submitted) {
    std::string body;
    json::Writer out(body);
    write(out, result.info, submitted);
    auto response = json_response(result.created ? 201 : 200, std::move(body));
    if (result.created) {
        response.headers.add("Location",
                             base_url(call.request) + "connectors/" + encode_for_location(result.info.name));
    }
    return response;
}

// The list, plain or expanded.

std::vector<std::string_view> expansions(const Call& call) {
    std::vector<std::string_view> wanted;
    for (const auto& [name, value] : call.target.query) {
        if (name != "expand" || (value != "status" && value != "info")) continue;
        if (std::ranges::find(wanted, value) == wanted.end()) wanted.emplace_back(value);
    }
    return wanted;
}

/// Writes one connector's expansions; false if it has no status yet, and so is to be left out.
bool write_expanded(json::Writer& out, const cluster::Herder& herder, const std::string& name,
                    const std::vector<std::string_view>& wanted) {
    std::optional<cluster::ConnectorStateInfo> status;
    if (std::ranges::find(wanted, "status") != wanted.end()) {
        try {
            status = herder.connector_status(name);
        } catch (const NotFoundException&) {
            return false;
        }
    }
    out.key(name).begin_object();
    for (const auto expansion : wanted) {
        out.key(expansion);
        if (expansion == "status") {
            write(out, *status);
        } else if (const auto info = herder.connector_info_now(name)) {
            write(out, *info);
        } else {
            out.null();
        }
    }
    out.end_object();
    return true;
}

asio::awaitable<Response> list_connectors(Call call) {
    const auto& herder = call.services.herder;
    auto names = herder.connectors();
    if (const auto& access = call.services.access; access && !call.request.from_peer) {
        std::erase_if(names, [&](const std::string& name) { return !access->may_read(call.request, name); });
    }
    if (!find(call.target.query, "expand")) co_return json_response(200, to_json(names));
    const auto wanted = expansions(call);
    std::string body;
    json::Writer out(body);
    out.begin_object();
    for (const auto& name : names) {
        if (!write_expanded(out, herder, name, wanted)) {
            call.services.logger.debug("Left connector {} out of the list: it has no status yet", name);
        }
    }
    out.end_object();
    co_return json_response(200, std::move(body));
}

// One connector.

asio::awaitable<Response> create_connector(Call call) {
    auto request = parse_create_request(call.request.body);
    if (call.services.access && !call.request.from_peer) {
        call.services.access->authorize(call.request, Action::Edit, request.name);
    }
    settle_name(request.config, request.name);
    co_await require_valid(call.services, request.config);
    const auto result = co_await call.services.herder.put_connector(request.name, request.config.settings,
                                                                    request.initial_state, false);
    co_return connector_response(call, result, &request.config);
}

asio::awaitable<Response> get_connector(Call call) {
    const auto info = co_await call.services.herder.connector_info(connector_of(call));
    std::string body;
    json::Writer out(body);
    write(out, info);
    co_return json_response(200, std::move(body));
}

asio::awaitable<Response> delete_connector(Call call) {
    co_await call.services.herder.delete_connector(connector_of(call));
    co_return empty_response(204);
}

asio::awaitable<Response> get_config(Call call) {
    const auto config = co_await call.services.herder.connector_config(connector_of(call));
    co_return json_response(200, to_json(config));
}

asio::awaitable<Response> put_config(Call call) {
    auto config = parse_config(call.request.body);
    settle_name(config, connector_of(call));
    co_await require_valid(call.services, config);
    const auto result =
        co_await call.services.herder.put_connector(connector_of(call), config.settings, std::nullopt, true);
    co_return connector_response(call, result, &config);
}

asio::awaitable<Response> patch_config(Call call) {
    const bool is_null = is_null_document(call.request.body);
    SubmittedConfig patch;
    if (!is_null) patch = parse_config(call.request.body);
    SubmittedConfig config;
    config.settings = co_await call.services.herder.connector_config(connector_of(call));
    if (is_null) patch = parse_config(call.request.body);  // says so; that there is no such connector comes first
    for (const auto& [name, value] : patch.settings) config.settings[name] = value;
    for (const auto& name : patch.nulls) config.settings.erase(name);
    // Kafka Connect takes any name here; a sink's consumer group goes by it, which may be another's.
    if (call.services.access) refuse_other_name(config, connector_of(call));
    co_await require_valid(call.services, config);
    const auto result =
        co_await call.services.herder.put_connector(connector_of(call), config.settings, std::nullopt, true);
    co_return connector_response(call, {.created = false, .info = result.info}, nullptr);
}

asio::awaitable<Response> get_status(Call call) {
    co_return json_response(200, to_json(call.services.herder.connector_status(connector_of(call))));
}

asio::awaitable<Response> restart_connector(Call call) {
    const bool only_failed = flag(call, "onlyFailed");
    const bool include_tasks = flag(call, "includeTasks");
    if (!only_failed && !include_tasks) {
        co_await call.services.herder.restart_connector(connector_of(call));
        co_return empty_response(204);
    }
    cluster::RestartRequest request{
        .connector = connector_of(call), .only_failed = only_failed, .include_tasks = include_tasks};
    const auto status = co_await call.services.herder.restart_connector_and_tasks(std::move(request));
    co_return json_response(202, to_json(status));
}

asio::awaitable<Response> pause_connector(Call call) {
    co_await call.services.herder.pause(connector_of(call));
    co_return empty_response(202);
}

asio::awaitable<Response> resume_connector(Call call) {
    co_await call.services.herder.resume(connector_of(call));
    co_return empty_response(202);
}

asio::awaitable<Response> stop_connector(Call call) {
    co_await call.services.herder.stop(connector_of(call));
    co_return empty_response(204);
}

// Its topics.

void require_topic_tracking(const Services& services) {
    if (!services.config.topic_tracking_enable) throw RestException(403, "Topic tracking is disabled.");
}

asio::awaitable<Response> get_topics(Call call) {
    require_topic_tracking(call.services);
    std::string body;
    json::Writer out(body);
    out.begin_object().key(connector_of(call)).begin_object().key("topics");
    write(out, call.services.herder.active_topics(connector_of(call)));
    out.end_object().end_object();
    co_return json_response(200, std::move(body));
}

asio::awaitable<Response> reset_topics(Call call) {
    require_topic_tracking(call.services);
    if (!call.services.config.topic_tracking_allow_reset) {
        throw RestException(403, "Topic tracking reset is disabled.");
    }
    co_await call.services.herder.reset_active_topics(connector_of(call));
    co_return empty_response(202);
}

// Its tasks.

asio::awaitable<Response> get_tasks(Call call) {
    const auto tasks = co_await call.services.herder.task_configs(connector_of(call));
    co_return json_response(200, to_json(tasks));
}

asio::awaitable<Response> get_task_status(Call call) {
    const worker::TaskId id{connector_of(call), task_number(call.variables.at(1))};
    std::string body;
    json::Writer out(body);
    write_task_status(out, id.task, call.services.herder.task_status(id));
    co_return json_response(200, std::move(body));
}

asio::awaitable<Response> restart_task(Call call) {
    const worker::TaskId id{connector_of(call), task_number(call.variables.at(1))};
    co_await call.services.herder.restart_task(id);
    co_return empty_response(204);
}

constexpr std::array routes{
    Route{"GET", "/connectors", Body::Optional, Place::Local, list_connectors},
    Route{"POST", "/connectors", Body::Required, Place::Leader, create_connector},
    Route{"GET", "/connectors/{connector}", Body::Optional, Place::Local, get_connector},
    Route{"DELETE", "/connectors/{connector}", Body::Optional, Place::Leader, delete_connector},
    Route{"GET", "/connectors/{connector}/config", Body::Optional, Place::Local, get_config},
    Route{"PUT", "/connectors/{connector}/config", Body::Required, Place::Leader, put_config},
    Route{"PATCH", "/connectors/{connector}/config", Body::Required, Place::Leader, patch_config},
    Route{"GET", "/connectors/{connector}/status", Body::Optional, Place::Local, get_status},
    Route{"POST", "/connectors/{connector}/restart", Body::Optional, Place::Owner, restart_connector},
    Route{"PUT", "/connectors/{connector}/pause", Body::Optional, Place::Local, pause_connector},
    Route{"PUT", "/connectors/{connector}/resume", Body::Optional, Place::Local, resume_connector},
    Route{"PUT", "/connectors/{connector}/stop", Body::Optional, Place::Leader, stop_connector},
    Route{"GET", "/connectors/{connector}/topics", Body::Optional, Place::Local, get_topics},
    Route{"PUT", "/connectors/{connector}/topics/reset", Body::Optional, Place::Local, reset_topics},
    Route{"GET", "/connectors/{connector}/tasks", Body::Optional, Place::Local, get_tasks},
    Route{"GET", "/connectors/{connector}/tasks/{task}/status", Body::Optional, Place::Local, get_task_status},
    Route{"POST", "/connectors/{connector}/tasks/{task}/restart", Body::Optional, Place::Owner, restart_task},
};

}

std::span<const Route> connector_routes() noexcept { return routes; }

}
