/// Kafka's own config providers, for ${file:/path:key}, ${directory:/path:key} and ${env:NAME}.
#pragma once
#include "connectors/api/plugin.hpp"

namespace millrace::config_providers {

const PluginManifest& manifest();

}
