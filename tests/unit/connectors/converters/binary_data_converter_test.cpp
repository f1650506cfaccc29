#include "connectors/converters/binary_data_converter.hpp"

#include "connectors/converters/plugin.hpp"
#include "tests/pch.hpp"

namespace millrace::converters {

namespace {

const auto bytes = make_schema({.type = Type::Bytes});
const auto number = make_schema({.type = Type::Int32});
const Settings to_json = {{"delegate.converter.type", "org.apache.kafka.connect.json.JsonConverter"},
                          {"delegate.converter.type.schemas.enable", "false"}};

std::optional<std::string> written(const SchemaPtr& schema, const Value& value, const Settings& settings) {
    const auto to = make_converter("io.debezium.converters.BinaryDataConverter");
    REQUIRE(to);
    to->configure(settings, false);
    std::string out;
    return to->from_connect_data("t", schema, value, out) ? std::optional(out) : std::nullopt;
}

}

TEST_CASE("bytes go as they are, the rest to the delegate", "[binary_data_converter]") {
    const auto [schema, value, expected] = GENERATE(table<SchemaPtr, Value, std::optional<std::string>>({
        {bytes, Value::bytes(std::string_view("\x00\x01", 2)), std::string("\x00\x01", 2)},
        {nullptr, Value::bytes("x"), "x"},
        {bytes, Value(), std::nullopt},
        {nullptr, Value(), std::nullopt},
        {number, Value::int32(7), "7"},
        {nullptr, Value::string("s"), "\"s\""},
    }));
    CHECK(written(schema, value, to_json) == expected);
}

TEST_CASE("without a delegate, what is not bytes is refused", "[binary_data_converter]") {
    CHECK(written(bytes, Value::bytes("x"), {}) == "x");
    CHECK_THROWS_WITH(written(number, Value::int32(7), {}),
                      "A t of type 'INT32' requires a delegate.converter.type to be configured");
    CHECK_THROWS_AS(written(nullptr, Value::string("secret"), {}), DataException);
}

TEST_CASE("a delegate that does not exist is named", "[binary_data_converter]") {
    CHECK_THROWS_WITH(written(bytes, Value(), {{"delegate.converter.type", "org.example.Nope"}}),
                      Catch::Contains("org.example.Nope") && Catch::Contains("delegate.converter.type"));
}

TEST_CASE("both of Debezium's names read bytes", "[binary_data_converter]") {
    const auto* const name =
        GENERATE("io.debezium.converters.BinaryDataConverter", "io.debezium.converters.ByteArrayConverter");
    const auto from = make_converter(name);
    REQUIRE(from);
    from->configure({}, true);
    Arena arena;
    const auto read = from->to_connect_data("t", "ab", arena);
    CHECK(read.schema->type() == Type::Bytes);
    CHECK(read.value.as_text() == "ab");
    CHECK(from->to_connect_data("t", std::nullopt, arena).value.is_null());
}

}
