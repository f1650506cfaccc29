/// The converter of Avro data with a schema registry, and that of CloudEvents, which may hold such data.
#pragma once
#include "connectors/api/plugin.hpp"

namespace millrace::avro {

const PluginManifest& manifest();

}
