/// Connect schemas that several tests of this folder use.
#pragma once
#include "connectors/api/schema.hpp"
#include "connectors/avro/avro_schema.hpp"
#include "connectors/avro/connect_to_avro.hpp"

namespace millrace::avro {

inline SchemaPtr of(Type type, bool optional = false) { return make_schema({.type = type, .optional = optional}); }
inline SchemaPtr named(Type type, std::string name, std::optional<std::int32_t> version = 1) {
    return make_schema({.type = type, .name = std::move(name), .version = version});
}
inline SchemaPtr optional(const SchemaPtr& schema) {
    auto parts = schema->parts();
    parts.optional = true;
    return make_schema(std::move(parts));
}
inline SchemaPtr with_default(const SchemaPtr& schema, const Value& value) {
    auto parts = schema->parts();
    parts.default_value = value;
    return make_schema(std::move(parts));
}
inline SchemaPtr array_of(const SchemaPtr& element) { return make_schema({.type = Type::Array, .value = element}); }
inline SchemaPtr map_of(const SchemaPtr& key, const SchemaPtr& value, std::string name = "") {
    return make_schema({.type = Type::Map, .name = std::move(name), .key = key, .value = value});
}
inline SchemaPtr record(std::string name, std::vector<Field> fields) {
    return make_schema({.type = Type::Struct, .name = std::move(name), .fields = std::move(fields)});
}
inline SchemaPtr decimal(std::string scale, std::string precision = "") {
    SchemaParts parts{.type = Type::Bytes,
                      .name = "org.apache.kafka.connect.data.Decimal",
                      .version = 1,
                      .parameters = {{"scale", std::move(scale)}}};
    if (!precision.empty()) parts.parameters.emplace_back("connect.decimal.precision", std::move(precision));
    return make_schema(std::move(parts));
}
inline std::string avro_text(const SchemaPtr& schema, const AvroOptions& options = {}) {
    std::string text;
    append_avro_schema(text, to_avro(schema, options)->root());
    return text;
}

/// Debezium's envelope of a table customers(id, name, balance, created, active).
SchemaPtr customers_envelope();

}
