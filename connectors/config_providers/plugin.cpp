#include "connectors/config_providers/plugin.hpp"

#include "connectors/config_providers/environment_provider.hpp"
#include "connectors/config_providers/file_providers.hpp"
#include "connectors/config_providers/kubernetes_providers.hpp"

namespace millrace::config_providers {

namespace {

/// Of the Kafka release whose providers these are.
constexpr std::string_view version = "4.3.1";
/// Of Strimzi's providers, likewise.
constexpr std::string_view strimzi_version = "1.3.0";

constexpr PluginDescriptor plugins[] = {
    {PluginType::ConfigProvider, "org.apache.kafka.common.config.provider.FileConfigProvider", version,
     create_plugin<FileConfigProvider>},
    {PluginType::ConfigProvider, "org.apache.kafka.common.config.provider.DirectoryConfigProvider", version,
     create_plugin<DirectoryConfigProvider>},
    {PluginType::ConfigProvider, "org.apache.kafka.common.config.provider.EnvVarConfigProvider", version,
     create_plugin<EnvVarConfigProvider>},
    {PluginType::ConfigProvider, "io.strimzi.kafka.KubernetesSecretConfigProvider", strimzi_version,
     create_plugin<KubernetesSecretConfigProvider>},
    {PluginType::ConfigProvider, "io.strimzi.kafka.KubernetesConfigMapConfigProvider", strimzi_version,
     create_plugin<KubernetesConfigMapConfigProvider>},
};
constexpr PluginManifest the_manifest{plugin_abi, "config_providers", plugins};

}

const PluginManifest& manifest() { return the_manifest; }

}
