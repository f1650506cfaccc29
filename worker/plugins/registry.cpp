#include "worker/plugins/registry.hpp"

#include "worker/plugins/names.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <filesystem>
#include <tuple>

namespace millrace::worker {

namespace {

constexpr const char* manifest_symbol = "millrace_plugin_manifest";
constexpr int max_depth = 1;  ///< below an entry of plugin.path

auto order(const PluginInfo& p) { return std::tie(p.type, p.class_name); }
bool before(const PluginInfo& a, const PluginInfo& b) {
    if (order(a) != order(b)) return order(a) < order(b);
    return version_less(a.version, b.version);
}

}

PluginRegistry::PluginRegistry(Logger logger)
    : logger_(logger.named("org.apache.kafka.connect.runtime.isolation.Plugins")) {}

void PluginRegistry::add(const PluginManifest& manifest, const std::string& location) {
    MILLRACE_ASSERT(manifest.abi == plugin_abi);
    for (const auto& descriptor : manifest.plugins) {
        PluginInfo info{.type = descriptor.type,
                        .class_name = std::string(descriptor.class_name),
                        .version = std::string(descriptor.version),
                        .location = location,
                        .create = descriptor.create};
        const auto same = std::ranges::find_if(
            plugins_, [&](const PluginInfo& p) { return order(p) == order(info) && p.version == info.version; });
        if (same != plugins_.end()) {
            logger_.debug("Plugin '{}' {} of {} is here already, from {}", info.class_name, info.version, location,
                          same->location);
            continue;
        }
        // A converter is there as a header converter too: one line for both.
        const bool first = std::ranges::find(plugins_, info.class_name, &PluginInfo::class_name) == plugins_.end();
        if (first) logger_.info("Added plugin '{}'", info.class_name);
        for (const auto& alias : aliases_of(info.type, info.class_name)) {
            const auto [entry, is_new] = aliases_.try_emplace({info.type, alias}, info.class_name);
            if (is_new) {
                if (first) logger_.info("Added alias '{}' to plugin '{}'", alias, info.class_name);
            } else if (entry->second != info.class_name) {
                entry->second.clear();
            }
        }
        plugins_.insert(std::ranges::upper_bound(plugins_, info, before), std::move(info));
    }
}

void PluginRegistry::scan(std::span<const std::string> directories) {
    for (const auto& directory : directories) load_directory(directory, 0);
}

void PluginRegistry::load_directory(const std::string& path, int depth) {
    namespace fs = std::filesystem;
    std::error_code error;
    std::vector<fs::path> entries;
    for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
        entries.push_back(at->path());
    }
    if (error) {
        logger_.warn("The plugin directory '{}' cannot be read: {}", path, error.message());
        return;
    }
    std::ranges::sort(entries);
    for (const auto& entry : entries) {
        if (fs::is_directory(entry, error)) {
            if (depth < max_depth) load_directory(entry.string(), depth + 1);
        } else if (entry.extension() == ".so") {
            load(entry.string());
        }
    }
}

bool PluginRegistry::load(const std::string& path) {
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char* why = dlerror();
        logger_.warn("'{}' is left out of the plugins, for it cannot be loaded: {}", path,
                     why ? why : "unknown reason");
        return false;
    }
    void* symbol = dlsym(library, manifest_symbol);
    if (!symbol) {
        logger_.warn("'{}' is left out of the plugins, for it has no symbol {}", path, manifest_symbol);
        return false;  // stays loaded: its initialisers have run, and some libraries do not bear unloading
    }
    const auto* manifest = reinterpret_cast<const PluginManifest* (*)()>(symbol)();
    if (!manifest || manifest->abi != plugin_abi) {
        logger_.error(
            "Plugin library '{}' is refused: it was built for plugin interface {}, this worker has {}. Build it anew "
            "against this version's headers.",
            path, manifest ? manifest->abi : 0, plugin_abi);
        return false;
    }
    logger_.info("Loaded plugin library {}", path);
    add(*manifest, path);
    return true;
}

std::vector<PluginInfo> PluginRegistry::list() const { return plugins_; }

const PluginInfo* PluginRegistry::find(PluginType type, std::string_view name) const noexcept {
    const PluginInfo* newest = nullptr;
    const auto look = [&](std::string_view class_name) {
        for (const auto& p : plugins_) {
            if (p.type == type && p.class_name == class_name) newest = &p;  // the last is the newest
        }
    };
    look(name);
    if (newest) return newest;
    for (const auto& [alias, class_name] : aliases_) {
        if (alias.first == type && alias.second == name && !class_name.empty()) look(class_name);
    }
    return newest;
}

const PluginInfo& PluginRegistry::connector(std::string_view name) const {
    const auto* source = find(PluginType::Source, name);
    const auto* sink = find(PluginType::Sink, name);
    if (source && sink && source->class_name != sink->class_name) {
        throw ConfigException(
            fmt::format("More than one connector matches alias {}. Please use full package and class "
                        "name instead. Classes found: {}, {}",
                        name, sink->class_name, source->class_name));
    }
    if (source) return *source;
    if (sink) return *sink;
    std::string available;
    for (const auto& p : plugins_) {
        if (p.type != PluginType::Source && p.type != PluginType::Sink) continue;
        available += fmt::format(
            "{}PluginDesc{{klass=class {}, name='{}', version='{}', encodedVersion={}, type={}, typeName='{}', "
            "location='{}'}}",
            available.empty() ? "" : ", ", p.class_name, p.class_name, p.version, p.version, to_string(p.type),
            to_string(p.type), p.location);
    }
    throw ConfigException(
        fmt::format("Failed to find any class that implements Connector and which name matches {}, available "
                    "connectors are: {}",
                    name, available));
}

template <class T>
std::unique_ptr<T> PluginRegistry::create(PluginType type, std::string_view name) const {
    const auto* info = find(type, name);
    if (!info) throw ConfigException(fmt::format("Class {} could not be found.", name));
    auto plugin = info->create();
    auto* wanted = dynamic_cast<T*>(plugin.get());
    if (!wanted) {
        throw ConnectException(
            fmt::format("Plugin '{}' of {} is no {}", info->class_name, info->location, to_string(type)));
    }
    (void)plugin.release();
    return std::unique_ptr<T>(wanted);
}

std::unique_ptr<Connector> PluginRegistry::create_connector(std::string_view name) const {
    const auto& info = connector(name);
    return create<Connector>(info.type, info.class_name);
}
std::unique_ptr<Converter> PluginRegistry::create_converter(std::string_view name) const {
    return create<Converter>(PluginType::Converter, name);
}
std::unique_ptr<HeaderConverter> PluginRegistry::create_header_converter(std::string_view name) const {
    return create<HeaderConverter>(PluginType::HeaderConverter, name);
}
std::unique_ptr<Transformation> PluginRegistry::create_transformation(std::string_view name) const {
    return create<Transformation>(PluginType::Transformation, name);
}
std::unique_ptr<Predicate> PluginRegistry::create_predicate(std::string_view name) const {
    return create<Predicate>(PluginType::Predicate, name);
}
std::unique_ptr<ConfigProvider> PluginRegistry::create_config_provider(std::string_view name) const {
    return create<ConfigProvider>(PluginType::ConfigProvider, name);
}

std::string default_plugin_directory(const std::string& executable) {
    namespace fs = std::filesystem;
    return (fs::path(executable).parent_path().parent_path() / "lib" / "millrace" / "plugins").string();
}

}
