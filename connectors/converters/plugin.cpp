#include "connectors/converters/plugin.hpp"

#include "connectors/converters/json_converter.hpp"
#include "connectors/converters/simple_converters.hpp"
#include "connectors/converters/simple_header_converter.hpp"

namespace millrace::converters {

namespace {

/// Of the Kafka release whose converters these are.
constexpr std::string_view version = "4.3.1";

template <class ConverterType>
constexpr PluginDescriptor converter(std::string_view class_name) {
    return {PluginType::Converter, class_name, version, create_plugin<ConverterType>};
}
template <class ConverterType>
constexpr PluginDescriptor header_converter(std::string_view class_name) {
    return {PluginType::HeaderConverter, class_name, version, create_plugin<HeaderConverterOf<ConverterType>>};
}

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
    converter<BooleanConverter>(boolean_class),
    converter<ByteArrayConverter>(bytes_class),
    converter<DoubleConverter>(double_class),
    converter<FloatConverter>(float_class),
    converter<IntegerConverter>(integer_class),
    converter<LongConverter>(long_class),
    converter<ShortConverter>(short_class),
    converter<JsonConverter>(json_class),
    converter<StringConverter>(string_class),
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

}
