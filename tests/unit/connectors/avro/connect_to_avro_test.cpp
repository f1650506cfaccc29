#include "connectors/avro/connect_to_avro.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"
#include "tests/unit/connectors/avro/schemas.hpp"

using namespace millrace;
using namespace millrace::avro;

namespace {

const std::string envelope_text =
    R"({"type":"record","name":"Envelope","namespace":"srv1.public.customers","fields":[)"
    R"({"name":"before","type":["null",{"type":"record","name":"Value","fields":[{"name":"id","type":"int"},{"name":"name","type":["null","string"],"default":null},)"
    R"({"name":"balance","type":["null",{"type":"bytes","scale":2,"precision":10,"connect.version":1,"connect.parameters":{"scale":"2","connect.decimal.precision":"10"},)"
    R"("connect.name":"org.apache.kafka.connect.data.Decimal","logicalType":"decimal"}],"default":null},)"
    R"({"name":"created","type":["null",{"type":"long","connect.version":1,"connect.name":"io.debezium.time.MicroTimestamp"}],"default":null},)"
    R"({"name":"active","type":{"type":"boolean","connect.default":true},"default":true}],"connect.name":"srv1.public.customers.Value"}],"default":null},)"
    R"({"name":"after","type":["null","Value"],"default":null},)"
    R"({"name":"source","type":{"type":"record","name":"Source","namespace":"io.debezium.connector.postgresql","fields":[{"name":"version","type":"string"},)"
    R"({"name":"connector","type":"string"},{"name":"name","type":"string"},{"name":"ts_ms","type":"long"},)"
    R"({"name":"snapshot","type":[{"type":"string","connect.version":1,"connect.parameters":{"allowed":"true,first,first_in_data_collection,last_in_data_collection,last,false,incremental"},)"
    R"("connect.default":"false","connect.name":"io.debezium.data.Enum"},"null"],"default":"false"},{"name":"db","type":"string"},)"
    R"({"name":"sequence","type":["null","string"],"default":null},{"name":"ts_us","type":["null","long"],"default":null},{"name":"ts_ns","type":["null","long"],"default":null},)"
    R"({"name":"schema","type":"string"},{"name":"table","type":"string"},{"name":"txId","type":["null","long"],"default":null},{"name":"lsn","type":["null","long"],"default":null},)"
    R"({"name":"xmin","type":["null","long"],"default":null}],"connect.version":1,"connect.name":"io.debezium.connector.postgresql.Source"}},)"
    R"({"name":"transaction","type":["null",{"type":"record","name":"block","namespace":"event","fields":[{"name":"id","type":"string"},{"name":"total_order","type":"long"},)"
    R"({"name":"data_collection_order","type":"long"}],"connect.version":1,"connect.name":"event.block"}],"default":null},)"
    R"({"name":"op","type":"string"},{"name":"ts_ms","type":["null","long"],"default":null},{"name":"ts_us","type":["null","long"],"default":null},)"
    R"({"name":"ts_ns","type":["null","long"],"default":null}],"connect.version":2,"connect.name":"srv1.public.customers.Envelope"})";

}

