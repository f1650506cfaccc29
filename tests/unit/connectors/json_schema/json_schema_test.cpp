#include "connectors/json_schema/connect_to_json_schema.hpp"
#include "connectors/json_schema/json_schema_converter.hpp"
#include "connectors/json_schema/json_schema_to_connect.hpp"
#include "connectors/json_schema/json_schema_values.hpp"
#include "connectors/json_schema/write_plan.hpp"
#include "tests/pch.hpp"
#include "tests/unit/connectors/avro/random_data.hpp"
#include "tests/unit/connectors/avro/schemas.hpp"
#include "tests/unit/connectors/registry/fake_registry.hpp"

using namespace millrace;
using namespace millrace::json_schema;
using avro::array_of;
using avro::decimal;
using avro::map_of;
using avro::of;
using avro::optional;
using avro::record;
using Catch::Contains;

namespace {

SchemaPtr read(const std::string& text, const JsonSchemaOptions& options = {}) {
    return to_connect(text, {}, options, 3);
}

std::string written(const SchemaPtr& schema, const Value& value, const JsonSchemaOptions& options = {}) {
    converters::TextBuffer out;
    WritePlan(*schema, options).write(value, out);
    return std::string(out.text());
}

}

TEST_CASE("Connect's schemas become JSON Schemas") {
    const auto [schema, text] = GENERATE(table<SchemaPtr, std::string>({
        {of(Type::Int8), R"({"type":"integer","connect.type":"int8"})"},
        {of(Type::Int64), R"({"type":"integer","connect.type":"int64"})"},
        {of(Type::Float32), R"({"type":"number","connect.type":"float32"})"},
        {of(Type::Boolean), R"({"type":"boolean"})"},
        {of(Type::Bytes), R"({"type":"string","connect.type":"bytes"})"},
        {of(Type::String, true), R"({"oneOf":[{"type":"null"},{"type":"string"}]})"},
        {array_of(of(Type::String)), R"({"type":"array","items":{"type":"string"}})"},
        {map_of(of(Type::String), of(Type::Int32)),
         R"({"type":"object","connect.type":"map","additionalProperties":{"type":"integer","connect.type":"int32"}})"},
        {map_of(of(Type::Int32), of(Type::String)),
         R"({"type":"array","connect.type":"map","items":{"type":"object","properties":{"key":{"type":"integer","connect.type":"int32","connect.index":0},"value":{"type":"string","connect.index":1}}}})"},
        {record("a.R", {{"x", of(Type::Int32, true)}, {"y", avro::with_default(of(Type::String), Value::string("d"))}}),
         R"({"type":"object","properties":{"x":{"oneOf":[{"type":"null"},{"type":"integer","connect.type":"int32"}],"connect.index":0},"y":{"type":"string","default":"d","connect.index":1}},"title":"a.R"})"},
        {decimal("2"),
         R"({"type":"string","connect.type":"bytes","title":"org.apache.kafka.connect.data.Decimal","connect.version":1,"connect.parameters":{"scale":"2"}})"},
        {make_schema({.type = Type::Int32, .name = "n", .version = 4, .doc = "D", .parameters = {{"p", "1"}}}),
         R"({"type":"integer","connect.type":"int32","title":"n","connect.version":4,"description":"D","connect.parameters":{"p":"1"}})"},
    }));
    CHECK(to_json_schema(*schema, {}) == text);
}

TEST_CASE("settings change what a schema says") {
    CHECK_THAT(to_json_schema(*decimal("2"), {.decimal_format = converters::DecimalFormat::Numeric}),
               Catch::StartsWith(R"({"type":"number","connect.type":"bytes")"));
    CHECK_THAT(to_json_schema(*record("R", {}), {.additional_properties = false}),
               Contains(R"("additionalProperties":false)"));
}

TEST_CASE("values are JSON") {
    const auto schema = record("R", {{"a", of(Type::Int32, true)},
                                     {"b", avro::with_default(of(Type::String), Value::string("d"))},
                                     {"c", of(Type::String)},
                                     {"m", map_of(of(Type::Int32), of(Type::Bytes))},
                                     {"d", decimal("1")}});
    const MapEntry entry[] = {{Value::int32(1), Value::bytes("xy")}};
    const Value values[] = {{}, {}, {}, Value::map(entry), Value::bytes("\x0F")};
    CHECK(written(schema, Value::structure(values)) ==
          R"({"a":null,"b":"d","m":[{"key":1,"value":"eHk="}],"d":"Dw=="})");
    CHECK(written(schema, Value::structure(values), {.decimal_format = converters::DecimalFormat::Numeric}) ==
          R"({"a":null,"b":"d","m":[{"key":1,"value":"eHk="}],"d":1.5})");
    const Value wrong[] = {Value::string("x"), {}, {}, {}, {}};
    CHECK_THROWS_WITH(written(schema, Value::structure(wrong)), "Invalid type for INT32: STRING (field a)");
}

