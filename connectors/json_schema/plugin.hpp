/// The converter of JSON with a schema registry.
#pragma once
#include "connectors/api/plugin.hpp"

namespace millrace::json_schema {

const PluginManifest& manifest();

}