TEST_CASE("types become Avro's, and what Avro does not know its properties") {
    const auto [schema, text] = GENERATE(table<SchemaPtr, std::string>({
        {of(Type::Int8), R"({"type":"int","connect.type":"int8"})"},
        {of(Type::Int16), R"({"type":"int","connect.type":"int16"})"},
        {of(Type::Int32), R"("int")"},
        {of(Type::Int64), R"("long")"},
        {of(Type::Float32), R"("float")"},
        {of(Type::Float64), R"("double")"},
        {of(Type::Boolean), R"("boolean")"},
        {of(Type::String), R"("string")"},
        {of(Type::Bytes), R"("bytes")"},
        {of(Type::String, true), R"(["null","string"])"},
        {optional(with_default(of(Type::Int32), Value::int32(7))), R"([{"type":"int","connect.default":7},"null"])"},
        {make_schema({.type = Type::Int32, .name = "my.Int", .version = 2, .doc = "D", .parameters = {{"p", "1"}}}),
         R"({"type":"int","connect.doc":"D","connect.version":2,"connect.parameters":{"p":"1"},"connect.name":"my.Int"})"},
        {decimal("2"),
         R"({"type":"bytes","scale":2,"precision":64,"connect.version":1,"connect.parameters":{"scale":"2"},"connect.name":"org.apache.kafka.connect.data.Decimal","logicalType":"decimal"})"},
        {decimal("-2"),
         R"({"type":"bytes","scale":-2,"precision":64,"connect.version":1,"connect.parameters":{"scale":"-2"},"connect.name":"org.apache.kafka.connect.data.Decimal","logicalType":"decimal"})"},
        {named(Type::Int32, "org.apache.kafka.connect.data.Date"),
         R"({"type":"int","connect.version":1,"connect.name":"org.apache.kafka.connect.data.Date","logicalType":"date"})"},
        {named(Type::Int32, "org.apache.kafka.connect.data.Time"),
         R"({"type":"int","connect.version":1,"connect.name":"org.apache.kafka.connect.data.Time","logicalType":"time-millis"})"},
        {named(Type::Int64, "org.apache.kafka.connect.data.Timestamp"),
         R"({"type":"long","connect.version":1,"connect.name":"org.apache.kafka.connect.data.Timestamp","logicalType":"timestamp-millis"})"},
        {array_of(of(Type::Int32, true)), R"({"type":"array","items":["null","int"]})"},
        {map_of(of(Type::String), of(Type::Int64)), R"({"type":"map","values":"long"})"},
        {map_of(of(Type::String, true), of(Type::Int64)),
         R"({"type":"array","items":{"type":"record","name":"MapEntry","namespace":"io.confluent.connect.avro","fields":[{"name":"key","type":["null","string"],"default":null},{"name":"value","type":"long"}]}})"},
        {map_of(of(Type::Int32), of(Type::String), "a.b.M"),
         R"({"type":"array","items":{"type":"record","name":"M","namespace":"a.b","fields":[{"name":"key","type":"int"},{"name":"value","type":"string"}],"connect.internal.type":"MapEntry"},"connect.name":"a.b.M"})"},
        {make_schema({.type = Type::String, .parameters = {{"avro.java.string", "String"}}}),
         R"({"type":"string","connect.parameters":{"avro.java.string":"String"},"avro.java.string":"String"})"},
    }));
    CHECK(avro_text(schema) == text);
}

TEST_CASE("defaults are written as Avro has them") {
    const auto [schema, text] = GENERATE(table<SchemaPtr, std::string>({
        {with_default(of(Type::String), Value::string("x")),
         R"({"type":"string","connect.default":"x"},"default":"x")"},
        {with_default(of(Type::Bytes), Value::bytes(std::string_view("\0\xFF"
                                                                     "A",
                                                                     3))),
         "{\"type\":\"bytes\",\"connect.default\":\"\\u0000\xC3\xBF"
         "A\"},\"default\":\"\\u0000\xC3\xBF"
         "A\""},
        {with_default(of(Type::Float32), Value::float32(0.1F)),
         R"({"type":"float","connect.default":0.1},"default":0.1)"},
        {with_default(of(Type::Float64), Value::float64(1e300)),
         R"({"type":"double","connect.default":1.0E300},"default":1.0E300)"},
        {with_default(of(Type::Int8), Value::int8(-3)),
         R"({"type":"int","connect.default":-3,"connect.type":"int8"},"default":-3)"},
        {of(Type::Int32, true), R"(["null","int"],"default":null)"},
        {optional(with_default(of(Type::Int32), Value::int32(7))),
         R"([{"type":"int","connect.default":7},"null"],"default":7)"},
        {with_default(of(Type::String), Value::string("\xF0\x9F\x98\x80\n\"/")),
         "{\"type\":\"string\",\"connect.default\":\"\xF0\x9F\x98\x80\\n\\\"/\"},\"default\":\"\xF0\x9F\x98\x80\\n\\\"/"
         "\""},
    }));
    CHECK(avro_text(record("R", {{"f", schema}})) ==
          R"({"type":"record","name":"R","fields":[{"name":"f","type":)" + text + R"(}],"connect.name":"R"})");
}

