/// The config providers that a worker's settings name: config.providers and config.providers.<name>.class, .param.*.
#pragma once
#include "worker/config/config_transformer.hpp"
#include "worker/plugins/registry.hpp"

namespace millrace::worker {

/// Throws ConfigException for a provider without a class, or whose class is not there.
/// What the providers give goes into `secrets`.
ConfigTransformer make_config_transformer(const Settings& worker, const PluginRegistry& plugins,
                                          std::shared_ptr<SecretMask> secrets = {});

}
