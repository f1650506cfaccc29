#include "connectors/converters/json_converter.hpp"

#include "connectors/support/text.hpp"
#include "tests/pch.hpp"
#include "tests/unit/connectors/with_cause.hpp"

#include <fstream>
#include <limits>

namespace millrace::converters {

namespace {

std::unique_ptr<JsonConverter> converter(const Settings& settings = {}) {
    auto made = std::make_unique<JsonConverter>();
    made->configure(settings, false);
    return made;
}

/// The bytes, or none for a null.
std::optional<std::string> written(JsonConverter& to, const SchemaPtr& schema, const Value& value) {
    std::string out = "before ";
    if (!to.from_connect_data("t", schema, value, out)) return std::nullopt;
    REQUIRE(out.substr(0, 7) == "before ");
    return out.substr(7);
}
std::optional<std::string> written(const Settings& settings, const SchemaPtr& schema, const Value& value) {
    return written(*converter(settings), schema, value);
}

const Settings bare{{"schemas.enable", "false"}};

SchemaPtr of(Type type, bool optional = false) { return make_schema({.type = type, .optional = optional}); }
SchemaPtr decimal(std::string scale) {
    return make_schema({.type = Type::Bytes,
                        .name = "org.apache.kafka.connect.data.Decimal",
                        .version = 1,
                        .parameters = {{"scale", std::move(scale)}}});
}
SchemaPtr logical(Type type, std::string name) {
    return make_schema({.type = type, .name = "org.apache.kafka.connect.data." + name, .version = 1});
}

}

TEST_CASE("values are written as Connect's JsonConverter writes them", "[json_converter]") {
    static const Value numbers[] = {Value::int32(1), Value::int32(-2)};
    static const Value two[] = {Value::string("a"), Value()};
    static const MapEntry by_name[] = {{Value::string("k\""), Value::int32(1)}, {Value::string("l"), Value::int32(2)}};
    static const MapEntry by_number[] = {{Value::int32(7), Value::string("x")}, {Value::int32(8), Value::string("y")}};
    const auto array = make_schema({.type = Type::Array, .value = of(Type::Int32)});
    const auto strings = make_schema({.type = Type::Array, .value = of(Type::String, true)});
    const auto names = make_schema({.type = Type::Map, .key = of(Type::String), .value = of(Type::Int32)});
    const auto pairs = make_schema({.type = Type::Map, .key = of(Type::Int32), .value = of(Type::String)});
    const auto [schema, value, expected] = GENERATE_REF(table<SchemaPtr, Value, std::string>({
        {of(Type::Int8), Value::int8(-128), "-128"},
        {of(Type::Int16), Value::int16(32767), "32767"},
        {of(Type::Int32), Value::int32(INT32_MIN), "-2147483648"},
        {of(Type::Int64), Value::int64(INT64_MIN), "-9223372036854775808"},
        {of(Type::Float32), Value::float32(0.1f), "0.1"},
        {of(Type::Float64), Value::float64(1e10), "1.0E10"},
        {of(Type::Float64), Value::float64(std::numeric_limits<double>::quiet_NaN()), "\"NaN\""},
        {of(Type::Float32), Value::float32(-std::numeric_limits<float>::infinity()), "\"-Infinity\""},
        {of(Type::Boolean), Value::boolean(true), "true"},
        {of(Type::Boolean), Value::boolean(false), "false"},
        {of(Type::String), Value::string(""), "\"\""},
        {of(Type::String), Value::string("a\"b\\\n/\u00e4\U0001F600"), "\"a\\\"b\\\\\\n/\u00e4\\uD83D\\uDE00\""},
        {of(Type::Bytes), Value::bytes(""), "\"\""},
        {of(Type::Bytes), Value::bytes("f"), "\"Zg==\""},
        {of(Type::Bytes), Value::bytes("fo"), "\"Zm8=\""},
        {of(Type::Bytes), Value::bytes("foo\xff"), "\"Zm9v/w==\""},
        {array, Value::array(numbers), "[1,-2]"},
        {array, Value::array({}), "[]"},
        {strings, Value::array(two), "[\"a\",null]"},
        {names, Value::map(by_name), "{\"k\\\"\":1,\"l\":2}"},
        {names, Value::map({}), "{}"},
        {pairs, Value::map(by_number), "[[7,\"x\"],[8,\"y\"]]"},
        {pairs, Value::map({}), "[]"},
        {decimal("2"), Value::bytes("09"), "\"MDk=\""},
        {logical(Type::Int32, "Date"), Value::int32(20778), "20778"},
        {logical(Type::Int32, "Time"), Value::int32(1), "1"},
        {logical(Type::Int64, "Timestamp"), Value::int64(-1), "-1"},
        {make_schema({.type = Type::Struct}), Value::structure({}), "{}"},
        {of(Type::Int32, true), Value(), "null"},
    }));
    CHECK(written(bare, schema, value) == expected);
}

TEST_CASE("decimals are numbers with decimal.format=numeric", "[json_converter]") {
    const Settings numeric{{"schemas.enable", "false"}, {"decimal.format", "Numeric"}};
    CHECK(written(numeric, decimal("2"), Value::bytes("09")) == "123.45");
    CHECK(written(numeric, decimal("-3"), Value::bytes("\x01")) == "1E+3");
    CHECK_THROWS_WITH(written(numeric, make_schema({.type = Type::Bytes, .name = decimal("1")->name()}), Value()),
                      "Invalid Decimal schema: scale parameter not found.");
}

TEST_CASE("text of every length around eight bytes is escaped rightly", "[json_converter]") {
    const std::string special = GENERATE("\"", "\\", "\n", "\x01", "\x1f", "\U0001F600");
    const auto schema = of(Type::String);
    const auto to = converter(bare);
    for (std::size_t before = 0; before < 20; ++before) {
        for (std::size_t after = 0; after < 12; ++after) {
            const auto text = std::string(before, 'a') + special + std::string(after, '\x7f');
            std::string expected;
            json::append_string(expected, text);
            REQUIRE(written(*to, schema, Value::string(text)) == expected);
        }
    }
}

TEST_CASE("characters next to the escaped ones are left alone", "[json_converter]") {
    std::string text;
    for (int c = 0x20; c < 0xF0; ++c) {
        if (c != '"' && c != '\\') text += static_cast<char>(c);
    }
    CHECK(written(bare, of(Type::String), Value::string(text)) == '"' + text + '"');
}

TEST_CASE("nulls become the default, null or a failure", "[json_converter]") {
    const auto with_default = [](bool optional) {
        return make_schema({.type = Type::Int32, .optional = optional, .default_value = Value::int32(5)});
    };
    const Settings keep{{"schemas.enable", "false"}, {"replace.null.with.default", "false"}};
    CHECK(written(bare, with_default(true), Value()) == "5");
    CHECK(written(bare, with_default(false), Value()) == "5");
    CHECK(written(keep, with_default(true), Value()) == "null");
    CHECK_THROWS_WITH(written(keep, with_default(false), Value()),
                      "Conversion error: null value for field that is required and has no default value");
    CHECK(written(bare, nullptr, Value()) == std::nullopt);
    CHECK(written({}, nullptr, Value()) == std::nullopt);
}

TEST_CASE("a value that does not fit is named by its field", "[json_converter]") {
    const auto row = make_schema({.type = Type::Struct, .fields = {{"id", of(Type::Int32)}}});
    const auto list = make_schema({.type = Type::Array, .value = row});
    const auto schema = make_schema({.type = Type::Struct, .fields = {{"after", row}, {"all", list}}});
    static const Value good_row[] = {Value::int32(1)};
    static const Value null_row[] = {Value()};
    static const Value long_row[] = {Value::int64(1)};
    static const Value wide_row[] = {Value::int32(1), Value::int32(2)};
    static const Value bad_list[] = {Value::structure(good_row), Value::structure(long_row)};
    const auto [after, all, message] = GENERATE_REF(table<Value, Value, std::string>({
        {Value::structure(null_row), Value::array({}),
         "Conversion error: null value for field that is required and has no default value; It is the field "
         "after.id"},
        {Value::structure(long_row), Value::array({}),
         "Conversion error: the schema says INT32 and the value is INT64; It is the field after.id"},
        {Value::structure(wide_row), Value::array({}),
         "Conversion error: the schema has 1 fields and the struct 2; It is the field after"},
        {Value::structure(good_row), Value::array(bad_list),
         "Conversion error: the schema says INT32 and the value is INT64; It is the field all.element.id"},
    }));
    const Value fields[] = {after, all};
    const auto to = converter(bare);
    std::string out;
    std::string found;
    try {
        to->from_connect_data("t", schema, Value::structure(fields), out);
    } catch (const DataException& e) {
        found = with_cause(e);
    }
    CHECK(found == message);
    CHECK(out.empty());
}

TEST_CASE("with schemas every message has its schema and payload", "[json_converter]") {
    const auto schema = make_schema(
        {.type = Type::Struct,
         .name = "ex.Rec",
         .version = 3,
         .doc = "d",
         .parameters = {{"p1", "v1"}},
         .fields = {
             {"i8", of(Type::Int8)},
             {"s", make_schema({.type = Type::String, .optional = true, .default_value = Value::string("dflt")})},
             {"mi",
              make_schema({.type = Type::Map, .optional = true, .key = of(Type::Int32), .value = of(Type::String)})},
             {"dec", decimal("2")},
         }});
    static const MapEntry entries[] = {{Value::int32(7), Value::string("x")}};
    const Value fields[] = {Value::int8(-1), Value(), Value::map(entries), Value::bytes("09")};
    CHECK(written({}, schema, Value::structure(fields)) ==
          R"({"schema":{"type":"struct","fields":[{"type":"int8","optional":false,"field":"i8"},)"
          R"({"type":"string","optional":true,"default":"dflt","field":"s"},{"type":"map","keys":{"type":"int32",)"
          R"("optional":false},"values":{"type":"string","optional":false},"optional":true,"field":"mi"},)"
          R"({"type":"bytes","optional":false,"name":"org.apache.kafka.connect.data.Decimal","version":1,)"
          R"("parameters":{"scale":"2"},"field":"dec"}],"optional":false,"name":"ex.Rec","version":3,"doc":"d",)"
          R"("parameters":{"p1":"v1"}},"payload":{"i8":-1,"s":"dflt","mi":[[7,"x"]],"dec":"MDk="}})");
    CHECK(written({}, make_schema({.type = Type::Array, .optional = true, .value = of(Type::Float64)}), Value()) ==
          R"({"schema":{"type":"array","items":{"type":"double","optional":false},"optional":true},"payload":null})");
    CHECK(written({}, nullptr, Value::int32(1)) == R"({"schema":null,"payload":1})");
}

TEST_CASE("schemas come and go while the cache holds few", "[json_converter]") {
    const auto to = converter({{"schemas.cache.size", "2"}, {"schemas.enable", "false"}});
    for (int round = 0; round < 50; ++round) {
        const auto name = "f" + std::to_string(round % 5);
        const auto schema = make_schema({.type = Type::Struct, .fields = {{name, of(Type::Int32)}}});
        const Value fields[] = {Value::int32(round)};
        REQUIRE(written(*to, schema, Value::structure(fields)) == fmt::format("{{\"{}\":{}}}", name, round));
    }
}

TEST_CASE("a huge record is followed by small ones", "[json_converter]") {
    const auto to = converter(bare);
    const std::string huge(5'000'000, 'x');
    CHECK((written(*to, of(Type::String), Value::string(huge)) == '"' + huge + '"'));
    CHECK(written(*to, of(Type::Int32), Value::int32(1)) == "1");
}

TEST_CASE("a message with schema is read and written again with the same bytes", "[json_converter]") {
    const std::string text = GENERATE(
        R"({"schema":{"type":"struct","fields":[{"type":"int32","optional":false,"default":0,"field":"id"}],"optional":false,"name":"shop.public.orders.Key"},"payload":{"id":1}})",
        R"({"schema":{"type":"struct","fields":[{"type":"int16","optional":true,"field":"i2"},{"type":"float","optional":true,"field":"f4"},{"type":"double","optional":true,"field":"f8"},{"type":"boolean","optional":true,"field":"b"},{"type":"bytes","optional":true,"name":"org.apache.kafka.connect.data.Decimal","version":1,"parameters":{"scale":"3","connect.decimal.precision":"8"},"field":"n"},{"type":"int64","optional":true,"name":"io.debezium.time.MicroTimestamp","version":1,"default":0,"field":"ts"}],"optional":true,"name":"shop.public.t.Value"},"payload":{"i2":-1,"f4":1.17549435E-38,"f8":"NaN","b":false,"n":"ANnI","ts":1795228887663919}})",
        R"({"schema":{"type":"struct","fields":[{"type":"struct","fields":[{"type":"array","items":{"type":"string","optional":true},"optional":true,"field":"tags"},{"type":"map","keys":{"type":"string","optional":false},"values":{"type":"string","optional":true},"optional":true,"field":"h"}],"optional":true,"name":"V","field":"after"},{"type":"string","optional":true,"name":"io.debezium.data.Enum","version":1,"parameters":{"allowed":"true,last,false"},"default":"false","field":"snapshot"}],"optional":false,"name":"E","version":2},"payload":{"after":{"tags":["a",null,"\u0001\"\\"],"h":{"k":null}},"snapshot":"first"}})",
        R"({"schema":null,"payload":{"a":[1,2.5,"x",{"b":null}]}})",
        R"({"schema":{"type":"map","keys":{"type":"int8","optional":false},"values":{"type":"bytes","optional":true},"optional":false},"payload":[[1,"AQI="],[2,null]]})");
    const auto both = converter({{"replace.null.with.default", "false"}});
    Arena arena;
    const auto read = both->to_connect_data("t", text, arena);
    CHECK(written(*both, read.schema, read.value) == text);
}