TEST_CASE("a default that is not of the union's first branch is left out") {
    const auto inner = record("I", {{"f", of(Type::Int32)}});
    const Value one[] = {Value::int32(1)};
    const auto schema = record("R", {{"i", optional(with_default(inner, Value::structure(one)))}});
    CHECK(
        avro_text(schema) ==
        R"({"type":"record","name":"R","fields":[{"name":"i","type":["null",{"type":"record","name":"I","fields":[{"name":"f","type":"int"}],"connect.default":{"f":1},"connect.name":"I"}]}],"connect.name":"R"})");
}

TEST_CASE("an envelope of Debezium has the text that registries know it by") {
    CHECK(avro_text(customers_envelope()) == envelope_text);
    CHECK(
        avro_text(record("srv1.public.customers.Key", {{"id", with_default(of(Type::Int32), Value::int32(0))}})) ==
        R"({"type":"record","name":"Key","namespace":"srv1.public.customers","fields":[{"name":"id","type":{"type":"int","connect.default":0},"default":0}],"connect.name":"srv1.public.customers.Key"})");
}

TEST_CASE("records without a name are numbered, and equal ones are one") {
    const auto inner = record("", {{"x", of(Type::Int32)}});
    const auto other = record("", {{"y", of(Type::Int32)}});
    CHECK(avro_text(record("", {{"a", inner}, {"b", optional(inner)}, {"c", other}})) ==
          R"({"type":"record","name":"ConnectDefault","namespace":"io.confluent.connect.avro","fields":[)"
          R"({"name":"a","type":{"type":"record","name":"ConnectDefault2","fields":[{"name":"x","type":"int"}]}},)"
          R"({"name":"b","type":["null","ConnectDefault2"],"default":null},)"
          R"({"name":"c","type":{"type":"record","name":"ConnectDefault3","fields":[{"name":"y","type":"int"}]}}]})");
}

TEST_CASE("docs of records and fields come from parameters, and a type's other parameters stand with the field") {
    const auto inner = record("a.I", {{"x", of(Type::Int32)}});
    auto parts = inner->parts();
    parts.parameters = {{"p", "2"}};
    const auto again = make_schema(std::move(parts));
    const auto schema = make_schema({.type = Type::Struct,
                                     .name = "a.R",
                                     .parameters = {{"io.confluent.connect.avro.record.doc", "of R"},
                                                    {"io.confluent.connect.avro.field.doc.i", "of i"}},
                                     .fields = {{"i", inner}, {"j", again}}});
    CHECK(
        avro_text(schema) ==
        R"({"type":"record","name":"R","namespace":"a","doc":"of R","fields":[)"
        R"({"name":"i","type":{"type":"record","name":"I","fields":[{"name":"x","type":"int"}],"connect.name":"a.I"},"doc":"of i"},)"
        R"({"name":"j","type":"I","connect.parameters":{"p":"2"}}],)"
        R"("connect.parameters":{"io.confluent.connect.avro.record.doc":"of R","io.confluent.connect.avro.field.doc.i":"of i"},"connect.name":"a.R"})");
}

TEST_CASE("names that Avro does not allow are refused, or repaired") {
    const auto [name, field, repaired, repaired_field] =
        GENERATE(table<std::string, std::string, std::string, std::string>({
            {"my-topic.Va lue", "1c", R"("name":"Va_lue","namespace":"my_topic")", "x1c"},
            {"a.B", "\xC3\xA9", R"("name":"B","namespace":"a")", "_C3_A9"},
            {"a.B", "x.y", R"("name":"B","namespace":"a")", "x_y"},
            {"1a", "ok", R"("name":"x1a")", "ok"},
        }));
    const auto schema = record(name, {{field, of(Type::Int32)}});
    CHECK_THROWS_AS(avro_text(schema), DataException);
    CHECK_THROWS_WITH(avro_text(schema), Catch::Contains("Illegal"));
    CHECK_THAT(avro_text(schema, {.scrub_names = true}), Catch::Contains(repaired) &&
                                                             Catch::Contains(R"("name":")" + repaired_field + "\"") &&
                                                             Catch::Contains(R"("connect.name":")" + name + "\""));
}

TEST_CASE("two records of one name that are not the same are refused") {
    const auto one = record("a.I", {{"x", of(Type::Int32)}});
    const auto other = record("a.I", {{"x", of(Type::Int64)}});
    CHECK_THROWS_WITH(avro_text(record("R", {{"a", one}, {"b", optional(other)}})), "Can't redefine: a.I");
    CHECK_THROWS_WITH(avro_text(record("R", {{"a", map_of(of(Type::Int32), of(Type::Int32))},
                                             {"b", map_of(of(Type::Int64), of(Type::Int32))}})),
                      "Can't redefine: io.confluent.connect.avro.MapEntry");
}

