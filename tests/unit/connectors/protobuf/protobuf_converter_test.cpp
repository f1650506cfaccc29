#include "connectors/protobuf/protobuf_converter.hpp"

#include "connectors/protobuf/connect_to_proto.hpp"
#include "connectors/support/text.hpp"
#include "tests/pch.hpp"
#include "tests/unit/connectors/avro/schemas.hpp"
#include "tests/unit/connectors/protobuf/made_protobuf_converter.hpp"

using namespace millrace;
using namespace millrace::protobuf;
using Made = MadeProtobufConverter;
using Catch::Contains;
using millrace::avro::array_of;
using millrace::avro::decimal;
using millrace::avro::map_of;
using millrace::avro::named;
using millrace::avro::of;
using millrace::avro::optional;
using millrace::avro::record;
using millrace::avro::with_default;

namespace {

std::string text_of(const SchemaPtr& schema, const ProtobufOptions& options = {}) {
    return to_proto(*schema, options).text;
}

const SchemaPtr& field_of(const SchemaPtr& schema, std::string_view name) {
    return schema->fields()[*schema->index_of(name)].schema;
}

SchemaPtr with_parameters(const SchemaPtr& schema, std::vector<std::pair<std::string, std::string>> parameters) {
    auto parts = schema->parts();
    parts.parameters = std::move(parameters);
    return make_schema(std::move(parts));
}

const Value one_two[] = {Value::int32(1), Value::int32(2)};
const SchemaPtr& point() {
    static const auto schema = record("a.Point", {{"x", of(Type::Int32)}, {"y", of(Type::Int32, true)}});
    return schema;
}

}

TEST_CASE("a Struct is a message whose fields are numbered as they stand") {
    CHECK(text_of(point()) == R"(syntax = "proto3";
package a;

message Point {
  int32 x = 1;
  int32 y = 2;
}
)");
    CHECK(text_of(record("", {{"id", of(Type::Int64)},
                              {"array", array_of(of(Type::String))},
                              {"map", map_of(of(Type::String), of(Type::Float64))},
                              {"struct", record("", {{"c1", of(Type::String)}})}})) == R"(syntax = "proto3";

message ConnectDefault1 {
  int64 id = 1;
  repeated string array = 2;
  repeated ConnectDefault2Entry map = 3;
  ConnectDefault3 struct = 4;

  message ConnectDefault2Entry {
    string key = 1;
    double value = 2;
  }

  message ConnectDefault3 {
    string c1 = 1;
  }
}
)");
}

TEST_CASE("what Protobuf has no word for stands in the options of a field, and logical types are messages") {
    CHECK(text_of(record("R", {{"small", of(Type::Int8)},
                               {"price", decimal("2", "10")},
                               {"day", named(Type::Int32, "org.apache.kafka.connect.data.Date")}})) ==
          R"(syntax = "proto3";

import "confluent/meta.proto";
import "confluent/type/decimal.proto";
import "google/type/date.proto";

message R {
  int32 small = 1 [(confluent.field_meta) = {
    params: [
      {
        key: "connect.type",
        value: "int8"
      }
    ]
  }];
  confluent.type.Decimal price = 2 [(confluent.field_meta) = {
    params: [
      {
        key: "precision",
        value: "10"
      },
      {
        key: "scale",
        value: "2"
      }
    ]
  }];
  google.type.Date day = 3;
}
)");
}

TEST_CASE("the settings say how what may be null is written") {
    const auto schema = record("R", {{"a", of(Type::Int32, true)}, {"b", of(Type::Int32)}});
    CHECK_THAT(text_of(schema, {.optional_nullables = true}), Contains("optional int32 a = 1;\n  int32 b = 2;"));
    CHECK_THAT(text_of(schema, {.wrapper_nullables = true}),
               Contains("import \"google/protobuf/wrappers.proto\";") &&
                   Contains("google.protobuf.Int32Value a = 1;\n  int32 b = 2;"));
    const Value zero_and_null[] = {Value::int32(0), Value::int32(0)};
    for (const auto* setting : {"optional.for.nullables", "wrapper.for.nullables"}) {
        INFO(setting);
        Made m(Settings{{setting, "true"}});
        const auto hex = m.write(schema, Value::structure(zero_and_null));
        CHECK(hex == (setting[0] == 'o' ? "0000000001000800" : "0000000001000a00"));
        const auto read = m.read(hex);
        CHECK(read.value == Value::structure(zero_and_null));
        CHECK(field_of(read.schema, "a")->optional());
        CHECK_FALSE(field_of(read.schema, "b")->optional());
        CHECK(m.read("000000000100").value.as_values()[0].is_null());
    }
}

