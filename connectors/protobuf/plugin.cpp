#include "connectors/protobuf/plugin.hpp"

#include "connectors/protobuf/protobuf_converter.hpp"

namespace millrace::protobuf {

namespace {

/// Of the Confluent release whose converter this is.
constexpr std::string_view version = "8.2.0";

constexpr PluginDescriptor plugins[] = {
    {PluginType::Converter, "io.confluent.connect.protobuf.ProtobufConverter", version,
     create_plugin<ProtobufConverter>},
};
constexpr PluginManifest the_manifest{plugin_abi, "protobuf", plugins};

}

const PluginManifest& manifest() { return the_manifest; }

}
