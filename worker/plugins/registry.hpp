/// The plugins that a worker has: linked in, and loaded from the directories of plugin.path.
///
/// Loading  A library must have the C symbol millrace_plugin_manifest and the worker's own plugin_abi, which is looked
///          at before anything else. What will not do is left out with a log line that names its path; it never stops
///          the worker. Libraries stay loaded until the process ends, for values and exceptions may point into them.
/// Threads  Filled before the worker starts, only read afterwards.
#pragma once
#include "connectors/api/log.hpp"
#include "connectors/api/plugin.hpp"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::worker {

struct PluginInfo {
    PluginType type;
    std::string class_name;
    std::string version;
    std::string location;  ///< the library's path, or "built in"
    std::unique_ptr<Plugin> (*create)() = nullptr;
};

class PluginRegistry {
public:
    explicit PluginRegistry(Logger logger = {});

    /// A manifest that is linked in.
    void add(const PluginManifest& manifest, const std::string& location = "built in");
    /// Every .so file in these directories and in their subdirectories, one level deep.
    void scan(std::span<const std::string> directories);
    /// One library; false if it is left out.
    bool load(const std::string& path);

    /// As GET /connector-plugins lists them: by type, class name and version; config providers last.
    std::vector<PluginInfo> list() const;
    /// By class name or alias; of several versions the newest. Null if there is none, or if the alias has two meanings.
    const PluginInfo* find(PluginType type, std::string_view name) const noexcept;
    /// A source or sink connector. Throws ConfigException with Kafka Connect's text when there is none.
    const PluginInfo& connector(std::string_view name) const;

    // By class name or alias; throw ConfigException "Class X could not be found.".
    std::unique_ptr<Connector> create_connector(std::string_view name) const;
    std::unique_ptr<Converter> create_converter(std::string_view name) const;
    std::unique_ptr<HeaderConverter> create_header_converter(std::string_view name) const;
    std::unique_ptr<Transformation> create_transformation(std::string_view name) const;
    std::unique_ptr<Predicate> create_predicate(std::string_view name) const;
    std::unique_ptr<ConfigProvider> create_config_provider(std::string_view name) const;

private:
    void load_directory(const std::string& path, int depth);
    template <class T>
    std::unique_ptr<T> create(PluginType type, std::string_view name) const;

    Logger logger_;
    std::vector<PluginInfo> plugins_;  ///< sorted as list() gives them
    /// Of each type, what its aliases stand for; empty where an alias stands for several classes.
    std::map<std::pair<PluginType, std::string>, std::string, std::less<>> aliases_;
};

/// Where an installation keeps its own plugins: <prefix>/lib/millrace/plugins for <prefix>/bin/<executable>.
std::string default_plugin_directory(const std::string& executable);

}