TEST_CASE("enums and unions have their own types where the settings say so") {
    const auto symbols = make_schema({.type = Type::String,
                                      .name = "a.E",
                                      .parameters = {{"io.confluent.connect.avro.Enum", "a.E"},
                                                     {"io.confluent.connect.avro.Enum.A", "A"},
                                                     {"io.confluent.connect.avro.Enum.B", "B"}}});
    CHECK_THAT(avro_text(symbols), Catch::StartsWith(R"({"type":"string","connect.parameters")"));
    CHECK(
        avro_text(symbols, {.enhanced = true}) ==
        R"({"type":"enum","name":"E","namespace":"a","symbols":["A","B"],"connect.parameters":{"io.confluent.connect.avro.Enum":"a.E","io.confluent.connect.avro.Enum.A":"A","io.confluent.connect.avro.Enum.B":"B"},"connect.name":"a.E"})");
    const auto either = optional(record("io.confluent.connect.avro.Union",
                                        {{"int", of(Type::Int32, true)}, {"string", of(Type::String, true)}}));
    CHECK(avro_text(either) == R"(["null","int","string"])");
    const auto twice =
        record("io.confluent.connect.avro.Union", {{"a", of(Type::Int32, true)}, {"b", of(Type::Int8, true)}});
    CHECK_THROWS_WITH(avro_text(twice), "Duplicate in union:int");
}

TEST_CASE("without Connect's meta data logical types stay") {
    CHECK(avro_text(decimal("2"), {.meta_data = false}) ==
          R"({"type":"bytes","scale":2,"precision":64,"logicalType":"decimal"})");
    CHECK(avro_text(of(Type::Int8), {.meta_data = false}) == R"("int")");
    CHECK(avro_text(optional(map_of(of(Type::String, true), of(Type::Int32))), {.optional_map_keys = true}) ==
          R"(["null",{"type":"map","values":"int"}])");
}

TEST_CASE("what has no schema is written as anything") {
    const auto text = avro_text(nullptr);
    CHECK_THAT(
        text,
        Catch::StartsWith(
            R"({"type":"record","name":"Anything","namespace":"io.confluent.connect.avro","fields":[{"name":"boolean","type":["null","boolean"],"default":null})"));
    std::string again;
    append_avro_schema(again, parse_avro_schema(text)->root());
    CHECK(again == text);
}

TEST_CASE("a schema that was read is written as it was") {
    const std::string text = GENERATE(
        as<std::string>{}, envelope_text,
        R"({"type":"fixed","name":"F","namespace":"a","size":4,"logicalType":"decimal","scale":1})",
        R"({"type":"enum","name":"E","doc":"d","symbols":["A"],"default":"A","x":{"y":[1,2.50]},"aliases":["D"]})",
        R"({"type":"record","name":"R","namespace":"a","fields":[{"name":"next","type":["null","R"],"default":null,"aliases":["n"],"p":1}]})",
        R"({"type":"record","name":"R","namespace":"a","fields":[{"name":"s","type":{"type":"record","name":"S","namespace":"","fields":[]}}]})");
    std::string again;
    append_avro_schema(again, parse_avro_schema(text)->root());
    CHECK(again == text);
}

TEST_CASE("what is no Avro schema is refused") {
    const std::string text =
        GENERATE(as<std::string>{}, "", "7", "{}", R"({"type":"nothing"})", R"([["int"]])",
                 R"({"type":"record","name":"R"})", R"({"type":"record","name":"a-b","fields":[]})",
                 R"({"type":"fixed","name":"F","size":-1})", R"({"type":"array"})",
                 R"({"type":"fixed","name":"F","size":1,"aliases":[1]})", R"({"type":"enum","name":"E","symbols":[1]})",
                 R"({"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]})",
                 R"([{"type":"fixed","name":"F","size":1},{"type":"fixed","name":"F","size":1}])");
    CHECK_THROWS_AS(parse_avro_schema(text), DataException);
}
