#include "tests/unit/connectors/postgres/types/fixture.hpp"

using namespace millrace;
using namespace millrace::postgres;
using namespace millrace::postgres::test;

TEST_CASE("a default in the schema is a constant of the type", "[postgres][types]") {
    struct Row {
        const char* type;
        std::int32_t typmod;
        const char* expression;
        const char* value;
    };
    const auto row = GENERATE(values<Row>({
        {"int4", plain, "'-42'::integer", "-42"},
        {"int4", plain, "nextval('t_id_seq'::regclass)", "0"},
        {"int4", plain, "(1 + 2)", "null"},
        {"int8", plain, "(1)::bigint", "null"},
        {"text", plain, "('a'::text || 'b'::text)", "\"a\""},
        {"text", plain, "'it''s'::text", "\"it's\""},
        {"text", plain, "NULL::text", "null"},
        {"text", plain, "CURRENT_USER", "\"CURRENT_USER\""},
        {"bool", plain, "(1 = 1)", "false"},
        {"bool", plain, "true", "true"},
        {"numeric", numeric_typmod(6, 2), "'-1.5'::numeric", "xff6a"},
        {"numeric", numeric_typmod(6, 2), "1.555", "null"},
        {"numeric", plain, "3.14", "null"},
        {"float8", plain, "'Infinity'::double precision", "inf"},
        {"date", plain, "CURRENT_DATE", "0"},
        {"date", plain, "('2024-01-01'::date + 1)", "19723"},
        {"date", plain, "'infinity'::date", "169560311"},
        {"timestamp", plain, "'2020-01-02'::date", "1577923200000000"},
        {"timestamp", plain, "now()", "0"},
        {"timestamptz", plain, "'2021-12-31 23:00:00+00'::timestamp with time zone", "\"2021-12-31T23:00:00.000000Z\""},
        {"timestamptz", plain, "'infinity'::timestamp with time zone", "null"},
        {"time", plain, "'10:00:00'::time without time zone", "36000000000"},
        {"interval", plain, "'1 day'::interval", "86400000000"},
        {"uuid", plain, "gen_random_uuid()", "\"00000000-0000-0000-0000-000000000000\""},
        {"jsonb", plain, "'{\"k\": [1]}'::jsonb", "\"{\"k\": [1]}\""},
        {"mood", plain, "'ok'::mood", "\"ok\""},
        {"mood", plain, "f()", "null"},
        {"bit", 3, "B'101'::\"bit\"", "x05"},
        {"bytea", plain, "'\\x01'::bytea", "null"},
        {"_text", plain, "ARRAY['a'::text]", "null"},
        {"price", plain, "1.5", "null"},
    }));
    CAPTURE(row.type, row.expression);
    auto info = column(row.type, row.typmod);
    info.default_expression = row.expression;
    const ColumnConverter converter(info, catalog(), {});
    CHECK(show(converter.schema()->default_value()) == row.value);
    CHECK(converter.schema() == converter.key_schema());
}

TEST_CASE("a default of the type that the column got later is read as that type's", "[postgres][types]") {
    struct Row {
        const char* type;
        const char* now;
        const char* expression;
        const char* value;
    };
    const auto row = GENERATE(values<Row>({
        {"int4", "int8", "nextval('t_id_seq'::regclass)", "0"},
        {"int4", "int8", "7", "7"},
        {"text", "int4", "7", "\"7\""},
        {"int4", "text", "'seven'::text", "null"},
        {"int4", "bytea", "'\\x01'::bytea", "null"},
    }));
    CAPTURE(row.type, row.now, row.expression);
    auto info = column(row.type);
    info.catalog_type = column(row.now).type;
    info.default_expression = row.expression;
    info.mapping.kind = ColumnMapping::Kind::PropagateSourceType;
    const auto schema = ColumnConverter(info, catalog(), {}).schema();
    CHECK(show(schema->default_value()) == row.value);
    CHECK(schema->type() == ColumnConverter(column(row.type), catalog(), {}).schema()->type());
}

TEST_CASE("an expression is no default of a numeric that is written as text", "[postgres][types]") {
    const auto [expression, value] = GENERATE(
        table<const char*, const char*>({{"1.5::numeric(4,2)", "null"}, {"(1 + 1)", "null"}, {"1.50", "\"1.50\""}}));
    auto info = column("numeric");
    info.default_expression = expression;
    const ColumnConverter converter(info, catalog(), {.decimals = DecimalHandling::String});
    CHECK(show(converter.schema()->default_value()) == value);
}

TEST_CASE("an unchanged TOAST value has a placeholder by type", "[postgres][types]") {
    const auto [type, value] = GENERATE(table<const char*, const char*>({
        {"text", "\"gone\""},
        {"jsonb", "\"gone\""},
        {"bytea", "x676f6e65"},
        {"hstore", "\"{\"gone\":\"gone\"}\""},
        {"_text", "[\"gone\"]"},
        {"_bytea", "[x676f6e65]"},
        {"_int4", "[103,111,110,101]"},
        {"_date", "[103,111,110,101]"},
        {"_int8", "[103,111,110,101]"},
        {"_int2", "null"},
        {"_citext", "null"},
        {"numeric", "null"},
        {"_numeric", "null"},
    }));
    CAPTURE(type);
    const ColumnConverter converter(column(type), catalog(), {.unavailable_value = "gone"});
    CHECK(show(converter.unavailable()) == value);
}

TEST_CASE("the placeholder of uuid[] is named by the text", "[postgres][types]") {
    CHECK(show(ColumnConverter(column("_uuid"), catalog(), {}).unavailable()) ==
          "[\"b68a35a7-17ad-35b3-af2a-ae46edb4545a\"]");
}

TEST_CASE("base64 of a placeholder is null in Debezium alone", "[postgres][types]") {
    TypeOptions options{.binary = BinaryHandling::Base64, .unavailable_value = "gone"};
    CHECK(show(ColumnConverter(column("bytea"), catalog(), options).unavailable()) == "null");
    options.reproduce_defects = false;
    CHECK(show(ColumnConverter(column("bytea"), catalog(), options).unavailable()) == "\"Z29uZQ==\"");
}

TEST_CASE("a required column that was not sent falls back to its zero", "[postgres][types]") {
    const auto [type, typmod, value] = GENERATE(table<const char*, std::int32_t, const char*>({
        {"int4", plain, "0"},
        {"bool", plain, "false"},
        {"numeric", plain, "(0,x00)"},
        {"numeric", numeric_typmod(5, 2), "x00"},
        {"money", plain, "x00"},
        {"text", plain, "\"\""},
        {"uuid", plain, "\"\""},
        {"bytea", plain, "x"},
        {"bit", 1, "false"},
        {"bit", 5, "x"},
        {"date", plain, "0"},
        {"timestamp", plain, "0"},
        {"timetz", plain, "\"00:00:00Z\""},
        {"timestamptz", plain, "\"1970-01-01T00:00:00Z\""},
        {"interval", plain, "0"},
        {"hstore", plain, "\"{}\""},
        {"_int4", plain, "[]"},
        {"line", plain, "(0,1,0)"},
        {"circle", plain, "((0,0,x010100000000000000000000000000000000000000,null),0)"},
    }));
    CAPTURE(type);
    CHECK(show(ColumnConverter(column(type, typmod, false), catalog(), {}).fallback()) == value);
    auto with_default = column("int4", plain, false);
    with_default.default_expression = "7";
    CHECK(show(ColumnConverter(with_default, catalog(), {}).fallback()) == "7");
}
