#include "tests/unit/connectors/protobuf/random_messages.hpp"

#include "connectors/protobuf/protobuf_options.hpp"
#include "connectors/support/decimal.hpp"
#include "connectors/support/logical_type.hpp"

#include <fmt/core.h>

namespace millrace::protobuf {

namespace {

constexpr int most_levels = 3;
constexpr Type scalars[] = {Type::Int8,    Type::Int16,   Type::Int32,  Type::Int64, Type::Float32,
                            Type::Float64, Type::Boolean, Type::String, Type::Bytes};
constexpr Logical logicals[] = {Logical::Date, Logical::Time, Logical::Timestamp};

}

SchemaPtr RandomMessages::structure(int level) {
    SchemaParts parts{.type = Type::Struct, .optional = level > 0 && one_in(2)};
    if (!one_in(5)) parts.name = new_name();
    const auto fields = below(9);
    for (std::size_t i = 0; i < fields; ++i)
        parts.fields.push_back({.name = fmt::format("f{}", i), .schema = any(level + 1)});
    if (level == 0 && one_in(3)) parts.fields.push_back({.name = "u", .schema = union_of(level + 1)});
    return make_schema(std::move(parts));
}

SchemaPtr RandomMessages::union_of(int level) {
    SchemaParts parts{.type = Type::Struct, .optional = true, .name = fmt::format("{}.u", names::union_struct)};
    const auto branches = below(3) + 1;
    for (std::size_t i = 0; i < branches; ++i) {
        auto branch = element(level)->parts();
        branch.optional = true;
        branch.parameters.emplace_back(names::tag, std::to_string(100 + i));
        parts.fields.push_back({.name = fmt::format("b{}", i), .schema = make_schema(std::move(branch))});
    }
    return make_schema(std::move(parts));
}

SchemaPtr RandomMessages::any(int level) {
    if (one_in(6)) return make_schema({.type = Type::Array, .optional = one_in(2), .value = element(level)});
    if (!one_in(8)) return element(level);
    constexpr Type keys[] = {Type::String, Type::Int32, Type::Int64, Type::Boolean};
    return make_schema({.type = Type::Map,
                        .optional = one_in(2),
                        .name = one_in(2) ? "x.some_" + new_name() : "",
                        .key = make_schema({.type = keys[below(std::size(keys))]}),
                        .value = element(level)});
}

SchemaPtr RandomMessages::element(int level) {
    if (level < most_levels && one_in(5)) return structure(level);
    return one_in(10) ? enumeration() : scalar_schema();
}

SchemaPtr RandomMessages::enumeration() {
    auto name = new_name();
    name.erase(0, name.rfind('.') + 1);
    const std::string prefix(names::enumeration);
    return make_schema({.type = Type::String,
                        .optional = one_in(2),
                        .name = name,
                        .parameters = {{prefix, name},
                                       {fmt::format("{}.{}_A", prefix, name), "0"},
                                       {fmt::format("{}.{}_B", prefix, name), "7"}}});
}

SchemaPtr RandomMessages::scalar_schema() {
    if (one_in(6)) return make_logical_schema(logicals[below(std::size(logicals))], one_in(2));
    SchemaParts parts{.type = scalars[below(std::size(scalars))], .optional = one_in(2)};
    if (parts.type == Type::Bytes && one_in(2)) {
        parts.name = std::string(decimal_schema_name);
        parts.version = 1;
        parts.parameters = {{"scale", std::to_string(below(8))}};
    }
    return make_schema(std::move(parts));
}

Value RandomMessages::scalar_value(const Schema& schema, Arena& arena) {
    const auto limited = [&](std::size_t limit) { return one_in(8) ? 0 : static_cast<std::int64_t>(below(limit)); };
    if (schema.name() == date_schema_name) return Value::int32(static_cast<std::int32_t>(limited(60000) - 30000));
    if (schema.name() == time_schema_name) return Value::int32(static_cast<std::int32_t>(limited(86'400'000)));
    if (schema.name() == timestamp_schema_name) return Value::int64(limited(4'000'000'000'000) - 2'000'000'000'000);
    if (const auto* symbol = schema.parameter(names::enumeration)) {
        return Value::string(arena.copy(fmt::format("{}_{}", *symbol, one_in(2) ? 'A' : 'B')));
    }
    const auto value = scalar(schema.type(), arena);
    if (schema.name() != decimal_schema_name) return value;
    auto bytes = value.as_text();  // whose shortest form is the only one
    while (bytes.size() > 1 && (bytes[0] == '\0' || bytes[0] == '\xFF')) bytes.remove_prefix(1);
    return Value::bytes(bytes);
}

Value RandomMessages::value(const Schema& schema, Arena& arena) {
    if (schema.optional() && one_in(3)) return {};
    return present(schema, arena);
}

Value RandomMessages::present(const Schema& schema, Arena& arena) {
    const auto count = below(one_in(10) ? 30 : 4);
    switch (schema.type()) {
    case Type::Array: {
        auto* values = arena.make_array<Value>(count);
        for (std::size_t i = 0; i < count; ++i) values[i] = present(*schema.value_schema(), arena);
        return Value::array({values, count});
    }
    case Type::Map: {
        const auto type = schema.key_schema()->type();
        const auto size = type == Type::Boolean ? std::min<std::size_t>(count, 2) : count;
        auto* entries = arena.make_array<MapEntry>(size);
        for (std::size_t i = 0; i < size; ++i) {
            entries[i].key = key(type, i, arena);
            entries[i].value = present(*schema.value_schema(), arena);
        }
        return Value::map({entries, size});
    }
    case Type::Struct: {
        const auto fields = schema.fields();
        auto* values = arena.make_array<Value>(fields.size());
        if (is_union(schema)) {
            const auto branch = below(fields.size());
            values[branch] = present(*fields[branch].schema, arena);
        } else {
            for (std::size_t i = 0; i < fields.size(); ++i) values[i] = value(*fields[i].schema, arena);
        }
        return Value::structure({values, fields.size()});
    }
    default:
        return scalar_value(schema, arena);
    }
}

}