TEST_CASE("JSON without schemas is read leniently", "[json_converter]") {
    const auto from = converter(bare);
    Arena arena;
    const auto read = from->to_connect_data("t", R"({"a":00012,"b":1.5,"a":13} rest)", arena);
    CHECK(read.schema == nullptr);
    static const MapEntry entries[] = {{Value::string("a"), Value::int64(13)},
                                       {Value::string("b"), Value::float64(1.5)}};
    CHECK(read.value == Value::map(entries));
    CHECK(from->to_connect_data("t", "", arena).value.is_null());
    CHECK(from->to_connect_data("t", " \n", arena).value.is_null());
    CHECK(from->to_connect_data("t", std::nullopt, arena).value.is_null());
    CHECK(from->to_connect_data("t", "null", arena).value.is_null());
    CHECK_THROWS_AS(from->to_connect_data("t", "NaN", arena), DataException);
}

TEST_CASE("values are narrowed to their schema as Java narrows them", "[json_converter]") {
    const auto [type, payload, expected] = GENERATE(table<std::string, std::string, Value>({
        {"int8", "300", Value::int8(44)},
        {"int16", "-1.9", Value::int16(-1)},
        {"int32", "\"text\"", Value::int32(0)},
        {"int32", "4294967297", Value::int32(1)},
        {"int32", "1e10", Value::int32(1410065408)},
        {"int64", "-1e30", Value::int64(-5076944270305263616)},
        {"float", "1", Value::float32(1.0f)},
        {"double", "\"-Infinity\"", Value::float64(-std::numeric_limits<double>::infinity())},
        {"boolean", "1", Value::boolean(false)},
        {"string", "5", Value()},
        {"bytes", "\"AQI=\"", Value::bytes("\x01\x02")},
    }));
    CAPTURE(type, payload);
    const auto from = converter();
    Arena arena;
    const auto text = fmt::format(R"({{"schema":{{"type":"{}"}},"payload":{}}})", type, payload);
    CHECK(from->to_connect_data("t", text, arena).value == expected);
}

