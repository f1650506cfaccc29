#include "connectors/transforms/debezium/json_structure.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/support/java_number.hpp"
#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace millrace::transforms {

namespace {

using Kind = json::Node::Kind;

SchemaPtr optional_schema(Type type) { return make_schema({.type = type, .optional = true}); }

Type number_type(const json::Node& node) {
    if (!node.is_integer()) return Type::Float64;
    const auto value = node.as_integer();
    if (!value) throw DataException(fmt::format("The number {} does not fit in 64 bits", node.text()));
    const bool small =
        *value >= std::numeric_limits<std::int32_t>::min() && *value <= std::numeric_limits<std::int32_t>::max();
    return small ? Type::Int32 : Type::Int64;
}

/// All fields of both; of two that differ, the left one, unless only the right one knows a type.
SchemaPtr merged(const SchemaPtr& left, const SchemaPtr& right) {
    auto parts = basics_of(*left, Type::Struct);
    parts.fields.assign(left->fields().begin(), left->fields().end());
    for (const auto& field : right->fields()) {
        const auto place = left->index_of(field.name);
        if (!place) {
            parts.fields.push_back(field);
        } else if (parts.fields[*place].schema->type() == Type::Bytes) {
            parts.fields[*place] = field;
        }
    }
    return make_schema(std::move(parts));
}

std::string_view java_class_of(const json::Node& node) {
    switch (node.kind()) {
    case Kind::Boolean:
        return "java.lang.Boolean";
    case Kind::Number: {
        const auto type = number_type(node);
        return type == Type::Float64 ? "java.lang.Double"
               : type == Type::Int64 ? "java.lang.Long"
                                     : "java.lang.Integer";
    }
    case Kind::String:
        return "java.lang.String";
    case Kind::Array:
        return "java.util.ArrayList";
    default:
        return "org.apache.kafka.connect.data.Struct";
    }
}

/// As Jackson's asText() gives it.
std::string plain_text(const json::Node& node) {
    if (node.kind() == Kind::Boolean) return node.as_boolean() ? "true" : "false";
    std::string text;
    if (node.is_number() && !node.is_integer()) {
        append_java_double(text, node.as_double());
    } else if (node.is_string() || node.is_number()) {
        text = node.text();
    }
    return text;
}

std::string_view kind_name(const json::Node& node) noexcept {
    constexpr std::array<std::string_view, 6> names{"NULL", "BOOLEAN", "NUMBER", "STRING", "ARRAY", "OBJECT"};
    return names[static_cast<std::size_t>(node.kind())];
}

/// A value within the field `name`.
Value value_of(const json::Node& node, const Schema& schema, std::string_view name, Arena& arena);

Value struct_of(const json::Node& node, const Schema& schema, Arena& arena) {
    auto* values = arena.make_array<Value>(schema.fields().size());
    for (std::size_t i = 0; i < schema.fields().size(); ++i) {
        const auto& field = schema.fields()[i];
        if (const auto* member = node.find(field.name)) {
            values[i] = value_of(*member, *field.schema, field.name, arena);
        }
    }
    return Value::structure({values, schema.fields().size()});
}

Value array_of(const json::Node& node, const Schema& schema, std::string_view name, Arena& arena) {
    const auto elements = node.elements();
    auto* values = arena.make_array<Value>(elements.size());
    for (std::size_t i = 0; i < elements.size(); ++i) {
        values[i] = value_of(elements[i], *schema.value_schema(), name, arena);
    }
    return Value::array({values, elements.size()});
}

Value number_of(const json::Node& node, Type type) {
    if (type == Type::Float64) return Value::float64(node.as_double());
    const auto value = node.as_integer().value_or(0);
    return type == Type::Int32 ? Value::int32(static_cast<std::int32_t>(value)) : Value::int64(value);
}

/// Objects in one array may have values of different types under one name.
Value value_of(const json::Node& node, const Schema& schema, std::string_view name, Arena& arena) {
    const auto require = [&](Type found) {
        if (found == schema.type()) return;
        throw DataException(fmt::format("Invalid Java object for schema with type {}: class {} for field: \"{}\"",
                                        type_name(schema.type()), java_class_of(node), name));
    };
    switch (node.kind()) {
    case Kind::Null:
        return {};
    case Kind::Boolean:
        require(Type::Boolean);
        return Value::boolean(node.as_boolean());
    case Kind::Number:
        require(number_type(node));
        return number_of(node, schema.type());
    case Kind::String:
        require(Type::String);
        return Value::string(arena.copy(node.text()));
    case Kind::Array:
        require(Type::Array);
        return array_of(node, schema, name, arena);
    case Kind::Object:
        require(Type::Struct);
        return struct_of(node, schema, arena);
    }
    return {};
}

/// All elements of an array must be of the first one's kind, nulls apart.
void require_same_kind(const json::Node& first, const json::Node& other) {
    if (first.kind() != other.kind()) {
        throw DataException(
            fmt::format("Field is not a homogenous array ({} x {}).", plain_text(first), kind_name(other)));
    }
    if (!first.is_number() || number_type(first) == number_type(other)) return;
    throw DataException(fmt::format(
        "Field is not a homogenous array ({} x {}), different number types (Schema{{{}}} x Schema{{{}}})",
        plain_text(first), plain_text(other), type_name(number_type(first)), type_name(number_type(other))));
}

}