TEST_CASE("enums and unions become those of Protobuf, and come back") {
    const auto color =
        with_parameters(named(Type::String, "Color", std::nullopt), {{std::string(names::enumeration), "Color"},
                                                                     {"io.confluent.connect.protobuf.Enum.RED", "0"},
                                                                     {"io.confluent.connect.protobuf.Enum.BLUE", "7"}});
    const auto choice = optional(record("io.confluent.connect.protobuf.Union.choice",
                                        {{"number", of(Type::Int32, true)}, {"text", of(Type::String, true)}}));
    const auto schema = record("R", {{"color", color}, {"choice", choice}});
    CHECK(text_of(schema) == R"(syntax = "proto3";

message R {
  Color color = 1;

  oneof choice {
    int32 number = 2;
    string text = 3;
  }

  enum Color {
    RED = 0;
    BLUE = 7;
  }
}
)");
    const Value branches[] = {{}, Value::string("")};
    const Value values[] = {Value::string("BLUE"), Value::structure(branches)};
    Made m;
    const auto hex = m.write(schema, Value::structure(values));
    CHECK(hex == "00000000010008071a00");
    const auto read = m.read(hex);
    CHECK(read.schema->fields()[0].name == "choice_0");
    CHECK(read.schema->fields()[0].schema->name() == "io.confluent.connect.protobuf.Union.choice");
    CHECK(*field_of(read.schema, "color")->parameter("io.confluent.connect.protobuf.Enum.BLUE") == "7");
    CHECK(read.value.as_values()[0] == Value::structure(branches));
    CHECK(read.value.as_values()[1] == Value::string("BLUE"));
    Made flat(Settings{{"flatten.unions", "true"}, {"int.for.enums", "true"}});
    flat.add(m.registry.text_of(1));
    const auto fields = flat.read(hex);
    CHECK(fields.schema->fields()[1].name == "text");
    CHECK(fields.value.as_values()[1] == Value::string(""));
    CHECK(fields.value.as_values()[2] == Value::int32(7));
}

TEST_CASE("the settings say how oneofs, enums and absent messages are read") {
    const std::string text =
        "syntax = \"proto3\"; package p; message A { oneof c { int32 n = 1; string t = 2; } B b = 3; E e = 4; }\n"
        "message B { int32 x = 1; } enum E { ZERO = 0; }";
    const auto read = [&](Settings settings) {
        Made m(std::move(settings));
        m.add(text);
        return std::pair{m.read("0000000001000805").schema, m.read("0000000001000805").value.as_values()[1].is_null()};
    };
    const auto [plain, is_null] = read({});
    CHECK(plain->fields()[0].name == "c_0");
    CHECK(is_null);
    CHECK(field_of(plain, "e")->name() == "E");
    CHECK(read({{"generate.index.for.unions", "false"}}).first->fields()[0].name == "c");
    CHECK_FALSE(read({{"generate.struct.for.nulls", "true"}}).second);
    CHECK(field_of(read({{"enhanced.protobuf.schema.support", "true"}}).first, "e")->name() == "p.E");
    const auto general = read({{"generalized.sum.type.support", "true"}}).first;
    CHECK(*general->fields()[0].schema->parameter("org.apache.kafka.connect.data.Union") == "c");
    CHECK(*field_of(general, "e")->parameter("org.apache.kafka.connect.data.Enum.ZERO") == "0");
    CHECK_THROWS_WITH(Made(Settings{{"wrapper.for.raw.primitives", "false"}}).write(of(Type::Int32), Value::int32(1)),
                      Contains("Unsupported root schema of type INT32"));
}

TEST_CASE("messages are written and read, with the version of the registry, which is asked once") {
    Made m;
    const auto hex = m.write(point(), Value::structure(one_two));
    CHECK(hex == "00000000010008011002");
    CHECK(m.write(point(), Value::structure(one_two)) == hex);
    REQUIRE(m.registry.seen().size() == 1);
    CHECK_THAT(m.registry.seen()[0].body, Contains(R"("schemaType":"PROTOBUF")"));
    const auto read = m.read(hex);
    CHECK(read.value == Value::structure(one_two));
    CHECK(read.schema->name() == "Point");
    CHECK(read.schema->version() == 1);
    CHECK(*field_of(read.schema, "y")->parameter(names::tag) == "2");
    CHECK(m.read(hex).schema == read.schema);
    CHECK(m.registry.seen().size() == 3);
}

