#include "connectors/avro/avro_defaults.hpp"

#include "connectors/support/json.hpp"
#include "connectors/support/text.hpp"

#include <algorithm>
#include <limits>

namespace millrace::avro {

namespace {

std::string latin1(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) append_utf8(text, static_cast<unsigned char>(c));
    return text;
}

/// None if a character has no byte.
std::optional<std::string> from_latin1(std::string_view text) {
    std::string bytes;
    for (const char16_t unit : to_utf16(text)) {
        if (unit > 0xFF) return std::nullopt;
        bytes += static_cast<char>(unit);
    }
    return bytes;
}

void append_list(std::string& out, const Schema& schema, const Value& value, const AvroOptions& options) {
    out += '[';
    for (const auto& element : value.as_values()) {
        if (out.back() != '[') out += ',';
        append_default(out, *schema.value_schema(), element, options);
    }
    out += ']';
}

void append_map(std::string& out, const Schema& schema, const Value& value, const AvroOptions& options) {
    const bool object = is_avro_map(schema, options);
    bool first = true;
    out += object ? '{' : '[';
    for (const auto& [key, of_key] : value.as_entries()) {
        if (!first) out += ',';
        first = false;
        if (!object) out += '[';
        append_default(out, *schema.key_schema(), key, options);
        out += object ? ':' : ',';
        append_default(out, *schema.value_schema(), of_key, options);
        if (!object) out += ']';
    }
    out += object ? '}' : ']';
}

void append_struct(std::string& out, const Schema& schema, const Value& value, const AvroOptions& options) {
    const auto values = value.as_values();
    const auto of_field = [&](std::size_t i) -> const Value& {
        return values[i].is_null() ? schema.fields()[i].schema->default_value() : values[i];
    };
    if (is_union(schema)) {
        if (values.empty()) return static_cast<void>(out += "null");
        return append_default(out, *schema.fields()[0].schema, of_field(0), options);
    }
    out += '{';
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) out += ',';
        append_avro_string(out, field_name(schema.fields()[i].name, options));
        out += ':';
        append_default(out, *schema.fields()[i].schema, of_field(i), options);
    }
    out += '}';
}

bool is_number(const json::Node& value) {
    return value.is_number() ||
           (value.is_string() && (value.text() == "NaN" || value.text() == "Infinity" || value.text() == "-Infinity"));
}

bool is_whole(const json::Node& value, std::int64_t least, std::int64_t most) {
    const auto number = value.as_integer();
    return number && *number >= least && *number <= most;
}

double real(const json::Node& value) {
    if (!value.is_string()) return value.as_double();
    if (value.text() == "NaN") return std::numeric_limits<double>::quiet_NaN();
    const auto infinity = std::numeric_limits<double>::infinity();
    return value.text() == "Infinity" ? infinity : -infinity;
}

std::optional<Value> read_list(const Schema& connect, const json::Node& value, const AvroOptions& options,
                               Arena& arena) {
    if (!value.is_array()) return std::nullopt;
    auto* values = arena.make_array<Value>(value.elements().size());
    for (std::size_t i = 0; i < value.elements().size(); ++i) {
        const auto read = read_default(*connect.value_schema(), value.elements()[i], options, arena);
        if (!read) return std::nullopt;
        values[i] = *read;
    }
    return Value::array({values, value.elements().size()});
}

std::optional<Value> read_map(const Schema& connect, const json::Node& value, const AvroOptions& options,
                              Arena& arena) {
    const bool object = value.is_object() && connect.key_schema()->type() == Type::String;
    if (!object && !value.is_array()) return std::nullopt;
    const auto count = object ? value.members().size() : value.elements().size();
    auto* entries = arena.make_array<MapEntry>(count);
    for (std::size_t i = 0; i < count; ++i) {
        if (!object && (!value.elements()[i].is_array() || value.elements()[i].elements().size() != 2))
            return std::nullopt;
        const auto key = object
                             ? Value::string(arena.copy(value.members()[i].name))
                             : read_default(*connect.key_schema(), value.elements()[i].elements()[0], options, arena);
        const auto& of_key = object ? value.members()[i].value : value.elements()[i].elements()[1];
        const auto read = read_default(*connect.value_schema(), of_key, options, arena);
        if (!key || !read) return std::nullopt;
        entries[i] = {*key, *read};
    }
    return Value::map({entries, count});
}

