#include "connectors/config_providers/environment_provider.hpp"

#include "connectors/support/regex.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>

namespace millrace::config_providers {

namespace {

constexpr std::array keys{
    ConfigKey{.name = "allowlist.pattern",
              .type = ConfigType::String,
              .default_value = ".*",
              .importance = Importance::Medium,
              .doc = "Regular expression that the whole name of a variable must match."},
};

}

std::span<const ConfigKey> environment_provider_keys() noexcept { return keys; }

void EnvVarConfigProvider::configure(const Settings& settings) {
    const Regex allowed(ConfigDef(keys).parse(settings).get_string("allowlist.pattern"));
    variables_.clear();
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const auto equals = text.find('=');
        if (equals == std::string_view::npos || !allowed.matches(text.substr(0, equals))) continue;
        variables_.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
}

Settings EnvVarConfigProvider::get(std::string_view path, std::span<const std::string> wanted) {
    if (!path.empty()) {
        throw ConfigException(fmt::format("Path is not supported for EnvVarConfigProvider, invalid value '{}'", path));
    }
    Settings found;
    for (const auto& key : wanted) {
        if (const auto value = variables_.find(key); value != variables_.end()) found.insert(*value);
    }
    return found;
}

}
