#include "connectors/converters/binary_data_converter.hpp"

#include "connectors/converters/json_schema.hpp"
#include "connectors/converters/plugin.hpp"
#include "connectors/converters/simple_converters.hpp"

#include <fmt/format.h>

namespace millrace::converters {

namespace {

constexpr ConfigKey keys[] = {
    converter_type_key,
    {.name = "delegate.converter.type",
     .type = ConfigType::String,
     .importance = Importance::Low,
     .doc = "Specifies the delegate converter class"},
};

}

void BinaryDataConverter::configure(const Settings& settings, bool is_key) {
    const auto config = parse_converter_settings(keys, settings, is_key);
    const auto& name = config.get_string("delegate.converter.type");
    if (name.empty()) return;
    delegate_ = make_converter(name);
    if (!delegate_) {
        throw ConfigException(
            fmt::format("Invalid value {} for configuration delegate.converter.type: it is none of the converters that "
                        "come with the worker",
                        name));
    }
    delegate_->configure(settings_below(settings, "delegate.converter.type."), is_key);
}

bool BinaryDataConverter::from_connect_data(std::string_view topic, const SchemaPtr& schema, const Value& value,
                                            std::string& out) {
    const bool other_schema = schema && schema->type() != Type::Bytes;
    if (!other_schema && value.is_null()) return false;
    if (!other_schema && value.kind() == Value::Kind::Bytes) {
        out += value.as_text();
        return true;
    }
    if (!delegate_) {
        throw DataException(fmt::format("A {} of type '{}' requires a delegate.converter.type to be configured", topic,
                                        other_schema ? type_name(schema->type()) : to_string(value.kind())));
    }
    return delegate_->from_connect_data(topic, schema, value, out);
}

SchemaAndValue BinaryDataConverter::to_connect_data(std::string_view, std::optional<std::string_view> data, Arena&) {
    static const SchemaPtr schema = make_schema({.type = Type::Bytes, .optional = true});
    return {.schema = schema, .value = data ? Value::bytes(*data) : Value()};
}

std::span<const ConfigKey> BinaryDataConverter::config_keys() const noexcept { return keys; }

}
