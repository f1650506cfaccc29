/// The settings that Connect itself defines for one connector: the common ones, those of sources or sinks, and those of
/// every transformation and predicate that the configuration names.
#pragma once
#include "worker/validation/expected_key.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millrace::worker {

struct PluginInfo;
struct WorkerConfig;

/// `connector` decides between source and sink. Defaults that depend on the installation are filled in: the worker's
/// converters, versions in use, recommended classes.
std::vector<ExpectedKey> framework_keys(const PluginRegistry& plugins, const WorkerConfig& worker,
                                        const PluginInfo& connector, const SubmittedConfig& config);

/// The same without the worker's defaults and without transformations: what a plugin's own page lists.
std::vector<ConfigDefinition> framework_definitions(const PluginInfo& connector);

/// What is looked at when the connector itself is not there in the version that is wanted; without defaults of the
/// installation.
std::vector<ExpectedKey> common_keys();

}
