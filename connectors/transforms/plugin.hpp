/// The transformations and predicates that come with Kafka Connect, under their Java class names.
#pragma once
#include "connectors/api/plugin.hpp"

namespace millrace::transforms {

const PluginManifest& manifest();

}
