#include "tests/unit/connectors/avro/random_data.hpp"

#include <fmt/core.h>

namespace millrace::avro {

namespace {

constexpr int most_levels = 4;
constexpr Type scalars[] = {Type::Int8,    Type::Int16,   Type::Int32,  Type::Int64, Type::Float32,
                            Type::Float64, Type::Boolean, Type::String, Type::Bytes};

}

SchemaPtr RandomData::any_schema(int level) {
    auto made = any_field(level);
    auto parts = made->parts();
    parts.default_value = {};  // which is a field's, not an element's
    return make_schema(std::move(parts));
}

SchemaPtr RandomData::any_field(int level) {
    if (level >= most_levels || !one_in(3)) return schema(level, scalars[below(std::size(scalars))]);
    constexpr Type nested[] = {Type::Array, Type::Map, Type::Struct};
    return schema(level, nested[below(std::size(nested))]);
}

void RandomData::name(SchemaParts& parts) {
    if (parts.type == Type::Struct || parts.type == Type::Map) {
        parts.name = new_name();
    } else if (one_in(5)) {
        parts.name = "io.debezium.time.Something";
    }
    if (parts.type == Type::Bytes && one_in(3)) {
        parts.name = "org.apache.kafka.connect.data.Decimal";
        parts.version = 1;
        parts.parameters = {{"scale", std::to_string(below(8))}};
        if (one_in(2)) parts.parameters.emplace_back("connect.decimal.precision", "12");
    }
    if (one_in(6) && !parts.version) parts.version = static_cast<std::int32_t>(below(9) + 1);
    if (one_in(8)) parts.doc = text();
    if (one_in(8)) parts.parameters.emplace_back("p", text());
}

SchemaPtr RandomData::schema(int level, Type type) {
    SchemaParts parts{.type = type, .optional = level > 0 && one_in(2)};
    name(parts);
    if (type == Type::Array || type == Type::Map) parts.value = any_schema(level + 1);
    if (type == Type::Map) {
        constexpr Type keys[] = {Type::String, Type::String, Type::Int32, Type::Int64};
        parts.key = make_schema({.type = keys[below(std::size(keys))]});
        if (parts.key->type() == Type::String) parts.name.clear();
    }
    if (type == Type::Struct) {
        const auto fields = below(8);
        for (std::size_t i = 0; i < fields; ++i)
            parts.fields.push_back({.name = fmt::format("f{}", i), .schema = any_field(level + 1)});
    }
    const bool scalar_type = type != Type::Array && type != Type::Map && type != Type::Struct;
    if (!scalar_type || !one_in(5)) return make_schema(std::move(parts));
    Arena arena(64);
    parts.default_value = scalar(type, arena);
    return make_schema(std::move(parts));
}

Value RandomData::value(const Schema& schema, Arena& arena) {
    if (schema.optional() && one_in(3)) return {};
    const auto count = below(one_in(10) ? 30 : 4);
    switch (schema.type()) {
    case Type::Array: {
        auto* values = arena.make_array<Value>(count);
        for (std::size_t i = 0; i < count; ++i) values[i] = value(*schema.value_schema(), arena);
        return Value::array({values, count});
    }
    case Type::Map: {
        auto* entries = arena.make_array<MapEntry>(count);
        for (std::size_t i = 0; i < count; ++i) {
            entries[i].key = key(schema.key_schema()->type(), i, arena);
            entries[i].value = value(*schema.value_schema(), arena);
        }
        return Value::map({entries, count});
    }
    case Type::Struct: {
        auto* values = arena.make_array<Value>(schema.fields().size());
        for (std::size_t i = 0; i < schema.fields().size(); ++i) values[i] = value(*schema.fields()[i].schema, arena);
        return Value::structure({values, schema.fields().size()});
    }
    default:
        return scalar(schema.type(), arena);
    }
}

}
