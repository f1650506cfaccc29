/// Validates a connector's configuration as Kafka Connect does: its own settings, transformations, predicates,
/// converters, client overrides, and the connector's checks, merged in the order that clients know.
///
/// Two halves, because between them the connector's own validate() runs on another thread: prepare() before it,
/// finish() with its result. Both are pure but for making plugin objects.
#pragma once
#include "connectors/api/plugin.hpp"
#include "worker/validation/config_infos.hpp"
#include "worker/validation/expected_key.hpp"
#include "worker/validation/submitted_config.hpp"

#include <memory>
#include <string>
#include <vector>

namespace millrace::worker {

struct PluginInfo;
struct WorkerConfig;
class PluginRegistry;

struct ValidationContext {
    const PluginRegistry& plugins;
    const WorkerConfig& worker;
};

/// Between the halves. `config` is what the connector is to validate, with references resolved.
struct PreparedValidation {
    std::string class_as_given;
    const PluginInfo* connector = nullptr;
    SubmittedConfig config = {};
    std::vector<ConfigInfo> framework = {};
    bool version_is_missing = false;  ///< the connector is not there as it is wanted: nobody else is asked
};

/// Throws ConfigException "Connector config {name=a} contains no connector type", or that no class of that name is
/// known, or that its version is none.
PreparedValidation prepare(const ValidationContext& context, SubmittedConfig config);

/// `own` are the connector's values; none where its version is missing.
ConfigInfos finish(const ValidationContext& context, PreparedValidation prepared, std::vector<ConfigValue> own);

/// Definitions for a plugin's page: its own keys, then for connectors the framework's that it does not redefine.
std::vector<ConfigDefinition> plugin_definitions(const PluginInfo& plugin);

}
