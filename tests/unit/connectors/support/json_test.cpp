#include "connectors/support/json.hpp"

#include "tests/pch.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace millrace::json {

std::string rewritten(std::string_view text, ParseOptions options = {}) {
    const Document document(text, options);
    std::string out;
    append_node(out, document.root());
    return out;
}

TEST_CASE("what is read is written again compactly, numbers as they stood", "[json]") {
    const auto [text, expected] = GENERATE(table<std::string, std::string>({
        {"null", "null"},
        {" true ", "true"},
        {"false", "false"},
        {"1e3", "1e3"},
        {"1.0", "1.0"},
        {"-0", "-0"},
        {"123456789012345678901234567890.5E-400", "123456789012345678901234567890.5E-400"},
        {R"("a\u00e4\/\ud83d\ude00\n")", "\"a\u00e4/\\uD83D\\uDE00\\n\""},
        {"[ ]", "[]"},
        {"{ }", "{}"},
        {"[1, [2, {}], \"x\"]", "[1,[2,{}],\"x\"]"},
        {"{\"b\": 1, \"a\": {\"c\": [null, true]}}", "{\"b\":1,\"a\":{\"c\":[null,true]}}"},
        {"{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}"},
    }));
    CAPTURE(text);
    CHECK(rewritten(text) == expected);
}

TEST_CASE("malformed JSON is reported with line and column", "[json]") {
    const auto [text, line, column] = GENERATE(table<std::string, std::size_t, std::size_t>({
        {"", 1, 1},
        {"  ", 1, 3},
        {"{", 1, 2},
        {"{\"a\" 1}", 1, 6},
        {"{\"a\":1,}", 1, 8},
        {"{\n  \"a\": nul\n}", 2, 11},
        {"[1,\n2,,3]", 2, 3},
        {"[1] x", 1, 5},
        {"// no comments\n1", 1, 1},
        {"NaN", 1, 1},
        {"012", 1, 2},
        {"'a'", 1, 1},
        {"\"a\nb\"", 1, 3},
        {"\"\xFF\"", 1, 2},
        {"\"\xC3", 1, 2},
        {std::string("{}\0", 3), 1, 3},
        {std::string("{}\0{}", 5), 1, 3},
        {std::string("[1\0]", 4), 1, 3},
        {std::string("\"a\0b\"", 5), 1, 3},
    }));
    CAPTURE(text);
    try {
        rewritten(text);
        FAIL("accepted");
    } catch (const ParseException& e) {
        CHECK(e.line == line);
        CHECK(e.column == column);
        CHECK_THAT(e.what(), Catch::StartsWith("Malformed JSON: "));
        CHECK_THAT(e.what(), Catch::EndsWith(fmt::format("at line {}, column {}", line, column)));
    }
}

TEST_CASE("JSON may be nested as deeply as the limit says and no deeper", "[json]") {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    CHECK(rewritten(nested(max_depth)) == nested(max_depth));
    CHECK_THROWS_WITH(rewritten(nested(max_depth + 1)), Catch::Contains("more than 1000 levels"));
}

TEST_CASE("texts of any length are read wherever they begin", "[json]") {
    for (std::size_t before = 0; before < 20; ++before) {
        for (std::size_t length = 0; length < 40; ++length) {
            const std::string x(length, 'x');
            const std::string y(length, 'y');
            const auto text = fmt::format(R"({0}["{1}",12,"\"{1}\u00e4ä{2}","{2}"])", std::string(before, ' '), x, y);
            CAPTURE(text);
            const Document document(text);
            const auto elements = document.root().elements();
            REQUIRE(elements.size() == 4);
            CHECK(elements[0].text() == x);
            CHECK(elements[1].text() == "12");
            CHECK(elements[2].text() == "\"" + x + "ää" + y);
            CHECK(elements[3].text() == y);
        }
    }
}

TEST_CASE("leading zeros and what follows the first value are accepted on request only", "[json]") {
    const auto [text, expected] = GENERATE(table<std::string, std::string>({
        {"00012", "12"},
        {"[007, -00.5, \"00\", 0, 0.05, 100, 1e05]", "[7,-0.5,\"00\",0,0.05,100,1e05]"},
        {"{\"a\\\"0\":01} trailing", "{\"a\\\"0\":1}"},
        {"1 2 3", "1"},
        {"[1]]", "[1]"},
    }));
    CAPTURE(text);
    CHECK(rewritten(text, {.leading_zeros = true, .ignore_trailing = true}) == expected);
}

TEST_CASE("a number or word that goes on is no JSON", "[json]") {
    const auto* const text = GENERATE("2020-01-02", "10.0.0.1", "12abc", "1,2", "12}", "nullx", "true_", "false\u00e9");
    CAPTURE(text);
    CHECK_THROWS(rewritten(text, {.leading_zeros = true, .ignore_trailing = true}));
}

