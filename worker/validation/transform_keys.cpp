#include "worker/validation/transform_keys.hpp"

#include "worker/validation/plugin_lookup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace millrace::worker {

namespace {

constexpr ConfigKey implicit_keys[] = {
    {.name = "negate",
     .type = ConfigType::Boolean,
     .default_value = "false",
     .importance = Importance::Medium,
     .doc = "Whether the configured predicate should be negated."},
    {.name = "predicate",
     .type = ConfigType::String,
     .importance = Importance::Medium,
     .doc = "The alias of a predicate used to determine whether to apply this transformation."},
};

/// What differs between `transforms` and `predicates`.
struct AliasKind {
    std::string_view setting;  ///< "transforms"
    std::string_view group;    ///< "Transforms"
    std::string_view noun;     ///< "Transformation"
    PluginType type;
};
constexpr AliasKind kinds[] = {{"transforms", "Transforms", "Transformation", PluginType::Transformation},
                               {"predicates", "Predicates", "Predicate", PluginType::Predicate}};

std::vector<std::string> aliases_of(const AliasKind& kind, const SubmittedConfig& config) {
    std::vector<std::string> distinct;
    const auto given = config.settings.find(kind.setting);
    if (given == config.settings.end()) return distinct;
    for (auto& alias : split_list(given->second)) {
        if (std::ranges::find(distinct, alias) == distinct.end()) distinct.push_back(std::move(alias));
    }
    return distinct;
}

std::vector<ConfigKey> own_keys(const AliasKind& kind, const PluginInfo& plugin) {
    std::vector<ConfigKey> own;
    for (const auto& key : keys_of(plugin)) {
        const bool masked =
            kind.type == PluginType::Transformation && (key.name == "predicate" || key.name == "negate");
        if (!key.internal && !masked) own.push_back(key);
    }
    if (kind.type == PluginType::Transformation)
        own.insert(own.end(), std::begin(implicit_keys), std::end(implicit_keys));
    return own;
}

/// Ungrouped first, then by the plugin's groups as they appear, number, need, importance and name.
void sort_as_listed(std::vector<ConfigKey>& keys) {
    std::vector<std::string_view> groups{""};
    for (const auto& key : keys) {
        if (std::ranges::find(groups, key.group) == groups.end()) groups.push_back(key.group);
    }
    const auto rank = [&](const ConfigKey& key) {
        const auto group = std::ranges::find(groups, key.group) - groups.begin();
        const bool has_default = key.default_value.kind == DefaultValue::Kind::Required ? false : true;
        return std::tuple(group, key.order_in_group, has_default, key.importance, key.name);
    };
    std::ranges::sort(keys, {}, rank);
}

ExpectedKey type_key(const AliasKind& kind, const std::string& alias, const PluginRegistry& plugins) {
    ExpectedKey key{.definition = {.name = fmt::format("{}.{}.type", kind.setting, alias),
                                   .type = ConfigType::Class,
                                   .required = true,
                                   .importance = Importance::High,
                                   .documentation =
                                       fmt::format("Class for the '{}' {}.", alias,
                                                   kind.type == PluginType::Predicate ? "predicate" : "transformation"),
                                   .group = fmt::format("{}: {}", kind.group, alias),
                                   .order_in_group = 0,
                                   .width = Width::Long,
                                   .display_name = fmt::format("{} type for {}", kind.noun, alias)},
                    .key = {.name = "type", .type = ConfigType::Class},
                    .recommended_values = class_names(plugins, kind.type),
                    .plugin_type = kind.type};
    return key;
}

ExpectedKey version_key(const AliasKind& kind, const std::string& alias, const PluginInfo* plugin) {
    ExpectedKey key{.definition = {.name = fmt::format("{}.{}.plugin.version", kind.setting, alias),
                                   .type = ConfigType::String,
                                   .importance = Importance::High,
                                   .documentation =
                                       fmt::format("Version of the '{}' {}.", alias,
                                                   kind.type == PluginType::Predicate ? "predicate" : "transformation"),
                                   .group = fmt::format("{}: {}", kind.group, alias),
                                   .order_in_group = 1,
                                   .width = Width::Long,
                                   .display_name = fmt::format("{} version for {}", kind.noun, alias)},
                    .key = {.name = "plugin.version", .type = ConfigType::String}};
    if (plugin != nullptr) {
        key.definition.default_value = std::string(plugin->version);
        key.recommended_values = {std::string(plugin->version)};
    }
    return key;
}

/// False if there is no such version, which is said at both keys, the last two.
bool settle_version(const PluginRegistry& plugins, const PluginInfo& plugin, const std::string& wanted,
                    std::vector<ExpectedKey>& keys) {
    std::optional<std::string> complaint;
    try {
        complaint = version_complaint(plugins, plugin, wanted);
    } catch (const ConfigException& e) {
        complaint = e.what();
    }
    if (!complaint) return true;
    for (auto key = keys.end() - 2; key != keys.end(); ++key) key->complaints.push_back(*complaint);
    return false;
}

void append_alias(const AliasKind& kind, const std::string& alias, const PluginRegistry& plugins,
                  const SubmittedConfig& config, std::vector<ExpectedKey>& keys) {
    const auto prefix = fmt::format("{}.{}.", kind.setting, alias);
    const auto type = config.settings.find(prefix + "type");
    const auto* plugin = type == config.settings.end() ? nullptr : plugins.find(kind.type, trim(type->second));
    keys.push_back(type_key(kind, alias, plugins));
    keys.push_back(version_key(kind, alias, plugin));
    if (plugin == nullptr) return;
    const auto version = config.settings.find(prefix + "plugin.version");
    if (version != config.settings.end() && !settle_version(plugins, *plugin, version->second, keys)) return;
    auto own = own_keys(kind, *plugin);
    sort_as_listed(own);
    int number = 2;
    for (const auto& key : own) {
        auto made = expected(key, prefix);
        made.parsed_by_full_name = true;
        made.definition.order_in_group = number++;
        made.definition.group = key.group.empty() ? fmt::format("{}: {}", kind.group, alias)
                                                  : fmt::format("{}: {}: {}", kind.group, alias, key.group);
        keys.push_back(std::move(made));
    }
}

}

std::vector<ExpectedKey> alias_keys(const PluginRegistry& plugins, const SubmittedConfig& config) {
    std::vector<ExpectedKey> keys;
    for (const auto& kind : kinds) {
        for (const auto& alias : aliases_of(kind, config)) append_alias(kind, alias, plugins, config, keys);
    }
    return keys;
}

void check_aliases(const SubmittedConfig& config, std::vector<ConfigInfo>& infos) {
    for (const auto& alias : aliases_of(kinds[0], config)) {
        const auto prefix = fmt::format("transforms.{}.", alias);
        const auto given = [&](std::string_view key) {
            const auto name = prefix + std::string(key);
            return config.settings.contains(name) || config.nulls.contains(name);
        };
        if (!given("negate") || given("predicate")) continue;
        const auto type = std::ranges::find(infos, prefix + "type", [](const ConfigInfo& i) { return i.value.name; });
        if (type == infos.end()) continue;
        type->value.errors.push_back(
            fmt::format("Config '{0}negate' was provided but there is no config "
                        "'{0}predicate' defining a predicate to be negated.",
                        prefix));
    }
}

}
