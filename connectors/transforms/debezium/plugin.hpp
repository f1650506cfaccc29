/// Debezium's transformations, under their Java class names.
#pragma once
#include "connectors/api/plugin.hpp"

namespace millrace::transforms {

const PluginManifest& debezium_manifest();

}