TEST_CASE("decimals are read from numbers and from base64", "[json_converter]") {
    const auto from = converter();
    Arena arena;
    const auto read = [&](std::string_view payload) {
        const auto text = fmt::format(
            R"({{"schema":{{"type":"bytes","name":"org.apache.kafka.connect.data.Decimal","parameters":{{"scale":"2"}}}},"payload":{}}})",
            payload);
        const auto value = from->to_connect_data("t", text, arena).value;
        return to_hex(value.as_text());
    };
    CHECK(read("\"MDk=\"") == "3039");
    CHECK(read("123.45") == "3039");
    CHECK(read("1.2345e2") == "3039");
    CHECK_THROWS_WITH(
        read("1.234"),
        "Decimal value has mismatching scale for given Decimal schema. Schema has scale 2, value has scale 3.");
    CHECK_THROWS_AS(read("true"), DataException);
}

TEST_CASE("messages that do not say what they are, are refused", "[json_converter]") {
    const auto [text, message] = GENERATE(table<std::string, std::string>({
        {"{}", "requires \"schema\" and \"payload\""},
        {"", "requires \"schema\" and \"payload\""},
        {" ", "requires \"schema\" and \"payload\""},
        {"[]", "requires \"schema\" and \"payload\""},
        {R"({"schema":null,"payload":1,"x":2})", "requires \"schema\" and \"payload\""},
        {"{", "failed due to serialization error: ; Malformed JSON"},
        {R"({"schema":{},"payload":1})", "Schema must contain 'type' field"},
        {R"({"schema":5,"payload":1})", "Schema must contain 'type' field"},
        {R"({"schema":{"type":"int"},"payload":1})", "Unknown schema type: int"},
        {R"({"schema":{"type":"array"},"payload":[]})", "Array schema did not specify the element type"},
        {R"({"schema":{"type":"map","keys":{"type":"string"}},"payload":{}})",
         "Map schema did not specify the value type"},
        {R"({"schema":{"type":"struct"},"payload":{}})", "\"fields\" argument is not an array"},
        {R"({"schema":{"type":"struct","fields":[{"type":"int8"}]},"payload":{}})",
         "field name not specified properly"},
        {R"({"schema":{"type":"int8","parameters":{"a":1}},"payload":1})", "parameters must have string values."},
        {R"({"schema":{"type":"string","default":7},"payload":"x"})", "Invalid default value"},
        {R"({"schema":{"type":"struct","fields":[{"type":"int8","field":""}]},"payload":{}})",
         "fieldName cannot be null."},
        {R"({"schema":{"type":"int8"},"payload":null})", "Invalid null value for required INT8 field"},
        {R"({"schema":{"type":"struct","fields":[{"type":"int8","field":"f"}]},"payload":{}})",
         "Invalid null value for required INT8 field; It is the field f"},
        {R"({"schema":{"type":"struct","fields":[]},"payload":[]})", "Structs should be encoded as JSON objects"},
        {R"({"schema":{"type":"map","keys":{"type":"string"},"values":{"type":"int8"}},"payload":[]})",
         "Maps with string fields should be encoded as JSON objects, but found ARRAY"},
        {R"({"schema":{"type":"map","keys":{"type":"int8"},"values":{"type":"int8"}},"payload":[[1]]})",
         "Found invalid map entry"},
        {R"({"schema":{"type":"bytes"},"payload":"?"})", "Invalid bytes field"},
        {R"({"schema":{"type":"int32","name":"org.apache.kafka.connect.data.Date"},"payload":1.5})",
         "Invalid type for Date, underlying representation should be integer but was NUMBER"},
    }));
    CAPTURE(text);
    const auto from = converter();
    Arena arena;
    std::string found;
    try {
        from->to_connect_data("t", text, arena);
    } catch (const DataException& e) {
        found = with_cause(e);
    }
    CHECK_THAT(found, Catch::Contains(message));
}

