/// A small catalog, converters for its types by name, and values as text that reads like JSON.
#pragma once
#include "connectors/postgres/types/column_converter.hpp"
#include "connectors/postgres/types/hex.hpp"
#include "tests/pch.hpp"

namespace millrace::postgres::test {

inline const TypeRegistry& catalog() {
    static const TypeRegistry registry = [] {
        std::vector<TypeRow> rows;
        struct Base {
            Oid oid;
            const char* name;
            Oid array;
        };
        constexpr Base bases[] = {
            {16, "bool", 1000},        {17, "bytea", 1001},         {18, "char", 1002},       {19, "name", 1003},
            {20, "int8", 1016},        {21, "int2", 1005},          {23, "int4", 1007},       {25, "text", 1009},
            {26, "oid", 1028},         {114, "json", 199},          {142, "xml", 143},        {600, "point", 1017},
            {601, "lseg", 1018},       {602, "path", 1019},         {603, "box", 1020},       {604, "polygon", 1027},
            {628, "line", 629},        {650, "cidr", 651},          {700, "float4", 1021},    {701, "float8", 1022},
            {718, "circle", 719},      {790, "money", 791},         {829, "macaddr", 1040},   {869, "inet", 1041},
            {1042, "bpchar", 1014},    {1043, "varchar", 1015},     {1082, "date", 1182},     {1083, "time", 1183},
            {1114, "timestamp", 1115}, {1184, "timestamptz", 1185}, {1186, "interval", 1187}, {1266, "timetz", 1270},
            {1560, "bit", 1561},       {1562, "varbit", 1563},      {1700, "numeric", 1231},  {2950, "uuid", 2951},
            {3614, "tsvector", 3643},  {3615, "tsquery", 3645},     {3802, "jsonb", 3807},    {3220, "pg_lsn", 3221}};
        for (const auto& base : bases) {
            rows.push_back(
                {.oid = base.oid, .name = base.name, .schema = "pg_catalog", .delimiter = base.oid == 603 ? ';' : ','});
            rows.push_back({.oid = base.array,
                            .name = std::string("_") + base.name,
                            .schema = "pg_catalog",
                            .element_type = base.oid,
                            .category = 'A'});
        }
        rows.push_back({.oid = 3904, .name = "int4range", .schema = "pg_catalog", .kind = 'r', .category = 'R'});
        rows.push_back({.oid = 3910, .name = "tstzrange", .schema = "pg_catalog", .kind = 'r', .category = 'R'});
        Oid next = 16400;
        for (const char* name :
             {"hstore", "citext", "ltree", "geometry", "geography", "vector", "halfvec", "sparsevec"}) {
            rows.push_back({.oid = next, .name = name, .schema = "public"});
            rows.push_back({.oid = next + 1,
                            .name = std::string("_") + name,
                            .schema = "public",
                            .element_type = next,
                            .category = 'A'});
            next += 2;
        }
        rows.push_back(
            {.oid = 17000, .name = "mood", .schema = "public", .kind = 'e', .category = 'E', .labels = {"sad", "ok"}});
        rows.push_back({.oid = 17001, .name = "_mood", .schema = "public", .element_type = 17000, .category = 'A'});
        rows.push_back({.oid = 17002,
                        .name = "price",
                        .schema = "public",
                        .base_type = 1700,
                        .kind = 'd',
                        .base_typmod = (8 << 16 | 3) + 4});
        rows.push_back({.oid = 17003,
                        .name = "sure_price",
                        .schema = "public",
                        .base_type = 17002,
                        .kind = 'd',
                        .not_null = true});
        rows.push_back({.oid = 17006, .name = "any_price", .schema = "public", .base_type = 1700, .kind = 'd'});
        rows.push_back({.oid = 17004, .name = "_price", .schema = "public", .element_type = 17002, .category = 'A'});
        rows.push_back({.oid = 17005, .name = "pair", .schema = "public", .kind = 'c', .category = 'C'});
        return TypeRegistry(std::move(rows));
    }();
    return registry;
}

constexpr std::int32_t numeric_typmod(int precision, int scale) { return (precision << 16 | (scale & 0x7ff)) + 4; }

inline ColumnInfo column(const char* type, std::int32_t typmod = -1, bool nullable = true) {
    const auto* row = catalog().find(type);
    REQUIRE(row != nullptr);
    return {.name = "c", .type = row->oid, .typmod = typmod, .nullable = nullable, .table = "public.t"};
}

inline std::string show(const Value& value) {
    Arena arena;
    const auto list = [](char open, char close, auto items, auto print) {
        std::string out(1, open);
        for (const auto& item : items) out += (out.size() > 1 ? "," : "") + print(item);
        return out + close;
    };
    switch (value.kind()) {
    case Value::Kind::Null:
        return "null";
    case Value::Kind::Boolean:
        return value.as_boolean() ? "true" : "false";
    case Value::Kind::Float32:
        return fmt::format("{}", static_cast<float>(value.as_double()));
    case Value::Kind::Float64:
        return fmt::format("{}", value.as_double());
    case Value::Kind::String:
        return '"' + std::string(value.as_text()) + '"';
    case Value::Kind::Bytes:
        return "x" + std::string(encode_hex(value.as_text(), arena));
    case Value::Kind::Array:
        return list('[', ']', value.as_values(), show);
    case Value::Kind::Struct:
        return list('(', ')', value.as_values(), show);
    case Value::Kind::Map:
        return list('{', '}', value.as_entries(), [](const MapEntry& e) { return show(e.key) + ":" + show(e.value); });
    default:
        return fmt::format("{}", value.as_integer());
    }
}

/// name/version type, with parameters and default: "io.debezium.time.Date/1 int32?"
inline std::string show(const SchemaPtr& schema) {
    constexpr const char* types[] = {"int8",    "int16",  "int32", "int64", "float32", "float64",
                                     "boolean", "string", "bytes", "array", "map",     "struct"};
    std::string out;
    if (!schema->name().empty()) out += fmt::format("{}/{} ", schema->name(), schema->version().value_or(0));
    out += types[static_cast<std::size_t>(schema->type())];
    if (schema->optional()) out += '?';
    if (schema->value_schema()) out += "<" + show(schema->value_schema()) + ">";
    for (const auto& [key, text] : schema->parameters()) out += fmt::format(" {}={}", key, text);
    if (!schema->default_value().is_null()) out += " default " + show(schema->default_value());
    return out;
}

inline std::string convert(const ColumnInfo& info, std::string_view text, const TypeOptions& options = {},
                           Origin origin = Origin::Streaming) {
    const ColumnConverter converter(info, catalog(), options);
    REQUIRE(converter.captured());
    Arena arena;
    return show(converter.convert(text, arena, origin));
}

/// A text of a type, and the value and the schema (empty: not looked at) that come of it.
struct Case {
    const char* type;
    std::int32_t typmod;
    const char* text;
    std::string value;
    std::string schema;
};

inline void check(const Case& c, const TypeOptions& options = {}) {
    CAPTURE(c.type, c.typmod, c.text);
    const auto info = column(c.type, c.typmod);
    CHECK(convert(info, c.text, options) == c.value);
    if (!c.schema.empty()) CHECK(show(ColumnConverter(info, catalog(), options).schema()) == c.schema);
}

inline constexpr auto plain = -1;

}
