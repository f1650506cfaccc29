#include "worker/validation/expected_key.hpp"

#include "worker/plugins/names.hpp"
#include "worker/validation/plugin_lookup.hpp"

#include <fmt/format.h>

namespace millrace::worker {

namespace {

bool is_number(ConfigType type) noexcept {
    return type == ConfigType::Int || type == ConfigType::Short || type == ConfigType::Long ||
           type == ConfigType::Double;
}

/// "X$Key, X$Value" where these are the plugins and X alone is none.
std::string variants_of(PluginType type, std::string_view name, const PluginRegistry& plugins) {
    std::string variants;
    for (const auto& plugin : plugins.list()) {
        const bool inner = plugin.class_name.size() > name.size() && plugin.class_name[name.size()] == '$';
        if (plugin.type != type || !inner || !plugin.class_name.starts_with(name)) continue;
        variants += (variants.empty() ? "" : ", ") + plugin.class_name;
    }
    return variants;
}

/// A class name or alias becomes the full class name.
std::optional<std::string> resolve_class(const ExpectedKey& expected, const std::string& name,
                                         const PluginRegistry& plugins, std::vector<std::string>& errors) {
    if (const auto* plugin = plugins.find(*expected.plugin_type, trim(name))) return std::string(plugin->class_name);
    if (const auto* other = find_any_plugin(plugins, trim(name))) {
        errors.push_back(fmt::format("Class class {} does not implement the {} interface", other->class_name,
                                     interface_name(*expected.plugin_type)));
        return std::string(other->class_name);
    }
    if (const auto variants = variants_of(*expected.plugin_type, trim(name), plugins); !variants.empty()) {
        errors.push_back("This class is abstract and cannot be created. Did you mean " + variants + "?");
        return std::string(trim(name));
    }
    errors.push_back(fmt::format("Invalid value {} for configuration {}: Class {} could not be found.", name,
                                 expected.definition.name, name));
    return std::nullopt;
}

void apply_validator(const ConfigKey& key, const std::string& value, std::vector<std::string>& errors) {
    if (key.valid == nullptr) return;
    const auto complaint = key.valid(value);
    if (!complaint.empty()) errors.push_back(complaint_message(key, value, complaint));
}

void complain_of_null(const ConfigKey& key, std::vector<std::string>& errors) {
    if (key.null_complaint.empty()) return;
    errors.push_back(complaint_message(key, std::nullopt, key.null_complaint));
}

}

ExpectedKey expected(const ConfigKey& key) { return {.definition = definition_of(key), .key = key}; }

ExpectedKey expected(const ConfigKey& key, std::string_view prefix) {
    auto made = expected(key);
    made.definition.name = std::string(prefix) + made.definition.name;
    return made;
}

ConfigValue check(const ExpectedKey& expected, const SubmittedConfig& config, const PluginRegistry& plugins) {
    const auto& name = expected.definition.name;
    ConfigValue result{.name = name,
                       .value = {},
                       .recommended_values = expected.recommended_values,
                       .errors = expected.complaints,
                       .visible = expected.visible};
    if (config.nulls.contains(name)) {
        complain_of_null(expected.key, result.errors);
        return result;
    }
    const auto given = config.settings.find(name);
    auto raw = given == config.settings.end() ? expected.definition.default_value : given->second;
    if (!raw) {
        if (expected.definition.required) {
            result.errors.push_back(
                fmt::format("Missing required configuration \"{}\" which has no default value.", name));
            complain_of_null(expected.key, result.errors);
        }
        return result;
    }
    ConfigKey parser = expected.key;
    parser.valid = nullptr;
    if (expected.parsed_by_full_name) parser.name = name;
    result.value = parse_value(parser, *raw, result.errors);
    if (result.value && expected.plugin_type) {
        result.value = resolve_class(expected, *raw, plugins, result.errors);
    } else if (result.value) {
        apply_validator(expected.key, *result.value, result.errors);
    } else if (is_number(parser.type) && expected.key.valid != nullptr && expected.definition.default_value) {
        result.errors.push_back(
            fmt::format("Invalid value null for configuration {}: Value must be non-null", expected.key.name));
    }
    if (result.value && parser.type == ConfigType::Password) result.value = "[hidden]";
    return result;
}

}
