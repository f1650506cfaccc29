#include "connectors/converters/simple_converters.hpp"

#include "connectors/converters/plugin.hpp"
#include "connectors/support/text.hpp"
#include "tests/pch.hpp"

namespace millrace::converters {

namespace {

SchemaPtr of(Type type, bool optional = false) { return make_schema({.type = type, .optional = optional}); }
SchemaPtr logical(Type type, const std::string& name,
                  std::vector<std::pair<std::string, std::string>> parameters = {}) {
    return make_schema(
        {.type = type, .name = "org.apache.kafka.connect.data." + name, .version = 1, .parameters = parameters});
}

template <class ConverterType>
std::optional<std::string> written(const SchemaPtr& schema, const Value& value, const Settings& settings = {}) {
    ConverterType to;
    to.configure(settings, false);
    std::string out;
    return to.from_connect_data("t", schema, value, out) ? std::optional(out) : std::nullopt;
}

}

TEST_CASE("StringConverter writes what toString gives", "[string_converter]") {
    static const Value inner[] = {Value::int32(1), Value(), Value::string("x")};
    const auto row =
        make_schema({.type = Type::Struct,
                     .fields = {{"id", of(Type::Int32)}, {"n", of(Type::Int32, true)}, {"s", of(Type::String)}}});
    static const Value outer[] = {Value::structure(inner), Value::float64(1.5)};
    const auto nested = make_schema({.type = Type::Struct, .fields = {{"after", row}, {"d", of(Type::Float64)}}});
    static const Value list[] = {Value::string("a"), Value()};
    static const MapEntry entries[] = {{Value::string("k"), Value::int64(1)},
                                       {Value::string("l"), Value::boolean(true)}};
    const auto [schema, value, expected] = GENERATE_REF(table<SchemaPtr, Value, std::optional<std::string>>({
        {nullptr, Value(), std::nullopt},
        {of(Type::String), Value::string("a\"\n"), "a\"\n"},
        {of(Type::Int8), Value::int8(-1), "-1"},
        {of(Type::Float32), Value::float32(1e10f), "1.0E10"},
        {of(Type::Boolean), Value::boolean(false), "false"},
        {nested, Value::structure(outer), "Struct{after=Struct{id=1,s=x},d=1.5}"},
        {nullptr, Value::array(list), "[a, null]"},
        {nullptr, Value::map(entries), "{k=1, l=true}"},
        {of(Type::Bytes), Value::bytes("\x01\x02"), "AQI="},
        {logical(Type::Bytes, "Decimal", {{"scale", "2"}}), Value::bytes("09"), "123.45"},
        {logical(Type::Int32, "Date"), Value::int32(0), "Thu Jan 01 00:00:00 UTC 1970"},
        {logical(Type::Int64, "Timestamp"), Value::int64(1795228887663), "Sat Nov 21 02:41:27 UTC 2026"},
    }));
    CHECK(written<StringConverter>(schema, value) == expected);
}

TEST_CASE("StringConverter knows other character sets", "[string_converter]") {
    const auto [encoding, text, bytes, back] = GENERATE(table<std::string, std::string, std::string, std::string>({
        {"utf-8", "\u00e4\u20ac", "\u00e4\u20ac", "\u00e4\u20ac"},
        {"ISO-8859-1", "a\u00e4\u20ac\U0001F600b", "a\xe4??b", "a\u00e4??b"},
        {"US-ASCII", "a\u00e4b", "a?b", "a?b"},
    }));
    CHECK(written<StringConverter>(of(Type::String), Value::string(text), {{"converter.encoding", encoding}}) == bytes);
    StringConverter from;
    from.configure({{"converter.encoding", encoding}}, true);
    Arena arena;
    const auto read = from.to_connect_data("t", bytes, arena);
    CHECK(read.value == Value::string(back));
    CHECK((read.schema->type() == Type::String && read.schema->optional()));
    CHECK(from.to_connect_data("t", std::nullopt, arena).value.is_null());
    CHECK_THROWS_WITH(written<StringConverter>(nullptr, Value(), {{"converter.encoding", "EBCDIC"}}),
                      "Unsupported encoding EBCDIC");
}

TEST_CASE("ByteArrayConverter passes bytes on and nothing else", "[bytes_converter]") {
    CHECK(written<ByteArrayConverter>(of(Type::Bytes), Value::bytes(std::string_view("\0\xff", 2))) ==
          std::string("\0\xff", 2));
    CHECK(written<ByteArrayConverter>(nullptr, Value::bytes("")) == "");
    CHECK(written<ByteArrayConverter>(of(Type::Bytes, true), Value()) == std::nullopt);
    CHECK_THROWS_WITH(written<ByteArrayConverter>(of(Type::Struct), Value()),
                      "Invalid schema type for ByteArrayConverter: STRUCT");
    CHECK_THROWS_WITH(written<ByteArrayConverter>(nullptr, Value::string("x")),
                      "ByteArrayConverter is not compatible with objects of type class java.lang.String");
    Arena arena;
    ByteArrayConverter from;
    CHECK(from.to_connect_data("t", "ab", arena).value == Value::bytes("ab"));
    CHECK(from.to_connect_data("t", std::nullopt, arena).value.is_null());
}

TEMPLATE_TEST_CASE("numbers go both ways, big-endian", "[number_converter]", ShortConverter, IntegerConverter,
                   LongConverter, FloatConverter, DoubleConverter) {
    struct Case {
        Type type;
        Value value;
        const char* hex;
    };
    const auto expected = [] {
        if constexpr (std::is_same_v<TestType, ShortConverter>) return Case{Type::Int16, Value::int16(-2), "fffe"};
        if constexpr (std::is_same_v<TestType, IntegerConverter>)
            return Case{Type::Int32, Value::int32(258), "00000102"};
        if constexpr (std::is_same_v<TestType, LongConverter>) {
            return Case{Type::Int64, Value::int64(INT64_MIN), "8000000000000000"};
        }
        if constexpr (std::is_same_v<TestType, FloatConverter>)
            return Case{Type::Float32, Value::float32(1.5f), "3fc00000"};
        if constexpr (std::is_same_v<TestType, DoubleConverter>) {
            return Case{Type::Float64, Value::float64(-1.5), "bff8000000000000"};
        }
    }();
    CHECK(written<TestType>(of(expected.type), expected.value) == from_hex(expected.hex));
    CHECK(written<TestType>(nullptr, Value()) == std::nullopt);
    CHECK(written<TestType>(of(Type::String), Value()) == std::nullopt);
    CHECK_THROWS_WITH(
        written<TestType>(nullptr, Value::string("1")),
        Catch::StartsWith("Failed to serialize to ") && Catch::EndsWith(" (was class java.lang.String): "));
    TestType from;
    Arena arena;
    const auto bytes = *from_hex(expected.hex);
    CHECK(from.to_connect_data("t", bytes, arena).value == expected.value);
    CHECK(from.to_connect_data("t", std::nullopt, arena).value.is_null());
    CHECK_THROWS_AS(from.to_connect_data("t", bytes + "x", arena), DataException);
    CHECK_THROWS_AS(from.to_connect_data("t", "", arena), DataException);
}

TEST_CASE("booleans are one byte", "[boolean_converter]") {
    CHECK(written<BooleanConverter>(of(Type::Boolean), Value::boolean(true)) == std::string("\1", 1));
    CHECK(written<BooleanConverter>(nullptr, Value::boolean(false)) == std::string("\0", 1));
    BooleanConverter from;
    Arena arena;
    CHECK(from.to_connect_data("t", std::string_view("\1", 1), arena).value == Value::boolean(true));
    CHECK(from.to_connect_data("t", std::string_view("\0", 1), arena).value == Value::boolean(false));
    CHECK_THROWS_AS(from.to_connect_data("t", GENERATE("\2", "", "ab"), arena), DataException);
}

TEST_CASE("every converter is found by its class name, makes itself and takes its own settings", "[converters]") {
    const auto& all = manifest();
    CHECK(all.abi == plugin_abi);
    for (const auto& plugin : all.plugins) {
        CAPTURE(plugin.class_name);
        const auto made = plugin.create();
        if (plugin.type == PluginType::Converter) {
            auto* converter = dynamic_cast<Converter*>(made.get());
            REQUIRE(converter != nullptr);
            CHECK(converter->config_keys().front().name == "converter.type");
            CHECK_NOTHROW(converter->configure({}, true));
        } else {
            auto* converter = dynamic_cast<HeaderConverter*>(made.get());
            REQUIRE(converter != nullptr);
            CHECK_NOTHROW(converter->configure({}));
        }
    }
    const auto count = [&](PluginType type) { return std::ranges::count(all.plugins, type, &PluginDescriptor::type); };
    CHECK(count(PluginType::Converter) == 11);
    CHECK(count(PluginType::HeaderConverter) == 12);
}

TEST_CASE("a converter for headers writes as the converter does", "[converters]") {
    HeaderConverterOf<LongConverter> converter;
    converter.configure({});
    std::string out;
    CHECK(converter.from_connect_header("t", "k", nullptr, Value::int64(1), out));
    Arena arena;
    CHECK(converter.to_connect_header("t", "k", out, arena).value == Value::int64(1));
}

}
