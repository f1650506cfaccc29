#include "connectors/avro/anything_value.hpp"
#include "connectors/avro/avro_to_connect.hpp"
#include "connectors/avro/compatibility.hpp"
#include "connectors/avro/decode_plan.hpp"
#include "connectors/avro/encode_plan.hpp"
#include "connectors/support/text.hpp"
#include "tests/pch.hpp"
#include "tests/unit/connectors/avro/schemas.hpp"

using namespace millrace;
using namespace millrace::avro;
using Catch::Contains;

namespace {

std::string encoded(const SchemaPtr& schema, const Value& value, const AvroOptions& options = {}) {
    converters::TextBuffer out;
    EncodePlan(*schema, to_avro(schema, options)->root(), options).write(value, out);
    return to_hex(out.text());
}

std::string with_other(const SchemaPtr& schema, const std::string& other, const Value& value) {
    converters::TextBuffer out;
    EncodePlan(*schema, parse_avro_schema(other)->root(), {}).write(value, out);
    return to_hex(out.text());
}

struct Decoded {
    SchemaPtr schema;
    Value value;
};
Decoded decoded(const std::string& avro, const std::string& hex, Arena& arena, const AvroOptions& options = {}) {
    const auto tree = parse_avro_schema(avro);
    auto schema = to_connect(tree->root(), options);
    const auto bytes = arena.copy(*from_hex(hex));
    return {schema, DecodePlan(*schema, tree->root(), options).read(bytes, arena)};
}

}

TEST_CASE("values are encoded as Avro's, and read back") {
    static const Value texts[] = {Value::string("k"), Value::string("a")};
    static const MapEntry entries[] = {{Value::string("k"), Value::string("a")}};
    static const MapEntry numbers[] = {{Value::int32(1), Value::string("a")}};
    const auto text = of(Type::String);
    const auto seven = optional(with_default(of(Type::Int32), Value::int32(7)));
    const auto [schema, value, hex] = GENERATE_COPY(table<SchemaPtr, Value, std::string>({
        {text, Value::string("hello"), "0a68656c6c6f"},
        {optional(text), Value::string("x"), "020278"},
        {seven, Value::int32(7), "000e"},
        {seven, Value(), "02"},
        {of(Type::Int64), Value::int64(-65), "8101"},
        {of(Type::Int64), Value::int64(INT64_MIN), "ffffffffffffffffff01"},
        {decimal("2"), Value::bytes("\xCF\xC7"), "04cfc7"},
        {of(Type::Int16), Value::int16(-300), "d704"},
        {of(Type::Float32), Value::float32(1.5F), "0000c03f"},
        {of(Type::Float64), Value::float64(1.5), "000000000000f83f"},
        {array_of(text), Value::array(texts), "04026b026100"},
        {array_of(text), Value::array({}), "00"},
        {map_of(text, text), Value::map(entries), "02026b026100"},
        {map_of(of(Type::Int32), text), Value::map(numbers), "0202026100"},
    }));
    CHECK(encoded(schema, value) == hex);
    Arena arena;
    if (schema->type() == Type::Bytes) return;
    const auto read = decoded(avro_text(schema), hex, arena);
    CHECK(read.value == value);
}

TEST_CASE("a null in a Struct is its default, unless that is to be ignored") {
    const auto schema = record("R", {{"a", of(Type::String, true)},
                                     {"b", optional(with_default(of(Type::Int32), Value::int32(7)))},
                                     {"c", of(Type::Int8)}});
    const Value fields[] = {Value::string("hi"), {}, Value::int8(-3)};
    CHECK(encoded(schema, Value::structure(fields)) == "02046869000e05");
    CHECK(encoded(schema, Value::structure(fields), {.ignore_defaults = true}) == "020468690205");
}

TEST_CASE("a record of Debezium has the bytes that other clients read") {
    const Value row[] = {Value::int32(1), Value::string("Ann"), Value::bytes("\x04\xD2"),
                         Value::int64(1700000000000000), Value::boolean(true)};
    const Value source[] = {Value::string("3.6.0"),
                            Value::string("postgresql"),
                            Value::string("srv1"),
                            Value::int64(5),
                            {},
                            Value::string("app"),
                            {},
                            {},
                            {},
                            Value::string("public"),
                            Value::string("customers"),
                            {},
                            Value::int64(24),
                            {}};
    const Value envelope[] = {
        {}, Value::structure(row), Value::structure(source), {}, Value::string("c"), Value::int64(6), {}, {}};
    CHECK(encoded(customers_envelope(), Value::structure(envelope)) ==
          "0002020206416e6e020404d2028080f28183898506010a332e362e3014706f737467726573716c08737276310a"
          "000a66616c736506617070000000"
          "0c7075626c696312637573746f6d65727300023000000263020c0000");
}

