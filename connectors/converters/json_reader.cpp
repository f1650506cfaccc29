#include "connectors/api/errors.hpp"
#include "connectors/converters/json_schema.hpp"
#include "connectors/support/decimal.hpp"
#include "connectors/support/json_values.hpp"
#include "connectors/support/text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace millrace::converters {

namespace {

std::string_view kind_name(const json::Node& node) noexcept {
    switch (node.kind()) {
    case json::Node::Kind::Null:
        return "NULL";
    case json::Node::Kind::Boolean:
        return "BOOLEAN";
    case json::Node::Kind::Number:
        return "NUMBER";
    case json::Node::Kind::String:
        return "STRING";
    case json::Node::Kind::Array:
        return "ARRAY";
    case json::Node::Kind::Object:
        return "OBJECT";
    }
    return "";
}

/// As Java narrows: whole numbers keep their lowest bits, fractions the nearest limit of `Word`; what is no number is
/// 0.
template <class Word>
Word narrowed(const json::Node& node) noexcept {
    if (node.is_integer()) return static_cast<Word>(node.as_wrapped_integer());
    const double value = node.as_double();
    if (value >= static_cast<double>(std::numeric_limits<Word>::max())) return std::numeric_limits<Word>::max();
    if (value <= static_cast<double>(std::numeric_limits<Word>::min())) return std::numeric_limits<Word>::min();
    return static_cast<Word>(value);
}

/// NaN and the infinities are strings in JSON.
double real(const json::Node& node) noexcept {
    if (!node.is_string()) return node.as_double();
    if (node.text() == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (node.text() == "Infinity") return std::numeric_limits<double>::infinity();
    if (node.text() == "-Infinity") return -std::numeric_limits<double>::infinity();
    return 0;
}

Value bytes(const json::Node& node, Arena& arena) {
    if (!node.is_string()) return {};
    const auto decoded = from_base64(node.text());
    if (!decoded) throw DataException("Invalid bytes field: not base64");
    return Value::bytes(arena.copy(*decoded));
}

Value decimal(const Schema& schema, const json::Node& node, Arena& arena) {
    if (node.is_string()) return bytes(node, arena);
    if (!node.is_number()) {
        throw DataException(
            fmt::format("Invalid type for Decimal, underlying representation should be numeric or bytes but was {}",
                        kind_name(node)));
    }
    const auto scale = decimal_scale(schema);
    const auto unscaled = decimal_bytes(node.text(), scale);
    if (!unscaled) {
        throw DataException(fmt::format("The decimal {} has more digits than the scale {} of its schema allows",
                                        node.text().substr(0, 100), scale));
    }
    return Value::bytes(arena.copy(*unscaled));
}

Value map(const Schema& schema, const json::Node& node, const JsonOptions& options, Arena& arena) {
    if (schema.key_schema()->type() == Type::String) {
        if (!node.is_object()) {
            throw DataException(fmt::format("Maps with string fields should be encoded as JSON objects, but found {}",
                                            kind_name(node)));
        }
        auto* entries = arena.make_array<MapEntry>(node.members().size());
        std::size_t count = 0;
        for (const auto& [name, value] : node.members()) {
            if (node.find(name) != &value) continue;  // a later member of this name counts
            entries[count++] = {Value::string(name), from_json(schema.value_schema(), &value, options, arena)};
        }
        return Value::map({entries, count});
    }
    if (!node.is_array()) {
        throw DataException(fmt::format(
            "Maps with non-string fields should be encoded as JSON array of tuples, but found {}", kind_name(node)));
    }
    auto* entries = arena.make_array<MapEntry>(node.elements().size());
    std::size_t count = 0;
    for (const auto& pair : node.elements()) {
        if (!pair.is_array() || pair.elements().size() != 2) {
            throw DataException("Found invalid map entry instead of an array of key and value");
        }
        entries[count++] = {from_json(schema.key_schema(), &pair.elements()[0], options, arena),
                            from_json(schema.value_schema(), &pair.elements()[1], options, arena)};
    }
    return Value::map({entries, count});
}

Value structure(const Schema& schema, const json::Node& node, const JsonOptions& options, Arena& arena) {
    if (!node.is_object()) {
        throw DataException(fmt::format("Structs should be encoded as JSON objects, but found {}", kind_name(node)));
    }
    const auto fields = schema.fields();
    auto* values = arena.make_array<Value>(fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) {
        try {
            values[i] = from_json(fields[i].schema, node.find(fields[i].name), options, arena);
        } catch (const DataException& e) {
            throw DataException(fmt::format("{} (field {})", e.what(), fields[i].name));
        }
    }
    return Value::structure({values, fields.size()});
}

/// Date, Time and Timestamp must be whole numbers, where plain integers are read leniently.
void require_integer(const Schema& schema, const json::Node& node) {
    constexpr std::string_view package = "org.apache.kafka.connect.data.";
    if (!std::string_view(schema.name()).starts_with(package) || node.is_integer()) return;
    const auto name = std::string_view(schema.name()).substr(package.size());
    if (name == "Date" || name == "Time" || name == "Timestamp") {
        throw DataException(fmt::format("Invalid type for {}, underlying representation should be integer but was {}",
                                        name, kind_name(node)));
    }
}

}

Value from_json(const SchemaPtr& schema, const json::Node* node, const JsonOptions& options, Arena& arena) {
    if (!schema) return node == nullptr ? Value() : to_value(*node, arena);
    if (node == nullptr || node->is_null()) {
        if (options.replace_null_with_default && !schema->default_value().is_null()) return schema->default_value();
        if (schema->optional()) return {};
        throw DataException(fmt::format("Invalid null value for required {} field", to_string(schema->type())));
    }
    require_integer(*schema, *node);
    switch (schema->type()) {
    case Type::Int8:
        return Value::int8(static_cast<std::int8_t>(narrowed<std::int32_t>(*node)));
    case Type::Int16:
        return Value::int16(static_cast<std::int16_t>(narrowed<std::int32_t>(*node)));
    case Type::Int32:
        return Value::int32(narrowed<std::int32_t>(*node));
    case Type::Int64:
        return Value::int64(narrowed<std::int64_t>(*node));
    case Type::Float32:
        return Value::float32(static_cast<float>(real(*node)));
    case Type::Float64:
        return Value::float64(real(*node));
    case Type::Boolean:
        return Value::boolean(node->kind() == json::Node::Kind::Boolean && node->as_boolean());
    case Type::String:
        return node->is_string() ? Value::string(node->text()) : Value();
    case Type::Bytes:
        return schema->name() == decimal_schema_name ? decimal(*schema, *node, arena) : bytes(*node, arena);
    case Type::Array: {
        const auto from = node->is_array() ? node->elements() : std::span<const json::Node>{};
        auto* to = arena.make_array<Value>(from.size());
        for (std::size_t i = 0; i < from.size(); ++i)
            to[i] = from_json(schema->value_schema(), &from[i], options, arena);
        return Value::array({to, from.size()});
    }
    case Type::Map:
        return map(*schema, *node, options, arena);
    case Type::Struct:
        return structure(*schema, *node, options, arena);
    }
    return {};
}

}