TEST_CASE("JSON Schemas of other makes become Connect's") {
    CHECK(equal(read(R"({"type":"integer"})"), make_schema({.type = Type::Int64, .version = 3})));
    CHECK(read(R"({"type":["null","string"]})")->optional());
    CHECK(read(R"({"oneOf":[{"type":"string"},{"type":"null"}]})")->optional());
    const auto either = read(R"({"anyOf":[{"type":"string"},{"type":"null"},{"type":"integer"}]})");
    CHECK(either->name() == "io.confluent.connect.json.OneOf");
    CHECK(either->fields()[1].name == "io.confluent.connect.json.OneOf.field.1");
    CHECK(*read(R"({"enum":["A","B"]})")->parameter("io.confluent.connect.json.Enum.B") == "B");
    const auto person = read(
        R"({"title":"P","type":"object","required":["n"],"properties":{"a":{"$ref":"#/definitions/x~1y"},"n":{"type":"string"}},)"
        R"("definitions":{"x/y":{"type":"number"}}})",
        {.optional_unless_required = true});
    CHECK(person->fields()[0].schema->type() == Type::Float64);
    CHECK(person->fields()[0].schema->optional());
    CHECK_FALSE(person->fields()[1].schema->optional());
    CHECK(read(R"({"allOf":[{"properties":{"a":{"type":"string"}}},{"properties":{"b":{"type":"string"}}}]})")
              ->fields()
              .size() == 2);
    CHECK(to_connect(R"({"$ref":"other.json#/x"})", {{"other.json", R"({"x":{"type":"boolean"}})"}}, {})->type() ==
          Type::Boolean);
    const auto twice =
        read(R"({"type":"object","properties":{"a":{"$ref":"#/d"},"b":{"$ref":"#/d"}},"d":{"type":"string"}})");
    CHECK(equal(twice->fields()[0].schema, twice->fields()[1].schema));
    CHECK_THROWS_AS(read(R"({"$ref":"#"})"), DataException);
    CHECK_THROWS_WITH(read(R"({"type":"object","properties":{"a":{"$ref":"#"}}})"),
                      Contains("holds itself by $ref #") && Contains("ByteArrayConverter"));
    CHECK_THROWS_AS(read("{}"), DataException);
    CHECK_THROWS_AS(read(R"({"enum":"object"})"), DataException);
    CHECK_THROWS_AS(read(R"({"type":[1,"null"]})"), DataException);
}

TEST_CASE("a branch of a oneOf is found by its type, or by the members that it knows") {
    const auto schema = read(R"({"oneOf":[{"type":"string"},{"type":"object","properties":{"a":{"type":"string"}}},)"
                             R"({"type":"object","properties":{"b":{"type":"string"}}}]})");
    Arena arena;
    const auto value = [&](const char* text) {
        const auto node = json::parse(text, arena);
        return read_json(schema, &node, {}, arena);
    };
    CHECK(value(R"("x")").as_values()[0] == Value::string("x"));
    CHECK(value(R"({"b":"y"})").as_values()[2].as_values()[0] == Value::string("y"));
    CHECK(written(schema, value(R"({"b":"y"})")) == R"({"b":"y"})");
    CHECK_THROWS_WITH(value("1"), "Did not find matching oneof field for data");
}

TEST_CASE("random schemas and values come back") {
    avro::RandomData random(77);
    for (int i = 0; i < 300; ++i) {
        const auto schema = random.schema();
        const auto again = to_connect(to_json_schema(*schema, {}), {}, {});
        REQUIRE(to_json_schema(*again, {}) == to_json_schema(*schema, {}));
        for (int j = 0; j < 5; ++j) {
            Arena arena;
            const auto text = written(schema, random.value(*schema, arena));
            const auto node = json::parse(text, arena);
            REQUIRE(written(again, read_json(again, &node, {}, arena)) == text);
        }
    }
}

TEST_CASE("what the JSON Schema converter writes it reads, through the registry") {
    registry::FakeRegistry registry;
    JsonSchemaConverter converter;
    converter.configure({{"schema.registry.url", registry.url()}}, false);
    const auto schema = record("a.Point", {{"x", of(Type::Int32)}, {"y", of(Type::Int32, true)}});
    const Value values[] = {Value::int32(1), {}};
    std::string out;
    CHECK(converter.from_connect_data("t", schema, Value::structure(values), out));
    CHECK(out == std::string("\0\0\0\0\1", 5) + R"({"x":1,"y":null})");
    CHECK_THAT(registry.seen()[0].body, Contains(R"("schemaType":"JSON")"));
    registry.go_wrong([&](const SeenRequest& request) -> std::optional<FakeAnswer> {
        if (request.method != "GET") return std::nullopt;
        std::string body = "{\"schemaType\":\"JSON\",\"schema\":";
        json::append_string(body, to_json_schema(*schema, {}));
        return FakeAnswer{200, body + "}"};
    });
    Arena arena;
    const auto back = converter.to_connect_data("t", out, arena);
    CHECK(back.value == Value::structure(values));
    CHECK(back.schema->version() == 1);
    CHECK_FALSE(converter.from_connect_data("t", nullptr, {}, out));
    CHECK_THROWS_WITH(converter.from_connect_data("t", nullptr, Value::int32(1), out),
                      Contains("Values without a schema have no JSON Schema"));
    CHECK_THROWS_WITH(converter.to_connect_data("t", std::string("\0\0\0\0\1{", 6), arena),
                      Contains("topic t to JSON Schema: "));
}
