/// google.protobuf.Struct, Value and ListValue, which are texts of JSON in Connect.
#include "connectors/protobuf/connect_to_proto.hpp"
#include "connectors/protobuf/protobuf_converter.hpp"
#include "tests/pch.hpp"
#include "tests/unit/connectors/avro/schemas.hpp"
#include "tests/unit/connectors/protobuf/made_protobuf_converter.hpp"

using namespace millrace;
using namespace millrace::protobuf;
using Made = MadeProtobufConverter;
using Catch::Contains;
using millrace::avro::array_of;
using millrace::avro::named;
using millrace::avro::optional;
using millrace::avro::record;

namespace {

const SchemaPtr& field_of(const SchemaPtr& schema, std::string_view name) {
    return schema->fields()[*schema->index_of(name)].schema;
}

}

TEST_CASE("messages that stand for JSON are texts of JSON") {
    const auto text = [](std::string_view name) { return optional(named(Type::String, std::string(name), {})); };
    const auto schema = record("R", {{"s", text("google.protobuf.Struct")},
                                     {"v", text("google.protobuf.Value")},
                                     {"l", text("google.protobuf.ListValue")},
                                     {"vs", array_of(text("google.protobuf.Value"))}});
    const Value elements[] = {Value::string("null"), Value::string("-0.0"), Value::string("\"\u00e9\"")};
    const Value values[] = {Value::string(R"({"a":{"b":[1,2.5,true,null,"x"]},"":{}})"), Value::string("false"),
                            Value::string("[[],9007199254740992]"), Value::array(elements)};
    Made m;
    CHECK_THAT(to_proto(*schema, {}).text, Contains("import \"google/protobuf/struct.proto\";") &&
                                               Contains("google.protobuf.Struct s = 1;") &&
                                               Contains("repeated google.protobuf.Value vs = 4;"));
    const auto hex = m.write(schema, Value::structure(values));
    const auto read = m.read(hex);
    CHECK(read.value == Value::structure(values));
    CHECK(field_of(read.schema, "l")->name() == "google.protobuf.ListValue");
    CHECK(m.write(read.schema, read.value) == hex);
    CHECK(m.read("000000000100").value.as_values()[0].is_null());
    // a member twice, and a Value of two kinds: the last counts
    const auto twice = m.read("0000000001000a130a070a0161120220010a080a016112031a0178120520011a0179").value.as_values();
    CHECK(twice[0] == Value::string(R"({"a":"x"})"));
    CHECK(twice[1] == Value::string(R"("y")"));
    CHECK(m.read("0000000001001200").value.as_values()[1] == Value::string("null"));
}

TEST_CASE("a message that stands for JSON may be the whole, and refuses what is none") {
    const auto [name, json, hex] = GENERATE(table<std::string, std::string, std::string>({
        {"google.protobuf.Struct", R"({"a":1})", "0000000001000a0e0a0161120911000000000000f03f"},
        {"google.protobuf.Value", "null",
         "00000000010202"
         "0800"},
        {"google.protobuf.ListValue", "[true]", "000000000102040a022001"},
    }));
    Made m(Settings{{"wrapper.for.raw.primitives", "false"}});
    const auto schema = named(Type::String, name, {});
    CAPTURE(json, m.write(schema, Value::string(json)));
    const auto read = m.read(m.write(schema, Value::string(json)));
    CHECK(m.write(schema, Value::string(json)) == hex);
    CHECK(read.schema->name() == name);
    CHECK(read.value == Value::string(json));
    CHECK_THROWS_AS(m.write(schema, Value::string("{")), DataException);
    CHECK_THROWS_WITH(m.write(schema, Value::int32(1)), Contains("Invalid type for STRING: INT32"));
    const auto deep = fmt::format("{:[>101}{:]>101}", "", "");
    if (name != "google.protobuf.Struct") {
        CHECK_THROWS_WITH(m.write(schema, Value::string(deep)), Contains("nested more than 100 deep"));
    } else {
        CHECK_THROWS_WITH(m.write(schema, Value::string(deep)), Contains("no object"));
    }
}

TEST_CASE("any text of JSON fits a field that stands for it, numbers that JSON lacks do not come out of one") {
    Made m(Settings{{"auto.register.schemas", "false"}, {"use.latest.version", "true"}});
    m.add(
        "syntax = \"proto3\"; import \"google/protobuf/struct.proto\"; message R { google.protobuf.Value data = 1; }");
    const auto schema = record("R", {{"data", named(Type::String, "io.debezium.data.Json")}});
    const Value values[] = {Value::string(" 1.5e3 ")};
    const auto hex = m.write(schema, Value::structure(values));
    CHECK(hex == "0000000001000a09110000000000709740");
    CHECK(m.read(hex).value.as_values()[0] == Value::string("1500"));
    CHECK_THROWS_WITH(m.read("0000000001000a0911000000000000f87f"),
                      Contains("JSON has no number nan") && Contains("(field data)"));
    const Value large[] = {Value::string("1e999")};
    CHECK_THROWS_WITH(m.write(schema, Value::structure(large)), Contains("too big") && Contains("(field data)"));
}
