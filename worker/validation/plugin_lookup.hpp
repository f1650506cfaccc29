/// Questions that validation asks of the registry of plugins.
#pragma once
#include "worker/plugins/registry.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::worker {

/// The plugin of any type by class name or alias, or null; connectors before others.
const PluginInfo* find_any_plugin(const PluginRegistry& plugins, std::string_view name) noexcept;
/// Class names of all plugins of a type, sorted, each once.
std::vector<std::string> class_names(const PluginRegistry& plugins, PluginType type);

/// All installed versions of a plugin's class, ascending.
std::vector<std::string> versions_of(const PluginRegistry& plugins, const PluginInfo& plugin);
/// "Plugin X not found that matches the version range [9,9], available versions: [4.3.1]"; none if there is one. Throws
/// ConfigException for what is no range.
std::optional<std::string> version_complaint(const PluginRegistry& plugins, const PluginInfo& plugin,
                                             std::string_view wanted);

/// The settings table of a plugin of any type. It lives as long as the plugin's library, which is never unloaded.
std::span<const ConfigKey> keys_of(const PluginInfo& plugin);

}