TEST_CASE("what does not fit is refused with the field's name") {
    const auto schema = record("R", {{"a", array_of(record("I", {{"b", of(Type::Int32)}}))}});
    const Value null_field[] = {{}};
    const Value inner[] = {Value::structure(null_field)};
    const Value outer[] = {Value::array(inner)};
    CHECK_THROWS_WITH(encoded(schema, Value::structure(outer)),
                      "Found null value for non-optional schema (field a.element.b)");
    const Value text[] = {Value::string("x")};
    CHECK_THROWS_WITH(encoded(schema, Value::structure(text)), "Invalid type for ARRAY: STRING (field a)");
    CHECK_THROWS_WITH(encoded(schema, Value::structure({})), Contains("Mismatching struct schema"));
}

TEST_CASE("a fixed decimal is sign-extended, and a longer one refused") {
    auto parts = decimal("1")->parts();
    parts.parameters.emplace_back("connect.fixed.size", "4");
    const auto schema = make_schema(std::move(parts));
    CHECK(encoded(schema, Value::bytes("\xCF\xC7")) == "ffffcfc7");
    CHECK(encoded(schema, Value::bytes("\x01")) == "00000001");
    CHECK_THROWS_WITH(encoded(schema, Value::bytes("12345")),
                      Contains("Unscaled value byte array length 5 is greater than fixed size 4"));
}

TEST_CASE("unions and enums are written and read by their branches") {
    const std::string either = R"(["null","int",{"type":"enum","name":"a.E","symbols":["A","B"]},"string"])";
    Arena arena;
    const auto [hex, field, value] = GENERATE(table<std::string, std::size_t, Value>({
        {"020e", 0, Value::int32(7)},
        {"0402", 1, Value::string("B")},
        {"060278", 2, Value::string("x")},
    }));
    const AvroOptions options{.enhanced = true};
    const auto read = decoded(either, hex, arena, options);
    CHECK(read.schema->name() == "io.confluent.connect.avro.Union");
    CHECK(read.value.as_values()[field] == value);
    CHECK(encoded(read.schema, read.value, options) == hex);
    CHECK(decoded(either, "00", arena, options).value.is_null());
}

TEST_CASE("the latest schema of a subject is written by names, with its defaults and wider numbers") {
    const auto schema = record("R", {{"a", of(Type::Int32)}, {"b", of(Type::String)}});
    const Value values[] = {Value::int32(1), Value::string("x")};
    CHECK(
        with_other(schema,
                   R"({"type":"record","name":"R","fields":[{"name":"b","type":["null","string"]},)"
                   R"({"name":"n","type":{"type":"array","items":"int"},"default":[3]},{"name":"a","type":"double"}]})",
                   Value::structure(values)) == "020278020600000000000000f03f");
    CHECK_THROWS_WITH(with_other(schema, R"({"type":"record","name":"R","fields":[{"name":"n","type":"int"}]})",
                                 Value::structure(values)),
                      Contains("Field n of record R is not in the data, and has no default"));
    CHECK_THROWS_WITH(with_other(schema, R"({"type":"record","name":"R","fields":[{"name":"a","type":"boolean"}]})",
                                 Value::structure(values)),
                      Contains("cannot be written as boolean"));
}

TEST_CASE("values without a schema are records of anything") {
    Arena arena;
    const auto hex_of = [](const Value& value) {
        converters::TextBuffer out;
        write_anything(value, out);
        return to_hex(out.text());
    };
    CHECK(hex_of(Value::int32(5)) == "00000000020a00000000");
    const MapEntry entry[] = {{Value::string("a"), Value::int64(1)}};
    const auto hex = hex_of(Value::map(entry));
    CHECK(hex ==
          "00000000000000000202"
          "0000000000000202610000"
          "00000000000202000000"
          "00");
    const auto read = read_anything(arena.copy(*from_hex(hex)), arena);
    CHECK(read == Value::map(entry));
    CHECK_THROWS_WITH(hex_of(Value::bytes("x")), "Unknown Java type for schemaless data: class [B");
}

TEST_CASE("data that is cut or says more than it holds is refused") {
    const auto [avro, hex] = GENERATE(table<std::string, std::string>({
        {R"("string")", "0a6865"},
        {R"("string")", "01"},
        {R"("long")", "ffffffffffffffffff7f"},
        {R"("int")", "8080808010"},
        {R"("boolean")", "02"},
        {R"("int")", "0000"},
        {R"({"type":"array","items":"int"})", "feffffff0f"},
        {R"({"type":"array","items":{"type":"record","name":"R","fields":[]}})", "feffffff0f"},
        {R"({"type":"array","items":"int"})", "ffffffffffffffffff01"},
        {R"(["null","int"])", "04"},
        {R"({"type":"enum","name":"E","symbols":["A"]})", "02"},
        {R"({"type":"fixed","name":"F","size":3})", "0000"},
    }));
    Arena arena;
    CHECK_THROWS_AS(decoded(avro, hex, arena), DataException);
}

