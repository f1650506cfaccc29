#include "connectors/json_schema/plugin.hpp"

#include "connectors/json_schema/json_schema_converter.hpp"

namespace millrace::json_schema {

namespace {

/// Of the Confluent release whose converter this is.
constexpr std::string_view version = "8.2.0";

constexpr PluginDescriptor plugins[] = {
    {PluginType::Converter, "io.confluent.connect.json.JsonSchemaConverter", version,
     create_plugin<JsonSchemaConverter>},
};
constexpr PluginManifest the_manifest{plugin_abi, "json_schema", plugins};

}

const PluginManifest& manifest() { return the_manifest; }

}
