#include "worker/main/connector_file.hpp"

#include "connectors/support/json.hpp"
#include "connectors/support/properties.hpp"
#include "connectors/support/text.hpp"
#include "rest/resources/request_body.hpp"

#include <fmt/format.h>

namespace millrace::worker {

namespace {

bool looks_like_json(std::string_view text) noexcept {
    text = trim(json::without_byte_order_mark(text));
    return text.starts_with('{') || text.starts_with('[');
}

/// JSON if the text is, else properties; `no_json` says why it is none, where it looks like it.
ConnectorFile parse(const std::string& text, const std::string& path, std::string& no_json) {
    try {
        auto request = rest::parse_connector_file(text);
        return {.name = std::move(request.name),
                .config = std::move(request.config),
                .initial_state = request.initial_state};
    } catch (const json::ParseException& e) {
        if (looks_like_json(text)) no_json = fmt::format("; as JSON it cannot be read: {}", e.what());
    }
    return {.name = {}, .config = {.settings = parse_properties(text, path)}};
}

}

ConnectorFile parse_connector_file(const std::string& text, const std::string& path) {
    try {
        std::string no_json;
        auto file = parse(text, path, no_json);
        auto& settings = file.config.settings;
        const auto named = settings.find("name");
        if (!file.name.empty() && named != settings.end() && named->second != file.name) {
            throw ConfigException(fmt::format(
                "Connector name configuration in 'config' doesn't match the one specified in 'name' at '{}'", path));
        }
        if (file.name.empty() && named != settings.end()) file.name = named->second;
        if (file.name.empty()) {
            throw ConfigException(fmt::format(
                "Connector configuration at '{}' is missing the mandatory 'name' configuration{}", path, no_json));
        }
        settings["name"] = file.name;
        return file;
    } catch (const ConfigException&) {
        throw;
    } catch (const ConnectException& e) {
        throw ConfigException(fmt::format("{}: {}", path, e.what()));
    }
}

ConnectorFile read_connector_file(const std::string& path) {
    return parse_connector_file(read_settings_file(path), path);
}

}