TEST_CASE("the indexes behind the id say which message of its schema the data is") {
    Made m(Settings{{"enhanced.protobuf.schema.support", "true"}});
    m.add(
        "syntax = \"proto3\"; package p; message A { int32 x = 1; }\n"
        "message B { message C { string s = 1; } bool b = 1; }");
    CHECK(m.read("0000000001000802").schema->name() == "p.A");
    CHECK(m.read("000000000102000802").schema->name() == "p.A");
    CHECK(m.read("000000000102020801").schema->name() == "p.B");
    const auto inner = m.read("00000000010402000a0178");
    CHECK(inner.schema->name() == "p.B.C");
    CHECK(inner.value.as_values()[0] == Value::string("x"));
    CHECK_THROWS_WITH(m.read("00000000010206"), Contains("has no message at index 3"));
    CHECK_THROWS_WITH(m.read("000000000102"), Contains("ends within a number"));
}

TEST_CASE("values without fields are messages around one value") {
    Made m;
    const auto hex = m.write(of(Type::Int32), Value::int32(5));
    CHECK(hex == "000000000102080805");
    const auto read = m.read(hex);
    CHECK(read.schema->type() == Type::Int32);
    CHECK(read.value == Value::int32(5));
    CHECK(m.write(of(Type::String), Value::string("")) == "0000000001020e");
    CHECK_THROWS_WITH(m.write(array_of(of(Type::Int32)), Value::array({})),
                      Contains("Unsupported root schema of type ARRAY"));
}

TEST_CASE("a null has no data, and fields that are null are left out unless they have a default") {
    Made m;
    std::string out;
    CHECK_FALSE(m.converter.from_connect_data("t", point(), {}, out));
    const auto schema = record("R", {{"a", with_default(of(Type::Int32, true), Value::int32(9))}});
    const Value null[] = {Value{}};
    CHECK(m.write(schema, Value::structure(null)) == "0000000001000809");
    Made none(Settings{{"ignore.default.for.nullables", "true"}});
    CHECK(none.write(schema, Value::structure(null)) == "000000000100");
}

TEST_CASE("decimals, dates and times keep their values") {
    const auto schema = record("R", {{"d", decimal("2")},
                                     {"day", named(Type::Int32, "org.apache.kafka.connect.data.Date")},
                                     {"time", named(Type::Int32, "org.apache.kafka.connect.data.Time")},
                                     {"at", named(Type::Int64, "org.apache.kafka.connect.data.Timestamp")}});
    const Value values[] = {Value::bytes("\xcf\xc7"), Value::int32(19675), Value::int32(86399999), Value::int64(-1)};
    Made m;
    const auto hex = m.write(schema, Value::structure(values));
    // -123.45; 2023-11-14; 23:59:59.999; a millisecond before 1970
    CHECK(hex ==
          "0000000001000a080a02cfc710051802"
          "120708e70f100b180e"
          "1a0c0817103b183b20c08faedc03"
          "221108ffffffffffffffffff0110c08faedc03");
    const auto read = m.read(hex);
    for (std::size_t i = 0; i < std::size(values); ++i) CHECK(read.value.as_values()[i] == values[i]);
    CHECK(*field_of(read.schema, "d")->parameter("scale") == "2");
    CHECK(field_of(read.schema, "at")->name() == "org.apache.kafka.connect.data.Timestamp");
    const Value bad[] = {values[0], values[1], Value::int32(-1), values[3]};
    CHECK_THROWS_WITH(m.write(schema, Value::structure(bad)),
                      Contains("Time values must use number of millis") && Contains("(field time)"));
}

TEST_CASE("proto2 has defaults of its own, groups that nobody wants, and optional fields") {
    Made m;
    m.add(
        "syntax = \"proto2\"; message A { optional int32 x = 1 [default = 5]; required string s = 2;\n"
        "repeated sint32 n = 3; optional fixed64 f = 4; optional uint32 u = 5; }");
    // s, an unknown group 9, n unpacked and packed, u
    const auto value = m.read(
                            "000000000100120161"
                            "4b080a4c"
                            "1801"
                            "1a020304"
                            "28ffffffff0f")
                           .value.as_values();
    CHECK(value[0].is_null());
    CHECK(value[1] == Value::string("a"));
    const Value numbers[] = {Value::int32(-1), Value::int32(-2), Value::int32(2)};
    CHECK(value[2] == Value::array(numbers));
    CHECK(value[4] == Value::int64(4294967295));
    Made defaults(Settings{{"optional.for.proto2", "false"}});
    defaults.add(m.registry.text_of(1));
    CHECK(defaults.read("000000000100120161").value.as_values()[0] == Value::int32(5));
}

