#include "worker/main/connector_file.hpp"

#include "connectors/support/json.hpp"
#include "connectors/support/properties.hpp"
#include "rest/resources/request_body.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

namespace millrace::worker {

namespace {

/// None if the text is no JSON object.
std::optional<ConnectorFile> parse_json(const std::string& text) {
    bool whole_request = false;
    try {
        const json::Document document(text);
        if (!document.root().is_object()) return std::nullopt;
        const auto* config = document.root().find("config");
        whole_request = config != nullptr && config->is_object();
    } catch (const json::ParseException&) {
        return std::nullopt;
    }
    if (!whole_request) return ConnectorFile{.name = {}, .config = rest::parse_config(text)};
    auto request = rest::parse_create_request(text, rest::OtherMembers::Ignored);
    return ConnectorFile{
        .name = std::move(request.name), .config = std::move(request.config), .initial_state = request.initial_state};
}

}

ConnectorFile parse_connector_file(const std::string& text, const std::string& path) {
    try {
        auto file = parse_json(text);
        if (!file) file = ConnectorFile{.name = {}, .config = {.settings = parse_properties(text, path)}};
        auto& settings = file->config.settings;
        const auto named = settings.find("name");
        if (!file->name.empty() && named != settings.end() && named->second != file->name) {
            throw ConfigException(fmt::format(
                "Connector name configuration in 'config' doesn't match the one specified in 'name' at '{}'", path));
        }
        if (file->name.empty() && named != settings.end()) file->name = named->second;
        if (file->name.empty()) {
            throw ConfigException(
                fmt::format("Connector configuration at '{}' is missing the mandatory 'name' configuration", path));
        }
        settings["name"] = file->name;
        return *std::move(file);
    } catch (const ConfigException&) {
        throw;
    } catch (const ConnectException& e) {
        throw ConfigException(fmt::format("{}: {}", path, e.what()));
    }
}

ConnectorFile read_connector_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in.is_open() || in.bad()) throw ConfigException(fmt::format("The file {} cannot be read", path));
    return parse_connector_file(text, path);
}

}
