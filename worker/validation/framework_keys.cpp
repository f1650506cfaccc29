#include "worker/validation/framework_keys.hpp"

#include "worker/config/connector_config.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/validation/plugin_lookup.hpp"
#include "worker/validation/transform_keys.hpp"
#include "worker/validation/version_range.hpp"

#include <array>

namespace millrace::worker {

namespace {

struct ConverterKey {
    std::string_view name;
    PluginType type;
    std::string WorkerConfig::* worker_default;
};
constexpr std::array<ConverterKey, 3> converter_keys{
    ConverterKey{"key.converter", PluginType::Converter, &WorkerConfig::key_converter},
    ConverterKey{"value.converter", PluginType::Converter, &WorkerConfig::value_converter},
    ConverterKey{"header.converter", PluginType::HeaderConverter, &WorkerConfig::header_converter}};

std::vector<ExpectedKey> tables(const PluginInfo& connector) {
    auto keys = common_keys();
    const bool is_source = connector.type == PluginType::Source;
    for (const auto& key : is_source ? source_connector_keys() : sink_connector_keys()) keys.push_back(expected(key));
    return keys;
}

ExpectedKey* find_key(std::vector<ExpectedKey>& keys, std::string_view name) {
    for (auto& key : keys) {
        if (key.definition.name == name) return &key;
    }
    return nullptr;
}

void fill_connector_version(std::vector<ExpectedKey>& keys, const PluginInfo& connector) {
    if (auto* version = find_key(keys, "connector.plugin.version")) {
        version->definition.default_value = std::string(connector.version);
        version->recommended_values = {std::string(connector.version)};
    }
}

/// The class that will convert, in the worker's or the connector's settings.
std::string converter_class(const ConverterKey& key, const WorkerConfig& worker, const SubmittedConfig& config) {
    const auto given = config.settings.find(key.name);
    return given == config.settings.end() ? worker.*key.worker_default : std::string(trim(given->second));
}

/// A version that is not there is said at the class, if the connector names it, and at the version; what is no version,
/// at the version alone.
void complain_of_version(ExpectedKey& converter, ExpectedKey& version, const PluginInfo& used,
                         const PluginRegistry& plugins, const SubmittedConfig& config) {
    const auto wanted = config.settings.find(version.definition.name);
    if (wanted == config.settings.end()) return;
    try {
        const auto complaint = version_complaint(plugins, used, wanted->second);
        if (!complaint || !config.settings.contains(converter.definition.name)) return;
        converter.complaints.push_back(*complaint);
        version.complaints.push_back(*complaint);
    } catch (const ConfigException& e) {
        version.complaints.emplace_back(e.what());
    }
}

/// Where there is no converter that could have the version.
void complain_of_range(ExpectedKey& version, const SubmittedConfig& config) {
    const auto wanted = config.settings.find(version.definition.name);
    if (wanted == config.settings.end()) return;
    try {
        VersionRange::parse(wanted->second);
    } catch (const ConfigException& e) {
        version.complaints.emplace_back(e.what());
    }
}

void fill_converter(std::vector<ExpectedKey>& keys, const ConverterKey& converter, const PluginRegistry& plugins,
                    const WorkerConfig& worker, const SubmittedConfig& config) {
    auto* key = find_key(keys, converter.name);
    if (key == nullptr) return;
    const auto& in_worker = worker.*converter.worker_default;
    const auto* usual = plugins.find(converter.type, in_worker);
    key->definition.default_value = usual == nullptr ? in_worker : std::string(usual->class_name);
    key->recommended_values = class_names(plugins, converter.type);
    key->plugin_type = converter.type;
    auto* version = find_key(keys, std::string(converter.name) + ".plugin.version");
    if (version == nullptr) return;
    const auto name = converter_class(converter, worker, config);
    if (const auto* used = plugins.find(converter.type, name)) {
        const bool is_null = config.nulls.contains(converter.name);
        version->definition.default_value = std::string(used->version);
        if (!is_null) version->recommended_values = {std::string(used->version)};
        version->visible = !is_null;
        complain_of_version(*key, *version, *used, plugins, config);
    } else {
        version->definition.default_value.reset();
        version->visible = find_any_plugin(plugins, name) != nullptr;
        complain_of_range(*version, config);
    }
}

}

std::vector<ExpectedKey> common_keys() {
    std::vector<ExpectedKey> keys;
    for (const auto& key : common_connector_keys()) keys.push_back(expected(key));
    return keys;
}

std::vector<ExpectedKey> framework_keys(const PluginRegistry& plugins, const WorkerConfig& worker,
                                        const PluginInfo& connector, const SubmittedConfig& config) {
    auto keys = tables(connector);
    fill_connector_version(keys, connector);
    for (const auto& converter : converter_keys) fill_converter(keys, converter, plugins, worker, config);
    for (auto& key : alias_keys(plugins, config)) keys.push_back(std::move(key));
    return keys;
}

std::vector<ConfigDefinition> framework_definitions(const PluginInfo& connector) {
    auto keys = tables(connector);
    fill_connector_version(keys, connector);
    std::vector<ConfigDefinition> definitions;
    for (auto& key : keys) {
        const bool of_converter = key.definition.name.find("converter") != std::string::npos;
        if (of_converter) key.definition.default_value.reset();
        definitions.push_back(std::move(key.definition));
    }
    return definitions;
}

}
