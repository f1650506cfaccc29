#include "connectors/converters/json_schema.hpp"

#include "connectors/converters/json_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace millrace::converters {

namespace {

constexpr std::array<std::string_view, 12> json_names{"int8",    "int16",  "int32", "int64", "float", "double",
                                                      "boolean", "string", "bytes", "array", "map",   "struct"};

/// Everything between the type and the end of the object.
void append_attributes(json::Writer& writer, const Schema& schema, const JsonOptions& options) {
    writer.key("optional").boolean(schema.optional());
    if (!schema.name().empty()) writer.key("name").string(schema.name());
    if (schema.version()) writer.key("version").integer(*schema.version());
    if (!schema.doc().empty()) writer.key("doc").string(schema.doc());
    if (!schema.parameters().empty()) {
        writer.key("parameters").begin_object();
        for (const auto& [name, value] : schema.parameters()) writer.key(name).string(value);
        writer.end_object();
    }
    if (!schema.default_value().is_null()) {
        std::string text;
        JsonPlan(schema, options).write(schema.default_value(), text);
        writer.key("default").raw(text);
    }
}

void append_schema(std::string& out, const Schema& schema, const std::string* field, const JsonOptions& options) {
    json::Writer writer(out);
    const auto nested = [&](std::string_view key, const SchemaPtr& part) {
        writer.key(key);
        append_schema(out, *part, nullptr, options);
    };
    writer.begin_object().key("type").string(json_type_name(schema.type()));
    switch (schema.type()) {
    case Type::Array:
        nested("items", schema.value_schema());
        break;
    case Type::Map:
        nested("keys", schema.key_schema());
        nested("values", schema.value_schema());
        break;
    case Type::Struct:
        writer.key("fields").begin_array();
        for (const auto& part : schema.fields()) {
            if (&part != schema.fields().data()) out += ',';
            append_schema(out, *part.schema, &part.name, options);
        }
        writer.end_array();
        break;
    default:
        break;
    }
    append_attributes(writer, schema, options);
    if (field != nullptr) writer.key("field").string(*field);
    writer.end_object();
}

const json::Node& required_member(const json::Node& node, std::string_view name, std::string_view why) {
    const auto* member = node.find(name);
    if (member == nullptr || member->is_null()) throw DataException(std::string(why));
    return *member;
}

/// None if absent or of another kind: Java passes those over.
const json::Node* optional_member(const json::Node& node, std::string_view name, json::Node::Kind kind) {
    const auto* member = node.find(name);
    return member == nullptr || member->kind() != kind ? nullptr : member;
}

std::vector<Field> parse_fields(const json::Node& node, const JsonOptions& options) {
    const auto* list = node.find("fields");
    if (list == nullptr || !list->is_array()) {
        throw DataException("Struct schema's \"fields\" argument is not an array.");
    }
    std::vector<Field> fields;
    for (const auto& part : list->elements()) {
        const auto* name = part.find("field");
        if (name == nullptr || !name->is_string()) {
            throw DataException("Struct schema's field name not specified properly");
        }
        if (name->text().empty()) throw SchemaBuilderException("fieldName cannot be null.");
        if (std::ranges::find(fields, name->text(), &Field::name) != fields.end()) {
            throw SchemaBuilderException(
                fmt::format("Cannot create field because of field name duplication {}", name->text()));
        }
        fields.push_back({.name = std::string(name->text()), .schema = parse_json_schema(part, options)});
    }
    return fields;
}

void parse_attributes(const json::Node& node, SchemaParts& parts) {
    using Kind = json::Node::Kind;
    const auto* optional = node.find("optional");
    parts.optional = optional != nullptr && optional->as_boolean();
    if (const auto* name = optional_member(node, "name", Kind::String)) parts.name = name->text();
    const auto* version = node.find("version");
    if (const auto whole = version != nullptr ? version->as_wrapped_integer() : std::nullopt) {
        parts.version = static_cast<std::int32_t>(*whole);
    }
    if (const auto* doc = optional_member(node, "doc", Kind::String)) parts.doc = doc->text();
    const auto* parameters = optional_member(node, "parameters", Kind::Object);
    if (parameters == nullptr) return;
    for (const auto& [name, value] : parameters->members()) {
        if (!value.is_string()) throw DataException("Schema parameters must have string values.");
        parts.parameters.emplace_back(name, value.text());
    }
}

}

