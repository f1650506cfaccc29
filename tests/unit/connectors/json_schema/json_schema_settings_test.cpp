/// Each setting of a JsonSchemaConverter, by its name, against what is written and read without it.
#include "connectors/json_schema/json_schema_converter.hpp"
#include "tests/pch.hpp"
#include "tests/unit/connectors/avro/schemas.hpp"
#include "tests/unit/connectors/registry/made_converter.hpp"

using namespace millrace;
using namespace millrace::json_schema;
using avro::decimal;
using avro::of;
using avro::optional;
using avro::record;
using avro::with_default;
using Catch::Contains;

namespace {

struct Made : registry::MadeConverter<JsonSchemaConverter> {
    using MadeConverter::MadeConverter;
    SchemaPtr schema_of(const std::string& text, const std::string& data) {
        registry.add("t-value", text, R"(,"schemaType":"JSON")");
        return read("0000000001" + to_hex(data)).schema;
    }
    std::string json(const SchemaPtr& schema, const Value& value) { return from_hex(write(schema, value))->substr(5); }
};

}

TEST_CASE("settings change what is registered and written as JSON") {
    const auto row = record("R", {{"x", optional(with_default(of(Type::Int32), Value::int32(7)))}});
    const Value nothing[] = {Value{}};
    Made plain;
    CHECK(plain.json(row, Value::structure(nothing)) == R"({"x":7})");
    CHECK_THAT(plain.registry.text_of(1), !Contains(R"("additionalProperties":false)"));
    Made ignoring(Settings{{"ignore.default.for.nullables", "true"}, {"object.additional.properties", "false"}});
    CHECK(ignoring.json(row, Value::structure(nothing)) == R"({"x":null})");
    CHECK_THAT(ignoring.registry.text_of(1), Contains(R"("additionalProperties":false)"));
    Made base64;
    CHECK(base64.json(decimal("1"), Value::bytes("\x0F")) == R"("Dw==")");
    Made numeric(Settings{{"decimal.format", "numeric"}});
    CHECK(numeric.json(decimal("1"), Value::bytes("\x0F")) == "1.5");
    CHECK_THROWS_WITH(Made(Settings{{"decimal.format", "hex"}}), Contains("decimal.format"));
}

TEST_CASE("settings change the schema that JSON is read with") {
    const std::string person = R"({"type":"object","properties":{"a":{"type":"string"}}})";
    Made plain;
    CHECK_FALSE(plain.schema_of(person, R"({"a":"x"})")->fields()[0].schema->optional());
    Made lenient(Settings{{"use.optional.for.nonrequired", "true"}});
    CHECK(lenient.schema_of(person, R"({"a":"x"})")->fields()[0].schema->optional());
    const std::string single = R"({"oneOf":[{"type":"string"}]})";
    Made flat;
    CHECK(flat.schema_of(single, R"("x")")->type() == Type::String);
    Made kept(Settings{{"flatten.singleton.unions", "false"}});
    CHECK(kept.schema_of(single, R"("x")")->type() == Type::Struct);
    const std::string letters = R"({"enum":["A","B"]})";
    Made own;
    CHECK(*own.schema_of(letters, R"("A")")->parameter("io.confluent.connect.json.Enum.B") == "B");
    Made general(Settings{{"generalized.sum.type.support", "true"}});
    CHECK(*general.schema_of(letters, R"("A")")->parameter("org.apache.kafka.connect.data.Enum.B") == "1");
    Made forgetful(Settings{{"schemas.cache.size", "1"}});
    const auto first = forgetful.schema_of(person, R"({"a":"x"})");
    forgetful.registry.add("t-value", single, R"(,"schemaType":"JSON")");
    CHECK(forgetful.read("0000000002" + to_hex(R"("x")")).schema->type() == Type::String);
    CHECK(forgetful.read("0000000001" + to_hex(R"({"a":"x"})")).schema != first);
}
