/// The connectors that read and write files by lines.
#pragma once
#include "connectors/api/plugin.hpp"

namespace millrace::file {

const PluginManifest& manifest();

}