TEST_CASE("what cannot be is refused with what is wrong") {
    Made m;
    CHECK_THROWS_WITH(m.write(record("R", {{"a", array_of(array_of(of(Type::Int32)))}}), Value::structure({})),
                      Contains("Array cannot be nested"));
    CHECK_THROWS_WITH(m.write(record("R", {{"a", record("x.S", {{"i", of(Type::Int32)}})},
                                           {"b", record("y.S", {{"j", of(Type::Int32)}})}}),
                              Value::structure({})),
                      Contains("Can't redefine: S"));
    CHECK_THROWS_WITH(m.write(record("a-b.R-x", {{"a", of(Type::Int32)}}), Value::structure(one_two)),
                      Contains("Invalid Protobuf schema") && Contains("line 2"));
    Made scrubbed(Settings{{"scrub.invalid.names", "true"}});
    const Value one[] = {Value::int32(1)};
    CHECK(scrubbed.write(record("a-b.R-x", {{"_a", of(Type::Int32)}}), Value::structure(one)) == "0000000001000801");
    CHECK_THAT(scrubbed.registry.text_of(1), Contains("package a_b;") && Contains("int32 x_a = 1;"));
    m.add("syntax = \"proto3\"; message A { A a = 1; }");
    CHECK_THROWS_WITH(m.read("000000000100"),
                      Contains("of subject t-value") && Contains("A holds itself") && Contains("ByteArrayConverter"));
    const auto missing = m.add("syntax = \"proto3\"; import \"there/is/none.proto\"; message B {}");
    CHECK_THROWS_WITH(m.read(fmt::format("00{:08x}00", missing)), Contains("there/is/none.proto"));
    const Value wrong[] = {Value::string("x"), Value::int32(1)};
    CHECK_THROWS_WITH(m.write(point(), Value::structure(wrong)),
                      Contains("Invalid type for INT32: STRING") && Contains("(field x)"));
}

TEST_CASE("another Protobuf schema than the record's own is written with, and must have its fields") {
    Made m(Settings{{"auto.register.schemas", "false"}, {"use.latest.version", "true"}});
    m.add(
        "syntax = \"proto3\"; package a; message Other { bool b = 1; } message Point { sint64 y = 4; fixed32 x = 3; }");
    CHECK(m.write(point(), Value::structure(one_two)) == "000000000102021d010000002004");
    const auto wider = record("a.Point", {{"x", of(Type::Int32)}, {"z", of(Type::Int32)}});
    CHECK_THROWS_WITH(m.write(wider, Value::structure(one_two)), Contains("has no field z"));
    Made lenient(Settings{
        {"auto.register.schemas", "false"}, {"use.latest.version", "true"}, {"latest.compatibility.strict", "false"}});
    lenient.add(m.registry.text_of(1));
    CHECK_THROWS_WITH(lenient.write(wider, Value::structure(one_two)), Contains("Cannot find field with name z"));
    const Value without[] = {Value::int32(1), Value{}};
    CHECK(lenient.write(wider, Value::structure(without)) == "000000000102021d01000000");
}

TEST_CASE("imports are registered under their names where known types are not skipped") {
    Made m(Settings{{"skip.known.types", "false"}});
    const auto schema = record("R", {{"d", decimal("2")}});
    const Value values[] = {Value::bytes("\x01")};
    const auto hex = m.write(schema, Value::structure(values));
    CHECK_THAT(
        m.registry.seen().back().body,
        Contains(R"("references":[{"name":"confluent/type/decimal.proto","subject":"confluent/type/decimal.proto",)"
                 R"("version":1},{"name":"confluent/meta.proto")"));
    CHECK(m.read(hex).value == Value::structure(values));
}

TEST_CASE("which message of a file it is stands in the header, behind the GUID") {
    Made m(Settings{{"value.schema.id.serializer", "HeaderSchemaIdSerializer"}});
    m.registry.give_guids();
    std::vector<RecordHeader> headers;
    m.converter.write_headers(headers);
    const Value one[] = {Value::int32(1)};
    CHECK(m.write(record("R", {{"a", of(Type::Int32)}}), Value::structure(one)) == "0801");
    REQUIRE(headers.size() == 1);
    CHECK(to_hex(*headers[0].value) == "018979176223364186967400000000000100");
    m.converter.read_headers(headers);
    CHECK(m.read("0801").value == Value::structure(one));
    m.add("syntax = \"proto3\"; message A { int32 a = 1; } message B { string b = 1; }");
    const auto second = *from_hex("01897917622336418696740000000000020202");
    headers = {{.key = "__value_schema_id", .value = second}};
    m.converter.read_headers(headers);
    const auto read = m.read("0a0178");
    CHECK(read.schema->name() == "B");
    CHECK(read.value.as_values()[0] == Value::string("x"));
}
