/// One setting that validation looks at: its definition as clients see it, and how its value is checked.
#pragma once
#include "connectors/api/plugin.hpp"
#include "worker/validation/config_infos.hpp"
#include "worker/validation/submitted_config.hpp"

#include <optional>
#include <string>
#include <vector>

namespace millrace::worker {

class PluginRegistry;

struct ExpectedKey {
    ConfigDefinition definition;
    ConfigKey key;  ///< checks; its name, without a prefix, is what its messages say
    std::vector<std::string> recommended_values = {};
    std::optional<PluginType> plugin_type = {};  ///< of a Class: what the class must be
    bool visible = true;
    std::vector<std::string> complaints = {};  ///< that do not come from the value by itself
    bool parsed_by_full_name = false;          ///< what cannot be parsed is said with the prefix
};

ExpectedKey expected(const ConfigKey& key);
/// The same key under a prefix ("transforms.a."): messages go on saying the name without it.
ExpectedKey expected(const ConfigKey& key, std::string_view prefix);

/// The value with its default applied, and every complaint but that it is null, which comes after all others.
ConfigValue check(const ExpectedKey& expected, const SubmittedConfig& config, const PluginRegistry& plugins);

inline constexpr std::string_view null_value_message = "Null value can not be supplied as the configuration value.";

}
