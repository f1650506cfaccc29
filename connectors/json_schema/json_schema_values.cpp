#include "connectors/json_schema/json_schema_values.hpp"

#include "connectors/api/errors.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::json_schema {

namespace {

bool is_simple_match(const Schema& schema, const json::Node& node) {
    switch (schema.type()) {
    case Type::Int8:
    case Type::Int16:
    case Type::Int32:
    case Type::Int64:
        return node.is_integer();
    case Type::Float32:
    case Type::Float64:
        return node.is_number();
    case Type::Boolean:
        return node.kind() == json::Node::Kind::Boolean;
    case Type::String:
    case Type::Bytes:
        return node.is_string();
    case Type::Array:
        return node.is_array();
    case Type::Map:
        return node.is_object() || node.is_array();
    case Type::Struct:
        return false;
    }
    return false;
}

/// How many of an object's members a Struct knows, deeply.
std::size_t known_members(const Schema& schema, const json::Node& node) {
    if (schema.type() != Type::Struct || !node.is_object()) return 0;
    std::size_t known = 0;
    for (const auto& field : schema.fields()) {
        if (const auto* member = node.find(field.name)) known += 1 + known_members(*field.schema, *member);
    }
    return known;
}

Value read_branch(const Schema& schema, const json::Node& node, const JsonSchemaOptions& options, Arena& arena) {
    const auto fields = schema.fields();
    auto found = fields.end();
    std::size_t most = 0;
    for (auto field = fields.begin(); field != fields.end(); ++field) {
        if (is_simple_match(*field->schema, node)) {
            found = field;
            break;
        }
        if (const auto known = known_members(*field->schema, node); known > most) {
            most = known;
            found = field;
        }
    }
    if (found == fields.end()) throw DataException("Did not find matching oneof field for data");
    auto* values = arena.make_array<Value>(fields.size());
    values[found - fields.begin()] = read_json(found->schema, &node, options, arena);
    return Value::structure({values, fields.size()});
}

Value read_map(const Schema& schema, const json::Node& node, const JsonSchemaOptions& options, Arena& arena) {
    const bool object = is_object_map(schema);
    if (object ? !node.is_object() : !node.is_array())
        throw DataException(object ? "Maps with string fields should be encoded as JSON objects"
                                   : "Maps with non-string fields should be encoded as JSON array of objects");
    const auto count = object ? node.members().size() : node.elements().size();
    auto* entries = arena.make_array<MapEntry>(count);
    for (std::size_t i = 0; i < count; ++i) {
        if (object) {
            entries[i].key = Value::string(node.members()[i].name);
            entries[i].value = read_json(schema.value_schema(), &node.members()[i].value, options, arena);
            continue;
        }
        const auto& entry = node.elements()[i];
        if (!entry.is_object() || entry.members().size() != 2)
            throw DataException("Found invalid map entry instead of an object with key and value");
        entries[i].key = read_json(schema.key_schema(), entry.find("key"), options, arena);
        entries[i].value = read_json(schema.value_schema(), entry.find("value"), options, arena);
    }
    return Value::map({entries, count});
}

Value read_struct(const Schema& schema, const json::Node& node, const JsonSchemaOptions& options, Arena& arena) {
    if (!node.is_object()) throw DataException("Structs should be encoded as JSON objects");
    const auto fields = schema.fields();
    auto* values = arena.make_array<Value>(fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) {
        try {
            values[i] = read_json(fields[i].schema, node.find(fields[i].name), options, arena);
        } catch (const DataException& e) {
            throw DataException(fmt::format("{} (field {})", e.what(), fields[i].name));
        }
    }
    return Value::structure({values, fields.size()});
}

}

Value read_json(const SchemaPtr& schema, const json::Node* node, const JsonSchemaOptions& options, Arena& arena) {
    if (node == nullptr || node->is_null()) {
        if (!schema->default_value().is_null()) return schema->default_value();
        if (node == nullptr || schema->optional()) return {};
        throw DataException(fmt::format("Invalid null value for required {} field", type_name(schema->type())));
    }
    switch (schema->type()) {
    case Type::Array: {
        if (!node->is_array()) throw DataException("Arrays should be encoded as JSON arrays");
        const auto from = node->elements();
        auto* values = arena.make_array<Value>(from.size());
        for (std::size_t i = 0; i < from.size(); ++i)
            values[i] = read_json(schema->value_schema(), &from[i], options, arena);
        return Value::array({values, from.size()});
    }
    case Type::Map:
        return read_map(*schema, *node, options, arena);
    case Type::Struct:
        return is_union(*schema) ? read_branch(*schema, *node, options, arena)
                                 : read_struct(*schema, *node, options, arena);
    default:
        return converters::from_json(schema, node, {.decimal_format = options.decimal_format}, arena);
    }
}

}
