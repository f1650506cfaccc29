#include "connectors/converters/simple_header_converter.hpp"

#include "connectors/converters/json_schema.hpp"
#include "connectors/support/json_values.hpp"
#include "tests/pch.hpp"

namespace millrace::converters {

namespace {

SchemaPtr of(Type type) { return make_schema({.type = type}); }
SchemaPtr logical(Type type, const std::string& name) {
    return make_schema({.type = type, .name = "org.apache.kafka.connect.data." + name, .version = 1});
}

std::optional<std::string> written(const SchemaPtr& schema, const Value& value) {
    SimpleHeaderConverter to;
    std::string out;
    return to.from_connect_header("t", "k", schema, value, out) ? std::optional(out) : std::nullopt;
}

/// "INT8 1", "STRING \"x\"", "MAP<STRING,INT8> {...}", "none [...]" for a value without a schema.
std::string type_text(const SchemaPtr& schema) {
    if (!schema) return "none";
    std::string out(type_name(schema->type()));
    if (schema->type() == Type::Map)
        out += '<' + type_text(schema->key_schema()) + ',' + type_text(schema->value_schema()) + '>';
    if (schema->type() == Type::Array) out += '<' + type_text(schema->value_schema()) + '>';
    if (!schema->name().empty()) out = schema->name().substr(schema->name().rfind('.') + 1);
    return out;
}
std::string read(std::string_view text) {
    SimpleHeaderConverter from;
    Arena arena;
    const auto found = from.to_connect_header("t", "k", text, arena);
    std::string out = type_text(found.schema) + ' ';
    append_value(out, found.value);
    return out;
}

}

TEST_CASE("headers are written as text", "[header_converter]") {
    static const Value key[] = {Value::int16(9), Value::int64(1), Value::string("q")};
    const auto key_schema = make_schema(
        {.type = Type::Struct,
         .fields = {{"line_no", of(Type::Int16)}, {"order_no", of(Type::Int64)}, {"part-code", of(Type::String)}}});
    static const Value inner[] = {Value::boolean(true)};
    static const Value list[] = {Value::string("a"), Value::int32(1), Value::array(inner)};
    static const MapEntry entries[] = {{Value::string("a\"b"), Value::float64(1)}, {Value::string("c\\"), Value()}};
    static const MapEntry numbered[] = {{Value::int32(7), Value::string("x")}};
    static const Value names[] = {Value::string("id"), Value::string("item")};
    static const Value nothing[] = {Value(), Value()};
    const auto seven = make_schema({.type = Type::Int32, .optional = true, .default_value = Value::int32(7)});
    const auto maybe = make_schema({.type = Type::Int32, .optional = true});
    const auto with_default = make_schema({.type = Type::Struct, .fields = {{"a", seven}, {"b", maybe}}});
    static const Value blobs[] = {Value::bytes("\x01\x02")};
    const auto [schema, value, expected] = GENERATE_REF(table<SchemaPtr, Value, std::optional<std::string>>({
        {nullptr, Value(), std::nullopt},
        {of(Type::String), Value::string("a\"b\\"), "a\"b\\"},
        {of(Type::Int64), Value::int64(-5), "-5"},
        {of(Type::Float32), Value::float32(1), "1.0"},
        {of(Type::Boolean), Value::boolean(true), "true"},
        {of(Type::Bytes), Value::bytes("\x01\x02"), "AQI="},
        {nullptr, Value::array(blobs), "[\"AQI=\"]"},
        {nullptr, Value::array(list), R"(["a",1,[true]])"},
        {nullptr, Value::map(entries), R"({"a\"b":1.0,"c\\":null})"},
        {nullptr, Value::map(numbered), R"({7:"x"})"},
        {make_schema({.type = Type::Array, .value = of(Type::String)}), Value::array(names), R"(["id","item"])"},
        {key_schema, Value::structure(key), R"({"line_no":9,"order_no":1,"part-code":"q"})"},
        {with_default, Value::structure(nothing), R"({"a":7,"b":null})"},
        {logical(Type::Int32, "Date"), Value::int32(20778), "2026-11-21"},
        {logical(Type::Int32, "Time"), Value::int32(3661001), "01:01:01.001Z"},
        {logical(Type::Int64, "Timestamp"), Value::int64(1795228887663), "2026-11-21T02:41:27.663Z"},
        {logical(Type::Int64, "Timestamp"), Value::int64(-1), "1969-12-31T23:59:59.999Z"},
    }));
    CHECK(written(schema, value) == expected);
}

