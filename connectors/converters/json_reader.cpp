#include "connectors/api/errors.hpp"
#include "connectors/converters/json_schema.hpp"
#include "connectors/support/caused.hpp"
#include "connectors/support/decimal.hpp"
#include "connectors/support/json_values.hpp"
#include "connectors/support/logical_type.hpp"
#include "connectors/support/text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace millrace::converters {

namespace {

/// Where in the value something is wrong.
struct ReadException : DataException {
    using DataException::DataException;
    std::string path = {};  ///< a.b; empty: the value itself
};

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

/// As Java narrows: the whole part's lowest bits. What is no number is 0.
template <class Word>
Word narrowed(const json::Node& node) {
    if (const auto whole = node.as_wrapped_integer()) return static_cast<Word>(*whole);
    const auto number = node.is_number() ? parse_decimal(node.text()) : std::nullopt;
    return number ? static_cast<Word>(decimal_low_bits(number->unscaled, number->scale)) : Word{0};
}

/// NaN and the infinities are strings in JSON.
double real(const json::Node& node) noexcept {
    if (!node.is_string()) return node.as_double();
    if (node.text() == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (node.text() == "Infinity") return std::numeric_limits<double>::infinity();
    if (node.text() == "-Infinity") return -std::numeric_limits<double>::infinity();
    return 0;
}

Value bytes(const json::Node& node, const char* complaint, Arena& arena) {
    if (!node.is_string()) return {};
    const auto decoded = node.text().size() % 4 == 0 ? from_base64(node.text()) : std::nullopt;
    if (!decoded) throw ReadException(complaint);
    return Value::bytes(arena.copy(*decoded));
}

Value decimal(const Schema& schema, const json::Node& node, Arena& arena) {
    if (node.is_string()) {
        constexpr const char* complaint = "Invalid bytes for Decimal field";
        if (node.text().empty()) throw ReadException(complaint);
        return bytes(node, complaint, arena);
    }
    if (!node.is_number()) {
        throw ReadException(
            fmt::format("Invalid type for Decimal, underlying representation should be numeric or bytes but was {}",
                        kind_name(node)));
    }
    const auto scale = decimal_scale(schema);
    const auto unscaled = decimal_bytes(node.text(), scale);
    if (!unscaled) {
        throw ReadException(fmt::format(
            "Decimal value has mismatching scale for given Decimal schema. Schema has scale {}, value has scale {}.",
            scale, decimal_places(node.text()).value_or(0)));
    }
    return Value::bytes(arena.copy(*unscaled));
}

Value read(const SchemaPtr& schema, const json::Node* node, const JsonOptions& options, Arena& arena);

Value map(const Schema& schema, const json::Node& node, const JsonOptions& options, Arena& arena) {
    if (schema.key_schema()->type() == Type::String) {
        if (!node.is_object()) {
            throw ReadException(fmt::format("Maps with string fields should be encoded as JSON objects, but found {}",
                                            kind_name(node)));
        }
        auto* entries = arena.make_array<MapEntry>(node.members().size());
        std::size_t count = 0;
        for (const auto& [name, value] : node.members()) {
            if (node.find(name) != &value) continue;  // a later member of this name counts
            entries[count++] = {Value::string(name), read(schema.value_schema(), &value, options, arena)};
        }
        return Value::map({entries, count});
    }
    if (!node.is_array()) {
        throw ReadException(fmt::format(
            "Maps with non-string fields should be encoded as JSON array of tuples, but found {}", kind_name(node)));
    }
    auto* entries = arena.make_array<MapEntry>(node.elements().size());
    std::size_t count = 0;
    for (const auto& pair : node.elements()) {
        if (!pair.is_array()) {
            throw ReadException(fmt::format("Found invalid map entry instead of array tuple: {}", kind_name(pair)));
        }
        if (pair.elements().size() != 2) {
            throw ReadException(
                fmt::format("Found invalid map entry, expected length 2 but found :{}", pair.elements().size()));
        }
        entries[count++] = {read(schema.key_schema(), &pair.elements()[0], options, arena),
                            read(schema.value_schema(), &pair.elements()[1], options, arena)};
    }
    return Value::map({entries, count});
}

Value structure(const Schema& schema, const json::Node& node, const JsonOptions& options, Arena& arena) {
    if (!node.is_object()) {
        throw ReadException(fmt::format("Structs should be encoded as JSON objects, but found {}", kind_name(node)));
    }
    const auto fields = schema.fields();
    auto* values = arena.make_array<Value>(fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) {
        try {
            values[i] = read(fields[i].schema, node.find(fields[i].name), options, arena);
        } catch (ReadException& e) {
            e.path = e.path.empty() ? fields[i].name : fmt::format("{}.{}", fields[i].name, e.path);
            throw;
        }
    }
    return Value::structure({values, fields.size()});
}

/// Date, Time and Timestamp must be whole numbers, where plain integers are read leniently.
void require_integer(const SchemaPtr& schema, const json::Node& node) {
    const auto logical = logical_of(schema);
    if (logical == Logical::None || logical == Logical::Decimal) return;
    const auto number = node.as_integer();
    const bool fits = number && *number == static_cast<std::int32_t>(*number);
    if (logical == Logical::Timestamp ? !node.is_integer() : !fits) {
        throw ReadException(fmt::format("Invalid type for {}, underlying representation should be {} but was {}",
                                        std::string_view(schema->name()).substr(schema->name().rfind('.') + 1),
                                        logical == Logical::Timestamp ? "integral" : "integer", kind_name(node)));
    }
    if (logical == Logical::Time && (*number < 0 || *number > day_ms)) {
        throw ReadException("Time values must use number of milliseconds greater than 0 and less than 86400000");
    }
}

Value array(const Schema& schema, const json::Node& node, const JsonOptions& options, Arena& arena) {
    const auto size = node.is_array() ? node.elements().size() : 0;
    auto* to = arena.make_array<Value>(size);
    for (std::size_t i = 0; i < size; ++i) to[i] = read(schema.value_schema(), &node.elements()[i], options, arena);
    return Value::array({to, size});
}

Value read(const SchemaPtr& schema, const json::Node* node, const JsonOptions& options, Arena& arena) {
    if (!schema) return node == nullptr ? Value() : to_value(*node, arena);
    if (node == nullptr || node->is_null()) {
        if (options.replace_null_with_default && !schema->default_value().is_null()) return schema->default_value();
        if (schema->optional()) return {};
        throw ReadException(fmt::format("Invalid null value for required {} field", type_name(schema->type())));
    }
    require_integer(schema, *node);
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
        return Value::boolean(node->as_boolean());
    case Type::String:
        return node->is_string() ? Value::string(node->text()) : Value();
    case Type::Bytes:
        return schema->name() == decimal_schema_name ? decimal(*schema, *node, arena)
                                                     : bytes(*node, "Invalid bytes field", arena);
    case Type::Array:
        return array(*schema, *node, options, arena);
    case Type::Map:
        return map(*schema, *node, options, arena);
    case Type::Struct:
        return structure(*schema, *node, options, arena);
    }
    return {};
}

}

Value from_json(const SchemaPtr& schema, const json::Node* node, const JsonOptions& options, Arena& arena) {
    try {
        return read(schema, node, options, arena);
    } catch (const ReadException& e) {
        if (e.path.empty()) throw DataException(e.what());
        throw_caused(e.what(), fmt::format("It is the field {}", e.path));
    }
}

}