TEST_CASE("schema.content is the schema of bare payloads", "[json_converter]") {
    const auto from = converter({{"schema.content", R"({"type":"int16","optional":true})"}});
    Arena arena;
    const auto read = from->to_connect_data("t", "7", arena);
    REQUIRE(read.schema != nullptr);
    CHECK(read.schema->type() == Type::Int16);
    CHECK(read.value == Value::int16(7));
    CHECK_THROWS_WITH(converter({{"schema.content", "{"}}),
                      "Failed to parse schema in converter config due to serialization error: ");
}

TEST_CASE("settings of the converter are checked", "[json_converter]") {
    CHECK_THROWS_WITH(
        converter({{"schemas.enable", "maybe"}}),
        "Invalid value maybe for configuration schemas.enable: Expected value to be either true or false");
    CHECK_THROWS_WITH(converter({{"decimal.format", "x"}}),
                      "Invalid value x for configuration decimal.format: String must be one of (case insensitive): "
                      "NUMERIC, BASE64");
}

TEST_CASE("the same schema text is the same schema", "[json_converter]") {
    const auto from = converter();
    Arena arena;
    const std::string_view text = R"({"schema":{"type":"int16","optional":true},"payload":1})";
    CHECK(from->to_connect_data("t", text, arena).schema == from->to_connect_data("t", text, arena).schema);
}

TEST_CASE("messages that begin alike are read as if each were the first", "[json_converter]") {
    const std::string head = R"({"schema":{"type":"string","optional":true,"doc":"a \"}"},"payload":)";
    auto once = converter();
    Arena arena;
    const auto first = once->to_connect_data("t", head + "\"x\"}", arena);
    for (const std::string end : {"\"y\"}", "null}", " \"z\" }", "\"}\"}", "\"x\"}  ", "\"x\"} {", "}", "1,}", "\"x\"",
                                  "\"x\",\"more\":1}", "\"x\",\"schema\":null}", "\"x\"]", "[1]}"}) {
        const auto message = head + end;
        const auto read = [&](JsonConverter& from) -> std::string {
            try {
                const auto [schema, value] = from.to_connect_data("t", message, arena);
                return value.is_null() ? "null" : std::string(value.as_text());
            } catch (const DataException& e) {
                return e.what();
            }
        };
        INFO(message);
        CHECK(read(*once) == read(*converter()));
    }
    CHECK(once->to_connect_data("t", head + "\"q\"}", arena).schema == first.schema);
}

}
