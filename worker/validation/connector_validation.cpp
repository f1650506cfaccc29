#include "worker/validation/connector_validation.hpp"

#include "connectors/support/java_hash_map.hpp"
#include "connectors/support/text.hpp"
#include "worker/config/restart_policy.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/validation/client_overrides.hpp"
#include "worker/validation/connector_rules.hpp"
#include "worker/validation/framework_keys.hpp"
#include "worker/validation/plugin_lookup.hpp"
#include "worker/validation/transform_keys.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::worker {

namespace {

bool may_be_secret(std::string_view name) noexcept {
    return name.find("password") != std::string_view::npos || name.find("secret") != std::string_view::npos ||
           name.find("token") != std::string_view::npos || name.find("jaas") != std::string_view::npos;
}

/// "{name=a, topic=t}", as Java prints a map; what may be a secret is hidden.
std::string printed(const SubmittedConfig& config) {
    std::string text;
    for (const auto& name : in_java_order(config.names(), java_copy_capacity(config.names().size()))) {
        const auto given = config.settings.find(name);
        const bool hidden = given != config.settings.end() && may_be_secret(name);
        const auto& value = given == config.settings.end() ? "null" : hidden ? "[hidden]" : given->second;
        text += fmt::format("{}{}={}", text.empty() ? "" : ", ", name, value);
    }
    return "{" + text + "}";
}

/// Connect's common keys, with the complaint at the connector's class and at its version.
std::vector<ConfigInfo> infos_without(const PluginInfo& connector, const std::string& complaint,
                                      const ValidationContext& context, const SubmittedConfig& config) {
    std::vector<ConfigInfo> infos;
    for (auto& key : common_keys()) {
        const auto& name = key.definition.name;
        if (name == "connector.plugin.version") {
            key.definition.default_value = std::string(connector.version);
            key.recommended_values = versions_of(context.plugins, connector);
        }
        if (name.ends_with("converter.plugin.version")) key.visible = false;
        if (name == "connector.class" || name == "connector.plugin.version") key.complaints.push_back(complaint);
        infos.push_back({key.definition, check(key, config, context.plugins)});
    }
    return infos;
}

const PluginInfo& connector_of(const PluginRegistry& plugins, const SubmittedConfig& config) {
    const auto given = config.settings.find("connector.class");
    if (given == config.settings.end()) {
        throw ConfigException(fmt::format("Connector config {} contains no connector type", printed(config)));
    }
    return plugins.connector(given->second);
}

/// What Connect says of the values of its own keys, and of nulls that no table knows.
std::vector<ConfigInfo> framework_infos(const ValidationContext& context, const PluginInfo& connector,
                                        const SubmittedConfig& config) {
    std::vector<ConfigInfo> infos;
    const auto keys = framework_keys(context.plugins, context.worker, connector, config);
    for (const auto& key : keys) infos.push_back({key.definition, check(key, config, context.plugins)});
    // Millrace's own appear where they are given: forms that are made for Java know nothing of them.
    for (const auto& key : connector_restart_keys()) {
        if (!config.settings.contains(key.name)) continue;
        const auto own = expected(key);
        infos.push_back({own.definition, check(own, config, context.plugins)});
    }
    check_aliases(config, infos);
    return infos;
}

void complain_of_nulls(const SubmittedConfig& config, std::vector<ConfigInfo>& infos) {
    for (auto& info : infos) {
        if (config.nulls.contains(info.value.name)) info.value.errors.emplace_back(null_value_message);
    }
}

ConfigInfo* find_info(std::vector<ConfigInfo>& infos, std::string_view name) {
    const auto found =
        std::ranges::find(infos, name, [](const ConfigInfo& i) -> std::string_view { return i.value.name; });
    return found == infos.end() ? nullptr : &*found;
}

/// A null that the connector's own table knows counts as given: it passes without a value.
void accept_null(ConfigValue& value) {
    value.value.reset();
    std::erase_if(value.errors,
                  [](const std::string& error) { return error.starts_with("Missing required configuration \""); });
}

/// The connector's keys and values take the place of the framework's, or follow in the connector's order.
void merge_own(const PreparedValidation& prepared, std::vector<ConfigValue> own, std::vector<ConfigInfo>& infos) {
    const auto keys = keys_of(*prepared.connector);
    std::vector<ConfigInfo> undefined;
    for (auto& value : own) {
        const auto key = std::ranges::find(keys, value.name, &ConfigKey::name);
        if (key != keys.end() && key->internal && value.errors.empty()) continue;
        if (prepared.config.nulls.contains(value.name)) accept_null(value);
        ConfigInfo info;
        if (key != keys.end()) {
            if (key->type == ConfigType::Password && value.value) value.value = "[hidden]";
            info.definition = definition_of(*key);
        }
        info.value = std::move(value);
        if (auto* same = find_info(infos, info.value.name)) {
            if (!info.definition) {
                info.definition = same->definition;
                info.value.errors.insert(info.value.errors.begin(), same->value.errors.begin(),
                                         same->value.errors.end());
            }
            *same = std::move(info);
        } else {
            (info.definition ? infos : undefined).push_back(std::move(info));
        }
    }
    infos.insert(infos.begin(), std::make_move_iterator(undefined.begin()), std::make_move_iterator(undefined.end()));
}

void add_unknown_nulls(const SubmittedConfig& config, std::vector<ConfigInfo>& infos) {
    for (const auto& name : config.nulls) {
        if (find_info(infos, name) != nullptr) continue;
        infos.insert(infos.begin(),
                     ConfigInfo{.value = {.name = name, .value = {}, .errors = {std::string(null_value_message)}}});
    }
}

struct ConverterRole {
    std::string_view setting;
    std::string_view type;  ///< the value of converter.type
    PluginType plugin_type;
};
constexpr ConverterRole converter_roles[] = {{"header.converter", "header", PluginType::HeaderConverter},
                                             {"key.converter", "key", PluginType::Converter},
                                             {"value.converter", "value", PluginType::Converter}};

/// What is wrong with the version stands at its own key already.
bool has_version(const PluginRegistry& plugins, const PluginInfo& converter, const ConverterRole& role,
                 const SubmittedConfig& config) {
    const auto wanted = config.settings.find(std::string(role.setting) + ".plugin.version");
    if (wanted == config.settings.end()) return true;
    try {
        return !version_complaint(plugins, converter, wanted->second);
    } catch (const ConfigException&) {
        return false;
    }
}

/// Keys of a converter that the connector's configuration names, under "value.converter.".
void append_converter(const ValidationContext& context, const ConverterRole& role, const SubmittedConfig& config,
                      std::vector<ConfigInfo>& infos) {
    const auto given = config.settings.find(role.setting);
    if (given == config.settings.end()) return;
    const auto* plugin = context.plugins.find(role.plugin_type, trim(given->second));
    if (plugin == nullptr || !has_version(context.plugins, *plugin, role, config)) return;
    const auto prefix = std::string(role.setting) + ".";
    auto with_type = config;
    with_type.settings.try_emplace(prefix + "converter.type", role.type);
    const auto keys = keys_of(*plugin);
    std::vector<std::string> names;
    for (const auto& key : keys) {
        if (!key.internal) names.emplace_back(key.name);
    }
    // Java validates them in a hash map, and gives them as they come from there.
    for (const auto& name : in_java_order(std::move(names))) {
        const auto known = expected(*std::ranges::find(keys, name, &ConfigKey::name), prefix);
        infos.push_back({known.definition, check(known, with_type, context.plugins)});
    }
}

int message_count(const std::vector<ConfigInfo>& infos) {
    std::size_t count = 0;
    for (const auto& info : infos) count += info.value.errors.size();
    return static_cast<int>(count);
}

}

