/// The converter of Protobuf messages with a schema registry.
#pragma once
#include "connectors/api/plugin.hpp"

namespace millrace::protobuf {

const PluginManifest& manifest();

}