TEST_CASE("the type of a header is guessed from its text", "[header_converter]") {
    const auto [text, expected] = GENERATE(table<std::string, std::string>({
        {"", "STRING \"\""},
        {"  ", "STRING \"  \""},
        {"abc", "STRING \"abc\""},
        {" abc ", "STRING \" abc \""},
        {"true", "BOOLEAN true"},
        {"False", "STRING \"False\""},
        {"null", "none null"},
        {"1", "INT8 1"},
        {"-128", "INT8 -128"},
        {"128", "INT16 128"},
        {"40000", "INT32 40000"},
        {"3000000000", "INT64 3000000000"},
        {"1.0", "INT8 1"},
        {"1.", "INT8 1"},
        {"+7", "INT8 7"},
        {"1.5", "FLOAT32 1.5"},
        {"1e300", "FLOAT64 1.0E300"},
        {"1e400", "Decimal \"" + std::string()},
        {"1,2", "INT8 1"},
        {"12abc", "STRING \"12abc\""},
        {"-", "STRING \"-\""},
        {"\"q\"", "STRING \"\\\"q\\\"\""},
        {"[]", "none []"},
        {"[1, 300]", "ARRAY<INT16> [1,300]"},
        {"[1, 2.5]", "ARRAY<FLOAT32> [1.0,2.5]"},
        {"[1, null]", "STRING \"[1, null]\""},
        {"[null]", "none [null]"},
        {"[1,]", "ARRAY<INT8> [1]"},
        {"[1 2]", "STRING \"[1 2]\""},
        {"[1] x", "ARRAY<INT8> [1]"},
        {"9223372036854775808", "Decimal \"AIAAAAAAAAAA\""},
        {"[\"2026-11-21\"]", "ARRAY<Date> [20778]"},
        {"{\"a\":1 \"b\":2}", "MAP<STRING,INT8> {\"a\":1,\"b\":2}"},
        {"25:61:61.000Z", "Time 93721000"},
        {"2026-1-2x", "STRING \"2026-1-2x\""},
        {"[\"a\", 1]", "none [\"a\",1]"},
        {"[1", "STRING \"[1\""},
        {"[a, b]", "STRING \"[a, b]\""},
        {"{}", "none {}"},
        {"{\"a\":1}", "MAP<STRING,INT8> {\"a\":1}"},
        {"{\"a\":1,\"b\":1000}", "MAP<STRING,INT16> {\"a\":1,\"b\":1000}"},
        {"{\"a\":\"x\\\"y\"}", "MAP<STRING,STRING> {\"a\":\"x\\\\\\\"y\"}"},
        {"{\"a\":[1,2]}", "MAP<STRING,ARRAY<INT8>> {\"a\":[1,2]}"},
        {"{1:true}", "MAP<INT8,BOOLEAN> [[1,true]]"},
        {"{\"a\":1} x", "MAP<STRING,INT8> {\"a\":1}"},
        {"{\"a\"}", "STRING \"{\\\"a\\\"}\""},
        {"2026-11-21", "Date 20778"},
        {"01:01:01.001Z", "Time 3661001"},
        {"2026-11-21T02:41:27.663Z", "Timestamp 1795228887663"},
        {"2026-13-21", "Date 20839"},
        {"{\"a\":02:41:27.663Z}", "MAP<STRING,Time> {\"a\":9687663}"},
    }));
    CAPTURE(text);
    CHECK(read(text).substr(0, expected.size()) == expected);
    if (text != "1e400") CHECK(read(text).size() == expected.size());
}

TEST_CASE("headers that are no text stay bytes, and nothing is null", "[header_converter]") {
    SimpleHeaderConverter from;
    Arena arena;
    const auto bytes = from.to_connect_header("t", "k", "\xff", arena);
    CHECK(bytes.value == Value::bytes("\xff"));
    CHECK(bytes.schema->type() == Type::Bytes);
    CHECK(from.to_connect_header("t", "k", std::nullopt, arena).value.is_null());
}

TEST_CASE("containers may be nested only so deeply", "[header_converter]") {
    CHECK(read(std::string(100, '[') + std::string(100, ']')).starts_with("none"));
    CHECK(read(std::string(100'000, '[')).starts_with("STRING"));
}

}
