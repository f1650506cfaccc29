#include "connectors/support/json_values.hpp"

#include "tests/pch.hpp"

namespace millrace {

TEST_CASE("JSON without a schema goes to Connect values and back", "[json]") {
    const auto [text, expected] = GENERATE(table<std::string, std::string>({
        {"null", "null"},
        {"12", "12"},
        {"1.50", "1.5"},
        {"1e3", "1000.0"},
        {"18446744073709551617", "1"},
        {R"({"b":[1,true,null],"a":{"x":"y"}})", R"({"b":[1,true,null],"a":{"x":"y"}})"},
        {R"({"a":1,"b":2,"a":3})", R"({"a":3,"b":2})"},
        {"{}", "{}"},
        {"[]", "[]"},
    }));
    CAPTURE(text);
    Arena arena;
    const json::Document document(text);
    std::string out;
    append_value(out, to_value(document.root(), arena));
    CHECK(out == expected);
}

TEST_CASE("values of every kind are written as JSON", "[json]") {
    static const Value elements[] = {Value::int8(-1), Value::int16(2), Value::float32(0.1f), Value::float64(0.1)};
    static const MapEntry named[] = {{Value::string("k"), Value::bytes("\x01\xff")}};
    static const MapEntry numbered[] = {{Value::int32(7), Value::string("x")}, {Value::string("k"), Value()}};
    const auto [value, expected] = GENERATE_REF(table<Value, std::string>({
        {Value::array(elements), "[-1,2,0.1,0.1]"},
        {Value::map(named), R"({"k":"Af8="})"},
        {Value::map(numbered), R"([[7,"x"],["k",null]])"},
        {Value::map({}), "{}"},
    }));
    std::string out;
    append_value(out, value);
    CHECK(out == expected);
    CHECK_THROWS_AS(append_value(out, Value::structure(elements)), DataException);
}

TEST_CASE("an offset is read and written", "[json][offsets]") {
    const std::string text = GENERATE(R"({"lsn":24023128,"txId":555,"ts_usec":1559033904863})",
                                      R"({"f":1.5,"t":true,"z":null,"s":"a\"b"})", "{}");
    const auto offset = to_offset_map(json::Document(text).root());
    std::string again;
    append_offset_entries(again, offset.entries());
    CHECK(again == text);
}

TEST_CASE("an offset holds primitive values alone", "[json][offsets]") {
    const std::string text = GENERATE("[]", "1", "null", R"({"a":[]})", R"({"a":{}})");
    CHECK_THROWS_AS(to_offset_map(json::Document(text).root()), DataException);
    const OffsetEntry entries[] = {{"a", Value::array({})}};
    std::string out;
    CHECK_THROWS_WITH(append_offset_entries(out, entries),
                      "Offsets may only contain primitive types as values, but field a contains a collection");
}

}
