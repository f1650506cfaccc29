#include "worker/config/endpoints.hpp"

#include "connectors/support/properties.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

namespace millrace::worker {

namespace {

/// It becomes a file's name.
bool is_name(std::string_view name) {
    return !name.empty() && name.front() != '.' && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.';
    });
}

}

Settings Endpoints::of(const Settings& settings) const {
    const auto given = settings.find(endpoint_key);
    if (given == settings.end() || trim(given->second).empty()) return {};
    const auto name = trim(given->second);
    if (directory_.empty()) {
        throw ConfigException(
            fmt::format("Invalid value {} for configuration {}: this worker keeps no endpoints; its operator sets "
                        "millrace.endpoints.directory",
                        name, endpoint_key));
    }
    const auto path = fmt::format("{}/{}.properties", directory_, name);
    if (!is_name(name) || !std::filesystem::exists(path)) {
        throw ConfigException(
            fmt::format("Invalid value {} for configuration {}: there is no such endpoint", name, endpoint_key));
    }
    return read_properties_file(path);
}

Settings Endpoints::merged(const Settings& settings) const {
    auto all = of(settings);
    for (const auto& [name, value] : settings) {
        if (!all.emplace(name, value).second) {
            throw ConfigException(
                fmt::format("The endpoint {} sets {}: leave that out of the connector's configuration",
                            settings.find(endpoint_key)->second, name));
        }
    }
    return all;
}

Settings Endpoints::without(Settings task, const Settings& connector) const {
    const auto given = of(connector);
    if (given.empty()) return task;
    for (const auto& [name, value] : given) task.erase(name);
    task.insert_or_assign(std::string(endpoint_key), connector.find(endpoint_key)->second);
    return task;
}

}
