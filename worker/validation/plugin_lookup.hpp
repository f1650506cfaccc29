/// Questions that validation asks of the registry of plugins.
#pragma once
#include "worker/plugins/registry.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::worker {

/// The plugin of any type by class name or alias, or null; connectors before others.
const PluginInfo* find_any_plugin(const PluginRegistry& plugins, std::string_view name) noexcept;
/// Class names of all plugins of a type, sorted, each once.
std::vector<std::string> class_names(const PluginRegistry& plugins, PluginType type);

/// The settings table of a plugin of any type. It lives as long as the plugin's library, which is never unloaded.
std::span<const ConfigKey> keys_of(const PluginInfo& plugin);

}
