/// The converters of one value without a schema in the message: text, bytes, booleans and numbers, each under its Java
/// class name and usable for keys, values and headers.
///
/// Facts   Kafka Connect: StringConverter, ByteArrayConverter, BooleanConverter, NumberConverter and what extends it.
#pragma once
#include "connectors/api/plugin.hpp"

#include <string>
#include <utility>

namespace millrace::converters {

std::string valid_converter_type(std::string_view value);

/// The worker gives it; configure() knows without it.
inline constexpr ConfigKey converter_type_key{.name = "converter.type",
                                              .type = ConfigType::String,
                                              .default_value = required,
                                              .valid = valid_converter_type,
                                              .importance = Importance::Low,
                                              .doc = "How this converter will be used."};

/// Throws ConfigException with all problems. Sets converter.type if the settings lack it.
Config parse_converter_settings(std::span<const ConfigKey> keys, Settings settings, bool is_key);
/// Those of a converter within a converter: what begins with `prefix`, without it.
Settings settings_below(const Settings& settings, std::string_view prefix);

/// toString() of any value, in UTF-8 or another character set of converter.encoding; reads optional strings.
class StringConverter final : public Converter {
public:
    void configure(const Settings& settings, bool is_key) override;
    bool from_connect_data(std::string_view topic, const SchemaPtr& schema, const Value& value,
                           std::string& out) override;
    SchemaAndValue to_connect_data(std::string_view topic, std::optional<std::string_view> data, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    enum class Encoding : std::uint8_t { Utf8, Latin1, Ascii };
    Encoding encoding_ = Encoding::Utf8;
};

/// Bytes as they are; nothing else.
class ByteArrayConverter final : public Converter {
public:
    void configure(const Settings& settings, bool is_key) override;
    bool from_connect_data(std::string_view topic, const SchemaPtr& schema, const Value& value,
                           std::string& out) override;
    SchemaAndValue to_connect_data(std::string_view topic, std::optional<std::string_view> data, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;
};

/// One byte, 1 or 0.
class BooleanConverter final : public Converter {
public:
    void configure(const Settings& settings, bool is_key) override;
    bool from_connect_data(std::string_view topic, const SchemaPtr& schema, const Value& value,
                           std::string& out) override;
    SchemaAndValue to_connect_data(std::string_view topic, std::optional<std::string_view> data, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;
};

/// A number of exactly one type, big-endian.
class NumberConverter : public Converter {
public:
    void configure(const Settings& settings, bool is_key) override;
    bool from_connect_data(std::string_view topic, const SchemaPtr& schema, const Value& value,
                           std::string& out) override;
    SchemaAndValue to_connect_data(std::string_view topic, std::optional<std::string_view> data, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

protected:
    NumberConverter(Type type, Value::Kind kind, std::size_t bytes, std::string_view name)
        : kind_(kind), bytes_(bytes), name_(name), schema_(make_schema({.type = type, .optional = true})) {}

private:
    Value::Kind kind_;
    std::size_t bytes_;
    std::string_view name_;  ///< in messages
    SchemaPtr schema_;
};
struct ShortConverter final : NumberConverter {
    ShortConverter() : NumberConverter(Type::Int16, Value::Kind::Int16, 2, "short") {}
};
struct IntegerConverter final : NumberConverter {
    IntegerConverter() : NumberConverter(Type::Int32, Value::Kind::Int32, 4, "integer") {}
};
struct LongConverter final : NumberConverter {
    LongConverter() : NumberConverter(Type::Int64, Value::Kind::Int64, 8, "long") {}
};
struct FloatConverter final : NumberConverter {
    FloatConverter() : NumberConverter(Type::Float32, Value::Kind::Float32, 4, "float") {}
};
struct DoubleConverter final : NumberConverter {
    DoubleConverter() : NumberConverter(Type::Float64, Value::Kind::Float64, 8, "double") {}
};

/// Any converter, for headers.
template <class ConverterType>
class HeaderConverterOf final : public HeaderConverter {
public:
    void configure(const Settings& settings) override {
        Settings with_type = settings;
        with_type.emplace("converter.type", "header");
        converter_.configure(with_type, false);
    }
    bool from_connect_header(std::string_view topic, std::string_view, const SchemaPtr& schema, const Value& value,
                             std::string& out) override {
        return converter_.from_connect_data(topic, schema, value, out);
    }
    SchemaAndValue to_connect_header(std::string_view topic, std::string_view, std::optional<std::string_view> data,
                                     Arena& arena) override {
        return converter_.to_connect_data(topic, data, arena);
    }
    std::span<const ConfigKey> config_keys() const noexcept override { return converter_.config_keys(); }

private:
    ConverterType converter_;
};

}
