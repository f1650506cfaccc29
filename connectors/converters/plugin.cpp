#include "connectors/converters/plugin.hpp"

#include "connectors/converters/binary_data_converter.hpp"
#include "connectors/converters/json_converter.hpp"
#include "connectors/converters/simple_converters.hpp"
#include "connectors/converters/simple_header_converter.hpp"

namespace millrace::converters {

namespace {

/// Of the Kafka and Debezium releases whose converters these are.
constexpr std::string_view version = "4.3.1";
constexpr std::string_view debezium_version = "3.7.0.Final";

template <class ConverterType>
constexpr PluginDescriptor converter(std::string_view class_name, std::string_view of = version) {
    return {PluginType::Converter, class_name, of, create_plugin<ConverterType>};
}
template <class ConverterType>
constexpr PluginDescriptor header_converter(std::string_view class_name, std::string_view of = version) {
    return {PluginType::HeaderConverter, class_name, of, create_plugin<HeaderConverterOf<ConverterType>>};
}

constexpr std::string_view binary_data_class = "io.debezium.converters.BinaryDataConverter";
constexpr std::string_view debezium_bytes_class = "io.debezium.converters.ByteArrayConverter";
constexpr std::string_view boolean_class = "org.apache.kafka.connect.converters.BooleanConverter";
constexpr std::string_view bytes_class = "org.apache.kafka.connect.converters.ByteArrayConverter";
constexpr std::string_view double_class = "org.apache.kafka.connect.converters.DoubleConverter";
constexpr std::string_view float_class = "org.apache.kafka.connect.converters.FloatConverter";
constexpr std::string_view integer_class = "org.apache.kafka.connect.converters.IntegerConverter";
constexpr std::string_view long_class = "org.apache.kafka.connect.converters.LongConverter";
constexpr std::string_view short_class = "org.apache.kafka.connect.converters.ShortConverter";
constexpr std::string_view json_class = "org.apache.kafka.connect.json.JsonConverter";
constexpr std::string_view string_class = "org.apache.kafka.connect.storage.StringConverter";
constexpr std::string_view simple_class = "org.apache.kafka.connect.storage.SimpleHeaderConverter";

constexpr PluginDescriptor plugins[] = {
    converter<BinaryDataConverter>(binary_data_class, debezium_version),
    converter<BinaryDataConverter>(debezium_bytes_class, debezium_version),
    converter<BooleanConverter>(boolean_class),
    converter<ByteArrayConverter>(bytes_class),
    converter<DoubleConverter>(double_class),
    converter<FloatConverter>(float_class),
    converter<IntegerConverter>(integer_class),
    converter<LongConverter>(long_class),
    converter<ShortConverter>(short_class),
    converter<JsonConverter>(json_class),
    converter<StringConverter>(string_class),
    header_converter<BinaryDataConverter>(binary_data_class, debezium_version),
    header_converter<BinaryDataConverter>(debezium_bytes_class, debezium_version),
    header_converter<BooleanConverter>(boolean_class),
    header_converter<ByteArrayConverter>(bytes_class),
    header_converter<DoubleConverter>(double_class),
    header_converter<FloatConverter>(float_class),
    header_converter<IntegerConverter>(integer_class),
    header_converter<LongConverter>(long_class),
    header_converter<ShortConverter>(short_class),
    header_converter<JsonConverter>(json_class),
    {PluginType::HeaderConverter, simple_class, version, create_plugin<SimpleHeaderConverter>},
    header_converter<StringConverter>(string_class),
};
constexpr PluginManifest the_manifest{plugin_abi, "converters", plugins};

}

const PluginManifest& manifest() { return the_manifest; }

std::unique_ptr<Converter> make_converter(std::string_view class_name) {
    for (const auto& plugin : plugins) {
        if (plugin.type != PluginType::Converter || plugin.class_name != class_name) continue;
        return std::unique_ptr<Converter>(&dynamic_cast<Converter&>(*plugin.create().release()));
    }
    return nullptr;
}

}
