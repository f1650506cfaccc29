#include "connectors/avro/plugin.hpp"

#include "connectors/avro/avro_converter.hpp"
#include "connectors/converters/cloud_events_converter.hpp"

namespace millrace::avro {

namespace {

/// Of the Confluent and Debezium releases whose converters these are.
constexpr std::string_view version = "8.2.0";
constexpr std::string_view debezium_version = "3.7.0.Final";

constexpr std::string_view avro_class = "io.confluent.connect.avro.AvroConverter";

std::unique_ptr<Converter> make_converter(std::string_view class_name) {
    if (class_name == avro_class) return std::make_unique<AvroConverter>();
    return converters::make_converter(class_name);
}

std::unique_ptr<Plugin> make_cloud_events() {
    return std::make_unique<converters::CloudEventsConverter>(make_converter);
}

constexpr PluginDescriptor plugins[] = {
    {PluginType::Converter, avro_class, version, create_plugin<AvroConverter>},
    {PluginType::Converter, "io.debezium.converters.CloudEventsConverter", debezium_version, make_cloud_events},
};
constexpr PluginManifest the_manifest{plugin_abi, "avro", plugins};

}

const PluginManifest& manifest() { return the_manifest; }

}