TEST_CASE("Avro's schemas become Connect's") {
    const auto read = [](const std::string& text, const AvroOptions& options = {}) {
        return to_connect(parse_avro_schema(text)->root(), options, 3);
    };
    CHECK(equal(read(R"({"type":"int","connect.type":"int8"})"), make_schema({.type = Type::Int8, .version = 3})));
    CHECK(read(R"({"type":"long","logicalType":"timestamp-millis"})")->name() ==
          "org.apache.kafka.connect.data.Timestamp");
    CHECK(read(R"({"type":"long","logicalType":"timestamp-micros"})")->name().empty());
    CHECK(*read(R"({"type":"bytes","logicalType":"decimal","precision":9,"scale":2})")
               ->parameter("connect.decimal.precision") == "9");
    CHECK(*read(R"({"type":"fixed","name":"a.F","size":4})")->parameter("connect.fixed.size") == "4");
    CHECK(read(R"({"type":"fixed","name":"a.F","size":4})")->name() == "a.F");
    const auto table = read(
        R"({"type":"record","name":"R","namespace":"a","doc":"D","fields":[{"name":"x","type":"int","default":7,"doc":"E"}]})");
    CHECK(table->name() == "a.R");
    CHECK(table->version() == 3);
    CHECK(*table->parameter("io.confluent.connect.avro.record.doc") == "D");
    CHECK(*table->parameter("io.confluent.connect.avro.field.doc.x") == "E");
    CHECK(table->fields()[0].schema->default_value() == Value::int32(7));
    CHECK(*table->fields()[0].schema->parameter("io.confluent.connect.avro.field.default") == "true");
    CHECK_THROWS_WITH(read(R"("null")"), "Standalone null schemas are not supported by this converter");
    CHECK_THROWS_WITH(read(R"({"type":"record","name":"R","fields":[{"name":"r","type":["null","R"]}]})"),
                      Contains("holds itself"));
    CHECK_THROWS_WITH(read(R"({"type":"int","logicalType":"date","connect.version":2})"),
                      Contains("Mismatched versions"));
    CHECK_THROWS_WITH(read(R"({"type":"int","logicalType":"date","connect.name":"x"})"), Contains("Mismatched names"));
    CHECK_THROWS_WITH(
        read(R"([{"type":"record","name":"a.R","fields":[]},{"type":"record","name":"b.R","fields":[]}])"),
        "Multiple union schemas map to the Connect union field name");
    CHECK(read(R"(["int"])")->type() == Type::Int32);
    CHECK(read(R"(["int"])", {.flatten_singletons = false})->type() == Type::Struct);
}

TEST_CASE("a schema that went to Avro comes back") {
    const auto schema =
        GENERATE(customers_envelope(), record("R", {{"m", map_of(of(Type::Int32), of(Type::String, true), "a.M")}}),
                 record("R", {{"d", with_default(decimal("2", "5"), Value::bytes("\x01"))}}),
                 record("R", {{"s", with_default(of(Type::Int16), Value::int16(-1))}, {"t", of(Type::Int8, true)}}));
    CHECK(equal(to_connect(to_avro(schema, {})->root(), {}), schema));
}

TEST_CASE("names that stand for each other again and again do not fill the memory") {
    std::string text = R"({"type":"record","name":"R0","fields":[]})";
    for (int i = 1; i < 40; ++i) {
        text = fmt::format(
            R"({{"type":"record","name":"R{}","fields":[{{"name":"a","type":{}}},{{"name":"b","type":"R{}"}}]}})", i,
            text, i - 1);
    }
    CHECK_THROWS_WITH(to_connect(parse_avro_schema(text)->root(), {}), Contains("more than 100000 parts"));
}

TEST_CASE("a reader's schema is asked whether it can read what is written") {
    const auto why = [](const std::string& reader, const std::string& writer) {
        return why_unreadable(parse_avro_schema(reader)->root(), parse_avro_schema(writer)->root()).value_or("");
    };
    CHECK(why(R"("long")", R"("int")").empty());
    CHECK(why(R"("int")", R"("long")") == "long cannot be read as int");
    CHECK(why(R"(["null","string"])", R"("string")").empty());
    CHECK(why(R"("string")", R"(["null","string"])") == "null cannot be read as string");
    CHECK(why(R"({"type":"record","name":"R","fields":[{"name":"n","type":"int","default":1}]})",
              R"({"type":"record","name":"R","fields":[{"name":"o","type":"int"}]})")
              .empty());
    CHECK(why(R"({"type":"record","name":"R","fields":[{"name":"n","type":"int"}]})",
              R"({"type":"record","name":"R","fields":[]})") == "n: is not written, and has no default");
    const std::string list = R"({"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]})";
    CHECK(why(list, list).empty());
}
