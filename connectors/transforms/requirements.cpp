#include "connectors/transforms/requirements.hpp"

#include "connectors/api/errors.hpp"

#include <fmt/format.h>

namespace millrace::transforms {

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

void require_type(const Field& field, const SchemaPtr& schema, const Value& value) {
    if (value.is_null()) return;
    if (field.schema->type() == schema->type()) {
        if (schema->type() != Type::Struct || equal(field.schema, schema)) return;
        throw DataException("Struct schemas do not match.");
    }
    const auto& name = field.schema->name();
    throw DataException(fmt::format("Invalid Java object for schema {}with type {}: class {} for field: \"{}\"",
                                    name.empty() ? name : fmt::format("\"{}\" ", name), type_name(field.schema->type()),
                                    java_class_of(schema, value), field.name));
}

std::string schema_text(const Schema& schema) {
    if (schema.name().empty()) return fmt::format("Schema{{{}}}", type_name(schema.type()));
    return fmt::format("Schema{{{}:{}}}", schema.name(), type_name(schema.type()));
}

}
