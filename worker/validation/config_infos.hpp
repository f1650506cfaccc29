/// What validation answers, over REST and in the message of a refused configuration.
///
/// Facts   Kafka Connect 4.3: order of configs and groups, error_count, and texts are those that clients know.
#pragma once
#include "connectors/api/config_def.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::worker {

/// A setting as a form builder sees it.
struct ConfigDefinition {
    std::string name;
    ConfigType type = ConfigType::String;
    bool required = false;
    std::optional<std::string> default_value = {};
    Importance importance = Importance::Medium;
    std::string documentation = {};
    std::optional<std::string> group = {};
    int order_in_group = -1;
    Width width = Width::None;
    std::string display_name = {};
    std::vector<std::string> dependents = {};
};

struct ConfigInfo {
    std::optional<ConfigDefinition> definition = {};  ///< none for a value that no table knows
    ConfigValue value = {};
};

struct ConfigInfos {
    std::string name;  ///< connector.class as submitted
    int error_count = 0;
    std::vector<std::string> groups = {};
    std::vector<ConfigInfo> configs = {};
};

/// Password defaults are hidden.
ConfigDefinition definition_of(const ConfigKey& key);

/// "Connector configuration is invalid and contains the following 2 error(s):\n..."; none if there is no error.
std::optional<std::string> refusal_message(const ConfigInfos& infos);

}
