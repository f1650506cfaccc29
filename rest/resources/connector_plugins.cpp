#include "rest/http/error_response.hpp"
#include "rest/resources/json_shapes.hpp"
#include "rest/resources/request_body.hpp"
#include "rest/resources/services.hpp"
#include "rest/resources/validate_config.hpp"
#include "worker/config/override_policy.hpp"
#include "worker/plugins/names.hpp"
#include "worker/validation/client_overrides.hpp"
#include "worker/validation/connector_validation.hpp"
#include "worker/validation/plugin_lookup.hpp"
#include "worker/validation/version_range.hpp"

#include <fmt/core.h>

#include <array>

namespace millrace::rest {

namespace {

bool is_listed(const worker::PluginInfo& plugin, bool connectors_only) noexcept {
    if (connectors_only) return plugin.type == PluginType::Sink || plugin.type == PluginType::Source;
    return plugin.type != PluginType::ConfigProvider;
}

asio::awaitable<Response> list_plugins(Call call) {
    const auto only = find(call.target.query, "connectorsOnly");
    const bool connectors_only = !only || only->empty() || equal_ignoring_case(*only, "true");
    std::string body;
    json::Writer out(body);
    out.begin_array();
    for (const auto& plugin : call.services.plugins.list()) {
        if (!is_listed(plugin, connectors_only)) continue;
        out.begin_object().key("class").string(plugin.class_name).key("type").string(worker::to_string(plugin.type));
        if (!plugin.version.empty() && plugin.version != "undefined") out.key("version").string(plugin.version);
        out.end_object();
    }
    out.end_array();
    co_return json_response(200, std::move(body));
}

void require_version_range(std::string_view wanted) {
    try {
        worker::VersionRange::parse(wanted);
    } catch (const ConfigException&) {
        throw RestException(400, fmt::format("Invalid version specification: {}", wanted));
    }
}

/// A plugin that has a page; `name` is its class or alias.
const worker::PluginInfo& plugin_of(const worker::PluginRegistry& plugins, const std::string& name) {
    const auto* plugin = worker::find_any_plugin(plugins, name);
    const bool has_no_page = plugin != nullptr && plugin->type == PluginType::ConfigProvider;
    if (has_no_page || worker::OverridePolicy::exists(name)) {
        throw RestException(400, fmt::format("Invalid plugin class {}. Valid types are sink, source, converter, "
                                             "header_converter, transformation, predicate.",
                                             name));
    }
    if (plugin == nullptr) throw RestException(404, fmt::format("Unknown plugin {}.", name));
    return *plugin;
}

asio::awaitable<Response> plugin_config(Call call) {
    const auto version = find(call.target.query, "version").value_or("latest");
    require_version_range(version);
    const auto& plugin = plugin_of(call.services.plugins, call.variables.front());
    if (const auto why = worker::version_complaint(call.services.plugins, plugin, version)) {
        throw RestException(400, *why);
    }
    std::string body;
    json::Writer out(body);
    out.begin_array();
    for (const auto& definition : worker::plugin_definitions(plugin)) write(out, definition);
    out.end_array();
    co_return json_response(200, std::move(body));
}

std::string_view without_suffix(std::string_view name) noexcept {
    constexpr std::string_view suffix = "Connector";
    if (name.size() > suffix.size() && name.ends_with(suffix)) name.remove_suffix(suffix.size());
    return name;
}

void require_same_type(const SubmittedConfig& config, const std::string& asked) {
    const auto given = config.settings.find("connector.class");
    if (given == config.settings.end() || without_suffix(given->second).ends_with(without_suffix(asked))) return;
    throw RestException(400,
                        fmt::format("Included connector type {} does not match request type {}", given->second, asked));
}

/// What POST refuses with 400 is a 500 here, with the class that clients of Kafka Connect see before it.
asio::awaitable<Response> validate(Call call) {
    auto config = parse_config(call.request.body);
    require_same_type(config, call.variables.front());
    try {
        const auto infos = co_await validate_config(call.services, std::move(config));
        co_return json_response(200, to_json(infos));
    } catch (const worker::UnreadableOverrideException& e) {
        throw RestException(500, fmt::format("org.apache.kafka.common.config.ConfigException: {}", e.what()));
    } catch (const ConfigException& e) {
        throw RestException(
            500, fmt::format("org.apache.kafka.connect.runtime.rest.errors.BadRequestException: {}", e.what()));
    }
}

constexpr std::array routes{
    Route{"GET", "/connector-plugins", Body::Optional, Place::Local, list_plugins},
    Route{"GET", "/connector-plugins/{plugin}/config", Body::Optional, Place::Local, plugin_config},
    Route{"PUT", "/connector-plugins/{plugin}/config/validate", Body::Required, Place::Local, validate},
};

}

std::span<const Route> connector_plugin_routes() noexcept { return routes; }

}