std::string_view json_type_name(Type type) noexcept { return json_names[static_cast<std::size_t>(type)]; }

std::string_view to_string(Value::Kind kind) noexcept {
    switch (kind) {
    case Value::Kind::Null:
        return "NULL";
    case Value::Kind::Boolean:
        return "BOOLEAN";
    case Value::Kind::Int8:
        return "INT8";
    case Value::Kind::Int16:
        return "INT16";
    case Value::Kind::Int32:
        return "INT32";
    case Value::Kind::Int64:
        return "INT64";
    case Value::Kind::Float32:
        return "FLOAT32";
    case Value::Kind::Float64:
        return "FLOAT64";
    case Value::Kind::String:
        return "STRING";
    case Value::Kind::Bytes:
        return "BYTES";
    case Value::Kind::Array:
        return "ARRAY";
    case Value::Kind::Map:
        return "MAP";
    case Value::Kind::Struct:
        return "STRUCT";
    }
    return "";
}

Value::Kind kind_of(Type type) noexcept {
    switch (type) {
    case Type::Int8:
        return Value::Kind::Int8;
    case Type::Int16:
        return Value::Kind::Int16;
    case Type::Int32:
        return Value::Kind::Int32;
    case Type::Int64:
        return Value::Kind::Int64;
    case Type::Float32:
        return Value::Kind::Float32;
    case Type::Float64:
        return Value::Kind::Float64;
    case Type::Boolean:
        return Value::Kind::Boolean;
    case Type::String:
        return Value::Kind::String;
    case Type::Bytes:
        return Value::Kind::Bytes;
    case Type::Array:
        return Value::Kind::Array;
    case Type::Map:
        return Value::Kind::Map;
    case Type::Struct:
        return Value::Kind::Struct;
    }
    return Value::Kind::Null;
}

void append_json_schema(std::string& out, const Schema& schema, const JsonOptions& options) {
    append_schema(out, schema, nullptr, options);
}

SchemaPtr parse_json_schema(const json::Node& node, const JsonOptions& options) {
    if (node.is_null()) return nullptr;
    const auto* type = optional_member(node, "type", json::Node::Kind::String);
    if (type == nullptr) throw DataException("Schema must contain 'type' field");
    const auto found = std::ranges::find(json_names, type->text());
    if (found == json_names.end()) throw DataException(fmt::format("Unknown schema type: {}", type->text()));
    SchemaParts parts{.type = static_cast<Type>(found - json_names.begin())};
    if (parts.type == Type::Array) {
        parts.value =
            parse_json_schema(required_member(node, "items", "Array schema did not specify the element type"), options);
    } else if (parts.type == Type::Map) {
        parts.key =
            parse_json_schema(required_member(node, "keys", "Map schema did not specify the key type"), options);
        parts.value =
            parse_json_schema(required_member(node, "values", "Map schema did not specify the value type"), options);
    } else if (parts.type == Type::Struct) {
        parts.fields = parse_fields(node, options);
    }
    parse_attributes(node, parts);
    const auto* default_value = node.find("default");
    if (default_value == nullptr) return make_schema(std::move(parts));
    Arena arena(64);
    parts.default_value = from_json(make_schema(parts), default_value, options, arena);
    // A number for a text, say, is read as nothing.
    if (parts.default_value.is_null() && !default_value->is_null())
        throw SchemaBuilderException("Invalid default value");
    return make_schema(std::move(parts));
}

}