std::optional<Value> read_struct(const Schema& connect, const json::Node& value, const AvroOptions& options,
                                 Arena& arena) {
    const auto fields = connect.fields();
    auto* values = arena.make_array<Value>(fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const bool branch = is_union(connect);
        if (!branch && !value.is_object()) return std::nullopt;
        if (branch && i > 0) break;  // a default is of the first branch
        const auto* member = branch ? &value : value.find(field_name(fields[i].name, options));
        if (member == nullptr) {
            values[i] = deep_copy(fields[i].schema->default_value(), arena);
            continue;
        }
        const auto read = read_default(*fields[i].schema, *member, options, arena);
        if (!read) return std::nullopt;
        values[i] = *read;
    }
    return Value::structure({values, fields.size()});
}

}

void append_default(std::string& out, const Schema& schema, const Value& value, const AvroOptions& options) {
    if (value.is_null()) return static_cast<void>(out += "null");
    switch (schema.type()) {
    case Type::Int8:
    case Type::Int16:
    case Type::Int32:
    case Type::Int64:
        return json::append_integer(out, value.as_integer());
    case Type::Float32:
        return json::append_float(out, static_cast<float>(value.as_double()));
    case Type::Float64:
        return json::append_double(out, value.as_double());
    case Type::Boolean:
        return static_cast<void>(out += value.as_boolean() ? "true" : "false");
    case Type::String:
        return append_avro_string(out, value.as_text());
    case Type::Bytes:
        return append_avro_string(out, latin1(value.as_text()));
    case Type::Array:
        return append_list(out, schema, value, options);
    case Type::Map:
        return append_map(out, schema, value, options);
    case Type::Struct:
        return append_struct(out, schema, value, options);
    }
}

bool is_valid_default(const AvroSchema& schema, const json::Node& value) {
    switch (schema.type) {
    case AvroType::Null:
        return value.is_null();
    case AvroType::Boolean:
        return value.kind() == json::Node::Kind::Boolean;
    case AvroType::Int:
        return is_whole(value, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max());
    case AvroType::Long:
        return is_whole(value, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
    case AvroType::Float:
    case AvroType::Double:
        return is_number(value);
    case AvroType::Bytes:
    case AvroType::String:
    case AvroType::Fixed:
    case AvroType::Enum:
        return value.is_string();
    case AvroType::Array:
        return value.is_array() && std::ranges::all_of(value.elements(), [&](const json::Node& element) {
                   return is_valid_default(*schema.parts[0], element);
               });
    case AvroType::Map:
        return value.is_object() && std::ranges::all_of(value.members(), [&](const json::Member& member) {
                   return is_valid_default(*schema.parts[0], member.value);
               });
    case AvroType::Union:
        return !schema.parts.empty() && is_valid_default(*schema.parts[0], value);
    case AvroType::Record:
        return value.is_object() && std::ranges::all_of(schema.fields, [&](const AvroField& field) {
                   if (const auto* member = value.find(field.name)) return is_valid_default(*field.schema, *member);
                   return field.default_json.has_value();
               });
    }
    return false;
}

std::optional<Value> read_default(const Schema& connect, const json::Node& value, const AvroOptions& options,
                                  Arena& arena) {
    if (value.is_null()) return connect.optional() ? std::optional(Value()) : std::nullopt;
    const auto whole = value.as_wrapped_integer();
    switch (connect.type()) {
    case Type::Int8:
        return whole ? std::optional(Value::int8(static_cast<std::int8_t>(*whole))) : std::nullopt;
    case Type::Int16:
        return whole ? std::optional(Value::int16(static_cast<std::int16_t>(*whole))) : std::nullopt;
    case Type::Int32:
        return whole ? std::optional(Value::int32(static_cast<std::int32_t>(*whole))) : std::nullopt;
    case Type::Int64:
        return whole ? std::optional(Value::int64(*whole)) : std::nullopt;
    case Type::Float32:
        return is_number(value) ? std::optional(Value::float32(static_cast<float>(real(value)))) : std::nullopt;
    case Type::Float64:
        return is_number(value) ? std::optional(Value::float64(real(value))) : std::nullopt;
    case Type::Boolean:
        if (value.kind() != json::Node::Kind::Boolean) return std::nullopt;
        return Value::boolean(value.as_boolean());
    case Type::String:
        return value.is_string() ? std::optional(Value::string(arena.copy(value.text()))) : std::nullopt;
    case Type::Bytes: {
        const auto bytes = value.is_string() ? from_latin1(value.text()) : std::nullopt;
        return bytes ? std::optional(Value::bytes(arena.copy(*bytes))) : std::nullopt;
    }
    case Type::Array:
        return read_list(connect, value, options, arena);
    case Type::Map:
        return read_map(connect, value, options, arena);
    case Type::Struct:
        return read_struct(connect, value, options, arena);
    }
    return std::nullopt;
}

}
