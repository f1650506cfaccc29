#include "connectors/api/plugin.hpp"

#include "connectors/postgres/source/connector.hpp"
#include "connectors/postgres/source/envelope.hpp"

namespace millrace::postgres {
namespace {

constexpr PluginDescriptor plugins[] = {
    {PluginType::Source, connector_class, connector_version, create_plugin<PostgresConnector>},
};
constexpr PluginManifest the_manifest{plugin_abi, "millrace-postgres", plugins};

}

const PluginManifest& manifest();
const PluginManifest& manifest() { return the_manifest; }

}
