/// Values of the worker's environment: ${env:NAME}.
///
/// Settings  allowlist.pattern: a regular expression that a whole name must match; all if absent.
/// Throws    ConfigException for a path, as in ${env:path:NAME}.
/// Facts     KIP-887; Kafka 4.3, EnvVarConfigProvider: the environment is read once.
#pragma once
#include "connectors/api/plugin.hpp"

namespace millrace::config_providers {

class EnvVarConfigProvider final : public ConfigProvider {
public:
    void configure(const Settings& settings) override;
    Settings get(std::string_view path, std::span<const std::string> keys) override;

private:
    Settings variables_;  ///< that may be told
};

std::span<const ConfigKey> environment_provider_keys() noexcept;

}
