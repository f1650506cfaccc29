/// The converters that come with the worker.
#pragma once
#include "connectors/api/plugin.hpp"

namespace millrace::converters {

const PluginManifest& manifest();

}
