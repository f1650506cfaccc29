#include "connectors/file/plugin.hpp"

#include "connectors/file/file_sink.hpp"
#include "connectors/file/file_source.hpp"

namespace millrace::file {

namespace {

/// Of the Kafka release whose connectors these are.
constexpr std::string_view version = "4.3.1";

constexpr PluginDescriptor plugins[] = {
    {PluginType::Sink, "org.apache.kafka.connect.file.FileStreamSinkConnector", version,
     create_plugin<FileStreamSinkConnector>},
    {PluginType::Source, "org.apache.kafka.connect.file.FileStreamSourceConnector", version,
     create_plugin<FileStreamSourceConnector>},
};
constexpr PluginManifest the_manifest{plugin_abi, "file", plugins};

}

const PluginManifest& manifest() { return the_manifest; }

}