PreparedValidation prepare(const ValidationContext& context, SubmittedConfig config) {
    const auto& connector = connector_of(context.plugins, config);
    PreparedValidation prepared{.class_as_given = config.settings.at("connector.class"), .connector = &connector};
    const auto version = config.settings.find("connector.plugin.version");
    const auto complaint = version == config.settings.end()
                               ? std::nullopt
                               : version_complaint(context.plugins, connector, version->second);
    if (complaint) {
        prepared.framework = infos_without(connector, *complaint, context, config);
        prepared.config = std::move(config);
        prepared.version_is_missing = true;
        return prepared;
    }
    prepared.framework = framework_infos(context, connector, config);
    if (connector.type == PluginType::Sink) {
        check_sink_rules(config.settings, context.worker, prepared.framework);
    } else {
        const auto instance = connector.create();
        const auto* source = dynamic_cast<const SourceConnector*>(instance.get());
        if (source != nullptr) check_source_rules(config.settings, context.worker, *source, prepared.framework);
    }
    complain_of_nulls(config, prepared.framework);
    prepared.config = std::move(config);
    return prepared;
}

ConfigInfos finish(const ValidationContext& context, PreparedValidation prepared, std::vector<ConfigValue> own) {
    ConfigInfos infos{.name = prepared.class_as_given};
    auto framework = std::move(prepared.framework);
    std::vector<ConfigInfo> rest;
    if (!prepared.version_is_missing) {
        merge_own(prepared, std::move(own), framework);
        add_unknown_nulls(prepared.config, framework);
        rest = check_client_overrides(prepared.config.settings, context.worker, prepared.connector->type);
        for (const auto& role : converter_roles) append_converter(context, role, prepared.config, rest);
    }
    const auto with_errors = std::ranges::count_if(rest, [](const ConfigInfo& i) { return !i.value.errors.empty(); });
    infos.error_count = message_count(framework) + static_cast<int>(with_errors);
    infos.configs = std::move(framework);
    infos.configs.insert(infos.configs.end(), std::make_move_iterator(rest.begin()),
                         std::make_move_iterator(rest.end()));
    for (const auto& info : infos.configs) {
        if (!info.definition || !info.definition->group) continue;
        if (std::ranges::find(infos.groups, *info.definition->group) == infos.groups.end()) {
            infos.groups.push_back(*info.definition->group);
        }
    }
    return infos;
}

std::vector<ConfigDefinition> plugin_definitions(const PluginInfo& plugin) {
    std::vector<ConfigDefinition> definitions;
    for (const auto& key : keys_of(plugin)) {
        if (!key.internal) definitions.push_back(definition_of(key));
    }
    if (plugin.type != PluginType::Source && plugin.type != PluginType::Sink) return definitions;
    for (auto& definition : framework_definitions(plugin)) {
        const bool redefined =
            std::ranges::find(definitions, definition.name, &ConfigDefinition::name) != definitions.end();
        if (!redefined) definitions.push_back(std::move(definition));
    }
    return definitions;
}

}
