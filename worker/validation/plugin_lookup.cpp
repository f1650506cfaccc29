#include "worker/validation/plugin_lookup.hpp"

#include "worker/validation/version_range.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace millrace::worker {

namespace {

constexpr std::array all_types{PluginType::Sink,          PluginType::Source,    PluginType::Transformation,
                               PluginType::Predicate,     PluginType::Converter, PluginType::HeaderConverter,
                               PluginType::ConfigProvider};

template <class T>
std::span<const ConfigKey> keys_as(const Plugin* plugin) {
    const auto* as_promised = dynamic_cast<const T*>(plugin);
    return as_promised == nullptr ? std::span<const ConfigKey>{} : as_promised->config_keys();
}

}

const PluginInfo* find_any_plugin(const PluginRegistry& plugins, std::string_view name) noexcept {
    for (const auto type : all_types) {
        if (const auto* found = plugins.find(type, name)) return found;
    }
    return nullptr;
}

std::vector<std::string> class_names(const PluginRegistry& plugins, PluginType type) {
    std::vector<std::string> names;
    for (const auto& plugin : plugins.list()) {
        if (plugin.type == type && (names.empty() || names.back() != plugin.class_name)) {
            names.push_back(plugin.class_name);
        }
    }
    return names;
}

std::vector<std::string> versions_of(const PluginRegistry& plugins, const PluginInfo& plugin) {
    std::vector<std::string> versions;
    for (const auto& one : plugins.list()) {
        if (one.type == plugin.type && one.class_name == plugin.class_name) versions.push_back(one.version);
    }
    return versions;
}

std::optional<std::string> version_complaint(const PluginRegistry& plugins, const PluginInfo& plugin,
                                             std::string_view wanted) {
    const auto range = VersionRange::parse(wanted);
    const auto versions = versions_of(plugins, plugin);
    const auto accepted = [&](const std::string& version) { return range->contains(version); };
    if (!range || std::ranges::any_of(versions, accepted)) return std::nullopt;
    return fmt::format("Plugin {} not found that matches the version range {}, available versions: [{}]",
                       plugin.class_name, range->text(), fmt::join(versions, ", "));
}

std::span<const ConfigKey> keys_of(const PluginInfo& plugin) {
    const auto instance = plugin.create();
    switch (plugin.type) {
    case PluginType::Sink:
    case PluginType::Source:
        return keys_as<Connector>(instance.get());
    case PluginType::Transformation:
        return keys_as<Transformation>(instance.get());
    case PluginType::Predicate:
        return keys_as<Predicate>(instance.get());
    case PluginType::Converter:
        return keys_as<Converter>(instance.get());
    case PluginType::HeaderConverter:
        return keys_as<HeaderConverter>(instance.get());
    case PluginType::ConfigProvider:
        break;
    }
    return {};
}

}
