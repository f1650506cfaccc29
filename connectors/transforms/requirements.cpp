#include "connectors/transforms/requirements.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/support/logical_type.hpp"

#include <fmt/format.h>

#include <array>

namespace millrace::transforms {

std::string_view java_class_of(const SchemaPtr& schema, const Value& value) noexcept {
    const auto logical = logical_of(schema);
    if (!value.is_null() && logical == Logical::Decimal) return "java.math.BigDecimal";
    if (!value.is_null() && logical != Logical::None) return "java.util.Date";
    switch (value.kind()) {
    case Value::Kind::Null:
        return "null";
    case Value::Kind::Boolean:
        return "java.lang.Boolean";
    case Value::Kind::Int8:
        return "java.lang.Byte";
    case Value::Kind::Int16:
        return "java.lang.Short";
    case Value::Kind::Int32:
        return "java.lang.Integer";
    case Value::Kind::Int64:
        return "java.lang.Long";
    case Value::Kind::Float32:
        return "java.lang.Float";
    case Value::Kind::Float64:
        return "java.lang.Double";
    case Value::Kind::String:
        return "java.lang.String";
    case Value::Kind::Bytes:
        return "[B";
    case Value::Kind::Array:
        return "java.util.ArrayList";
    case Value::Kind::Map:
        return "java.util.HashMap";
    case Value::Kind::Struct:
        return "org.apache.kafka.connect.data.Struct";
    }
    return "";
}

std::span<const Value> require_struct(const SchemaPtr& schema, const Value& value, std::string_view purpose) {
    if (value.kind() != Value::Kind::Struct) {
        throw DataException(
            fmt::format("Only Struct objects supported for [{}], found: {}", purpose, java_class_of(schema, value)));
    }
    return value.as_values();
}

std::span<const MapEntry> require_map(const Value& value, std::string_view purpose) {
    if (value.kind() != Value::Kind::Map) {
        throw DataException(fmt::format("Only Map objects supported in absence of schema for [{}], found: {}", purpose,
                                        java_class_of(nullptr, value)));
    }
    return value.as_entries();
}

void require_present(const Field& field, const Value& value) {
    if (!value.is_null() || field.schema->optional()) return;
    throw DataException(fmt::format("Invalid value: null used for required field: \"{}\", schema type: {}", field.name,
                                    type_name(field.schema->type())));
}

void require_type(const Field& field, const SchemaPtr& schema, const Value& value) {
    if (value.is_null() || field.schema->type() == schema->type()) return;
    const auto& name = field.schema->name();
    throw DataException(fmt::format("Invalid Java object for schema {}with type {}: class {} for field: \"{}\"",
                                    name.empty() ? name : fmt::format("\"{}\" ", name), type_name(field.schema->type()),
                                    java_class_of(schema, value), field.name));
}

std::string_view type_name(Type type) noexcept {
    static constexpr std::array names{"INT8",    "INT16",  "INT32", "INT64", "FLOAT32", "FLOAT64",
                                      "BOOLEAN", "STRING", "BYTES", "ARRAY", "MAP",     "STRUCT"};
    return names[static_cast<std::size_t>(type)];
}

std::string schema_text(const Schema& schema) {
    if (schema.name().empty()) return fmt::format("Schema{{{}}}", type_name(schema.type()));
    return fmt::format("Schema{{{}:{}}}", schema.name(), type_name(schema.type()));
}

}