/// Null if there is nothing to be told about the node: it is left out.
SchemaPtr JsonStructure::schema_of(std::string_view name, const json::Node& node) const {
    switch (node.kind()) {
    case Kind::Null:
        return options_.keep_nulls ? optional_schema(Type::Bytes) : nullptr;
    case Kind::Boolean:
        return optional_schema(Type::Boolean);
    case Kind::Number:
        return optional_schema(number_type(node));
    case Kind::String:
        return optional_schema(Type::String);
    case Kind::Array:
        if (node.elements().empty()) {
            if (!options_.keep_empty_arrays) return nullptr;
            return make_schema({.type = Type::Array, .optional = true, .value = optional_schema(Type::String)});
        }
        return make_schema({.type = Type::Array, .optional = true, .value = element_schema_of(name, node)});
    case Kind::Object:
        break;
    }
    SchemaParts parts{.type = Type::Struct, .optional = true, .name = std::string(name)};
    for (const auto& member : node.members()) {
        const auto known_already =
            std::ranges::find(parts.fields, member.name, [](const Field& f) -> std::string_view { return f.name; });
        if (known_already != parts.fields.end()) continue;
        const auto full_name = name.empty() ? std::string(member.name) : fmt::format("{}.{}", name, member.name);
        if (auto schema = schema_of(full_name, member.value)) {
            add_field(parts, std::string(member.name), std::move(schema));
        }
    }
    return make_schema(std::move(parts));
}

SchemaPtr JsonStructure::element_schema_of(std::string_view name, const json::Node& array) const {
    const json::Node* sample = nullptr;
    for (const auto& element : array.elements()) {
        if (element.is_null()) continue;
        if (!sample) sample = &element;
        require_same_kind(*sample, element);
    }
    if (!sample) sample = &array.elements().front();
    if (!sample->is_object()) {
        auto schema = schema_of("", *sample);
        if (!schema) throw DataException("Array '' has unrecognized member schema.");
        return schema;
    }
    SchemaPtr schema;
    for (const auto& element : array.elements()) {
        if (!element.is_object()) continue;
        auto found = schema_of(name, element);
        if (!schema) {
            schema = std::move(found);
        } else if (!equal(schema, found)) {
            schema = merged(schema, found);
        }
    }
    return schema;
}

SchemaPtr JsonStructure::known(SchemaPtr schema) {
    const auto found = std::ranges::find_if(known_, [&](const SchemaPtr& s) { return equal(s, schema); });
    if (found != known_.end()) return *found;
    if (known_.size() < most_schemas) {
        known_.push_back(schema);
    } else {
        known_[next_] = schema;
        next_ = (next_ + 1) % most_schemas;
    }
    return schema;
}

SchemaAndValue JsonStructure::parse(std::string_view name, std::string_view json, Arena& arena) {
    const json::Document document(json);
    if (!document.root().is_object()) throw DataException("The JSON text is no object");
    auto schema = known(schema_of(name, document.root()));
    const auto value = struct_of(document.root(), *schema, arena);
    return {std::move(schema), value};
}

}
