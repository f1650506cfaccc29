#include "connectors/converters/simple_converters.hpp"

#include "connectors/converters/java_text.hpp"
#include "connectors/converters/json_schema.hpp"
#include "connectors/support/caused.hpp"
#include "connectors/support/java_class.hpp"
#include "connectors/support/text.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>

namespace millrace::converters {

namespace {

constexpr ConfigKey type_only[] = {converter_type_key};
constexpr ConfigKey string_keys[] = {
    converter_type_key,
    {.name = "converter.encoding",
     .type = ConfigType::String,
     .default_value = "UTF-8",
     .importance = Importance::High,
     .doc = "The name of the Java character set to use for encoding strings as byte arrays.",
     .width = Width::Medium,
     .display_name = "Encoding"},
};

void require_type(const SchemaPtr& schema, Type type, std::string_view converter) {
    if (schema && schema->type() != type) {
        throw DataException(fmt::format("Invalid schema type for {}: {}", converter, type_name(schema->type())));
    }
}

void require_kind(const SchemaPtr& schema, const Value& value, Value::Kind kind, std::string_view converter) {
    if (!value.is_null() && value.kind() != kind) {
        throw DataException(
            fmt::format("{} is not compatible with objects of type class {}", converter, java_class_of(schema, value)));
    }
}

/// Characters that the narrow set lacks become question marks, as in Java.
std::string narrow(std::string_view text, unsigned limit) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto first = static_cast<unsigned char>(text[i]);
        const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        const unsigned code = length == 1 ? first
                              : length == 2 && i + 1 < text.size()
                                  ? (first & 0x1Fu) << 6 | (static_cast<unsigned char>(text[i + 1]) & 0x3Fu)
                                  : limit;
        out += code < limit ? static_cast<char>(code) : '?';
        i += length;
    }
    return out;
}

std::string widen(std::string_view bytes, unsigned limit) {
    std::string out;
    for (const char c : bytes) {
        const auto code = static_cast<unsigned char>(c);
        append_utf8(out, code < limit ? char32_t{code} : U'\uFFFD');
    }
    return out;
}

std::string upper(std::string text) {
    for (char& c : text) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
    }
    return text;
}

}

std::string valid_converter_type(std::string_view value) {
    return value == "key" || value == "value" || value == "header" ? "" : "String must be one of: key, value, header";
}

Config parse_converter_settings(std::span<const ConfigKey> keys, Settings settings, bool is_key) {
    settings.insert_or_assign("converter.type", is_key ? "key" : "value");
    return ConfigDef(keys).parse(std::move(settings));
}

Settings settings_below(const Settings& settings, std::string_view prefix) {
    Settings found;
    for (const auto& [key, value] : settings) {
        if (key.starts_with(prefix)) found.emplace(key.substr(prefix.size()), value);
    }
    return found;
}

void StringConverter::configure(const Settings& settings, bool is_key) {
    const auto name = parse_converter_settings(string_keys, settings, is_key).get_string("converter.encoding");
    const auto known = upper(name);
    if (known == "UTF-8" || known == "UTF8") {
        encoding_ = Encoding::Utf8;
    } else if (known == "ISO-8859-1" || known == "ISO8859_1" || known == "LATIN1") {
        encoding_ = Encoding::Latin1;
    } else if (known == "US-ASCII" || known == "ASCII") {
        encoding_ = Encoding::Ascii;
    } else {
        throw ConfigException(fmt::format("Unsupported encoding {}", name));
    }
}

bool StringConverter::from_connect_data(std::string_view, const SchemaPtr& schema, const Value& value,
                                        std::string& out) {
    if (value.is_null()) return false;
    if (encoding_ == Encoding::Utf8) {
        append_java_text(out, schema, value);
    } else {
        std::string text;
        append_java_text(text, schema, value);
        out += narrow(text, encoding_ == Encoding::Latin1 ? 0x100 : 0x80);
    }
    return true;
}

SchemaAndValue StringConverter::to_connect_data(std::string_view, std::optional<std::string_view> data, Arena& arena) {
    static const SchemaPtr kept = make_schema({.type = Type::String, .optional = true});
    static const SchemaPtr schema(SchemaPtr{}, kept.get());  // its owners are not counted, record by record
    if (!data) return {.schema = schema, .value = {}};
    if (encoding_ == Encoding::Utf8) return {.schema = schema, .value = Value::string(*data)};
    return {.schema = schema,
            .value = Value::string(arena.copy(widen(*data, encoding_ == Encoding::Latin1 ? 0x100 : 0x80)))};
}