TEST_CASE("numbers are read as integers only if they are", "[json]") {
    const auto [text, integer, wrapped, real] =
        GENERATE(table<std::string, std::optional<std::int64_t>, std::optional<std::int64_t>, double>({
            {"0", 0, 0, 0.0},
            {"-7", -7, -7, -7.0},
            {"9223372036854775807", INT64_MAX, INT64_MAX, 9223372036854775807.0},
            {"-9223372036854775808", INT64_MIN, INT64_MIN, -9223372036854775808.0},
            {"9223372036854775808", std::nullopt, INT64_MIN, 9223372036854775808.0},
            {"18446744073709551617", std::nullopt, 1, 18446744073709551617.0},
            {"1.0", std::nullopt, std::nullopt, 1.0},
            {"1e3", std::nullopt, std::nullopt, 1000.0},
            {"1.9e308", std::nullopt, std::nullopt, std::numeric_limits<double>::infinity()},
            {"-1.9e308", std::nullopt, std::nullopt, -std::numeric_limits<double>::infinity()},
            {"1e-999", std::nullopt, std::nullopt, 0.0},
            {"\"5\"", std::nullopt, std::nullopt, 0.0},
            {"null", std::nullopt, std::nullopt, 0.0},
        }));
    CAPTURE(text);
    const Document document(text);
    CHECK(document.root().as_integer() == integer);
    CHECK(document.root().as_wrapped_integer() == wrapped);
    CHECK(document.root().as_double() == real);
}

TEST_CASE("what a value is not is empty", "[json]") {
    const Document document(R"([true, [1], {"a": 1}, "s", 7, null, false])");
    const auto values = document.root().elements();
    for (const auto& value : values) {
        CAPTURE(value.kind());
        CHECK(value.text().empty() == !(value.is_string() || value.is_number()));
        CHECK(value.elements().empty() == !value.is_array());
        CHECK(value.members().empty() == !value.is_object());
        CHECK(value.as_boolean() == (&value == &values.front()));
    }
}

TEST_CASE("of members with one name the last is found", "[json]") {
    const Document document(R"({"a":1,"b":2,"a":3})");
    REQUIRE(document.root().find("a") != nullptr);
    CHECK(document.root().find("a")->as_integer() == 3);
    CHECK(document.root().find("c") == nullptr);
    CHECK(document.root().find("a")->find("a") == nullptr);
}

TEST_CASE("strings are escaped as Jackson does", "[json]") {
    const auto [text, expected] = GENERATE(table<std::string, std::string>({
        {"", R"("")"},
        {"plain", R"("plain")"},
        {"a\"b\\c/d", R"("a\"b\\c/d")"},
        {"\b\f\n\r\t", R"("\b\f\n\r\t")"},
        {std::string("\0\x01\x1f", 3), R"("\u0000\u0001\u001F")"},
        {"\x7f", "\"\x7f\""},
        {"\u00e4\u2028\u20ac\uffff", "\"\u00e4\u2028\u20ac\uffff\""},
        {"x\U0001F600y", R"("x\uD83D\uDE00y")"},
        {"\U00010000\U0010FFFF", R"("\uD800\uDC00\uDBFF\uDFFF")"},
        {"cut \xF0\x9F", R"("cut \uFFFD")"},
        {"bad \xF7\xBF\xBF\xBF.", R"("bad \uFFFD.")"},
    }));
    std::string out;
    append_string(out, text);
    CHECK(out == expected);
}

TEST_CASE("numbers that JSON does not have are written as strings", "[json]") {
    const auto [value, expected] = GENERATE(table<double, std::string>({
        {1.0, "1.0"},
        {std::numeric_limits<double>::quiet_NaN(), R"("NaN")"},
        {std::numeric_limits<double>::infinity(), R"("Infinity")"},
        {-std::numeric_limits<double>::infinity(), R"("-Infinity")"},
    }));
    std::string as_double;
    append_double(as_double, value);
    CHECK(as_double == expected);
    std::string as_float;
    append_float(as_float, static_cast<float>(value));
    CHECK(as_float == expected);
}

TEST_CASE("the writer sets commas and colons", "[json]") {
    std::string out = "before:";
    Writer writer(out);
    writer.begin_object().key("a").integer(-1).key("b").begin_array().string("x{").null().boolean(true).real(0.5);
    writer.begin_object().end_object().end_array().key("c").begin_object().key("d").raw("[1]").end_object();
    writer.key("e").string_or_null(std::nullopt).key("f").string_or_null("g").end_object();
    CHECK(out == R"(before:{"a":-1,"b":["x{",null,true,0.5,{}],"c":{"d":[1]},"e":null,"f":"g"})");
}

}