std::span<const ConfigKey> StringConverter::config_keys() const noexcept { return string_keys; }

void ByteArrayConverter::configure(const Settings& settings, bool is_key) {
    parse_converter_settings(type_only, settings, is_key);
}

bool ByteArrayConverter::from_connect_data(std::string_view, const SchemaPtr& schema, const Value& value,
                                           std::string& out) {
    require_type(schema, Type::Bytes, "ByteArrayConverter");
    require_kind(schema, value, Value::Kind::Bytes, "ByteArrayConverter");
    if (value.is_null()) return false;
    out += value.as_text();
    return true;
}

SchemaAndValue ByteArrayConverter::to_connect_data(std::string_view, std::optional<std::string_view> data, Arena&) {
    static const SchemaPtr schema = make_schema({.type = Type::Bytes, .optional = true});
    return {.schema = schema, .value = data ? Value::bytes(*data) : Value()};
}

std::span<const ConfigKey> ByteArrayConverter::config_keys() const noexcept { return type_only; }

void BooleanConverter::configure(const Settings& settings, bool is_key) {
    parse_converter_settings(type_only, settings, is_key);
}

bool BooleanConverter::from_connect_data(std::string_view, const SchemaPtr& schema, const Value& value,
                                         std::string& out) {
    require_type(schema, Type::Boolean, "BooleanConverter");
    require_kind(schema, value, Value::Kind::Boolean, "BooleanConverter");
    if (value.is_null()) return false;
    out += value.as_boolean() ? '\1' : '\0';
    return true;
}

SchemaAndValue BooleanConverter::to_connect_data(std::string_view topic, std::optional<std::string_view> data, Arena&) {
    static const SchemaPtr schema = make_schema({.type = Type::Boolean, .optional = true});
    if (!data) return {.schema = schema, .value = {}};
    if (data->size() != 1 || static_cast<unsigned char>((*data)[0]) > 1) {
        throw_caused("Failed to deserialize boolean: ",
                     fmt::format("A boolean is one byte, 0 or 1; topic {} has {} bytes", topic, data->size()));
    }
    return {.schema = schema, .value = Value::boolean((*data)[0] == 1)};
}

std::span<const ConfigKey> BooleanConverter::config_keys() const noexcept { return type_only; }

void NumberConverter::configure(const Settings& settings, bool is_key) {
    parse_converter_settings(type_only, settings, is_key);
}

bool NumberConverter::from_connect_data(std::string_view, const SchemaPtr& schema, const Value& value,
                                        std::string& out) {
    if (value.is_null()) return false;
    if (value.kind() != kind_) {
        throw DataException(
            fmt::format("Failed to serialize to {} (was class {}): ", name_, java_class_of(schema, value)));
    }
    std::uint64_t bits = 0;
    if (kind_ == Value::Kind::Float32) {
        bits = std::bit_cast<std::uint32_t>(static_cast<float>(value.as_double()));
    } else if (kind_ == Value::Kind::Float64) {
        bits = std::bit_cast<std::uint64_t>(value.as_double());
    } else {
        bits = static_cast<std::uint64_t>(value.as_integer());
    }
    for (std::size_t i = bytes_; i-- > 0;) out += static_cast<char>(bits >> 8 * i & 0xFF);
    return true;
}

SchemaAndValue NumberConverter::to_connect_data(std::string_view topic, std::optional<std::string_view> data, Arena&) {
    if (!data) return {.schema = schema_, .value = {}};
    if (data->size() != bytes_) {
        throw_caused(fmt::format("Failed to deserialize {}: ", name_),
                     fmt::format("It has exactly {} bytes; topic {} has {}", bytes_, topic, data->size()));
    }
    std::uint64_t bits = 0;
    for (const char c : *data) bits = bits << 8 | static_cast<unsigned char>(c);
    switch (kind_) {
    case Value::Kind::Int16:
        return {.schema = schema_, .value = Value::int16(static_cast<std::int16_t>(bits))};
    case Value::Kind::Int32:
        return {.schema = schema_, .value = Value::int32(static_cast<std::int32_t>(bits))};
    case Value::Kind::Float32:
        return {.schema = schema_, .value = Value::float32(std::bit_cast<float>(static_cast<std::uint32_t>(bits)))};
    case Value::Kind::Float64:
        return {.schema = schema_, .value = Value::float64(std::bit_cast<double>(bits))};
    default:
        return {.schema = schema_, .value = Value::int64(static_cast<std::int64_t>(bits))};
    }
}

std::span<const ConfigKey> NumberConverter::config_keys() const noexcept { return type_only; }

}
