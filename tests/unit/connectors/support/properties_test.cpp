#include "connectors/support/properties.hpp"

#include "tests/pch.hpp"

#include <cstdio>
#include <fstream>

namespace millrace {

using List = PropertyList;

TEST_CASE("properties are read as Java reads them", "[properties]") {
    const auto [text, expected] = GENERATE(table<std::string, List>({
        {"", {}},
        {"a=b", {{"a", "b"}}},
        {"a = b", {{"a", "b"}}},
        {"a: b", {{"a", "b"}}},
        {"a b", {{"a", "b"}}},
        {"a\tb", {{"a", "b"}}},
        {"a\fb", {{"a", "b"}}},
        {"a \t = \t b", {{"a", "b"}}},
        {"a==b", {{"a", "=b"}}},
        {"a = = b", {{"a", "= b"}}},
        {"a:=b", {{"a", "=b"}}},
        {"a  b = c", {{"a", "b = c"}}},
        {"   a=b", {{"a", "b"}}},
        {"a=b  ", {{"a", "b  "}}},
        {"a", {{"a", ""}}},
        {"a=", {{"a", ""}}},
        {"=b", {{"", "b"}}},
        {"a=1\nb=2", {{"a", "1"}, {"b", "2"}}},
        {"a=1\r\nb=2\r\n", {{"a", "1"}, {"b", "2"}}},
        {"a=1\rb=2", {{"a", "1"}, {"b", "2"}}},
        {"b=2\na=1", {{"b", "2"}, {"a", "1"}}},
        {"a=1\na=2", {{"a", "1"}, {"a", "2"}}},
        {"# c\n! d\n  # e\na=1", {{"a", "1"}}},
        {"# c \\\na=1", {{"a", "1"}}},
        {"\n \t\n\na=1\n\n", {{"a", "1"}}},
        {"a=1#2", {{"a", "1#2"}}},
        {"a=1\\\n   2", {{"a", "12"}}},
        {"a=1\\\r\n\t2\\\n3", {{"a", "123"}}},
        {"a\\\n  b=c", {{"ab", "c"}}},
        {"a=1\\\n# no comment", {{"a", "1# no comment"}}},
        {"a=1\\\n\nb=2", {{"a", "1"}, {"b", "2"}}},
        {"a=1\\", {{"a", "1"}}},
        {"a=1\\\\\nb=2", {{"a", "1\\"}, {"b", "2"}}},
        {"a=1\\\\\\\n2", {{"a", "1\\2"}}},
        {R"(a=\t\n\r\f\\\q\"\:)", {{"a", "\t\n\r\f\\q\":"}}},
        {R"(a\=b\:c\ d=e)", {{"a=b:c d", "e"}}},
        {R"(\#a=b)", {{"#a", "b"}}},
        {R"(a=\ b)", {{"a", " b"}}},
        {R"(a=\u0041\u00e4\u20AC)", {{"a", "A\u00e4\u20ac"}}},
        {R"(\u0061=b)", {{"a", "b"}}},
        {R"(a=\ud83d\ude00)", {{"a", "\U0001F600"}}},
        {R"(a=\ud83dx)", {{"a", "\uFFFDx"}}},
        {R"(a=\ud83d\u0041)", {{"a", "\uFFFDA"}}},
        {R"(a=\ude00)", {{"a", "\uFFFD"}}},
        {"a=\u00e4\u20ac", {{"a", "\u00e4\u20ac"}}},
        {"a=\xE4\xFC", {{"a", "\u00e4\u00fc"}}},
        {"\xEF\xBB\xBF"
         "a=b",
         {{"a", "b"}}},
    }));
    CAPTURE(text);
    CHECK(parse_property_list(text) == expected);
}

TEST_CASE("of a property that stands twice the last value counts", "[properties]") {
    CHECK(parse_properties("a=1\nb=2\na=3") == Settings{{"a", "3"}, {"b", "2"}});
}

TEST_CASE("a bad unicode escape is reported with source and line", "[properties]") {
    const auto [text, message] = GENERATE(table<std::string, std::string>({
        {"a=\\u12", "w.properties:1: \\u must be followed by four hexadecimal digits, found '12'"},
        {"# c\n\na=1\\\n2\nb=\\u00g0", "w.properties:5: \\u must be followed by four hexadecimal digits, found '00g0'"},
        {"\\u=1", "w.properties:1: \\u must be followed by four hexadecimal digits, found ''"},
        {"a=\\ud83d\\uzz", "w.properties:1: \\u must be followed by four hexadecimal digits, found 'zz'"},
    }));
    CHECK_THROWS_WITH(parse_property_list(text, "w.properties"), message);
    CHECK_THROWS_AS(parse_property_list(text, "w.properties"), ConfigException);
}

TEST_CASE("a properties file is read, and one that is not there is named", "[properties]") {
    const std::string path = "properties_test.properties";
    std::ofstream(path) << "group.id=connect\n";
    CHECK(read_properties_file(path) == Settings{{"group.id", "connect"}});
    std::remove(path.c_str());
    CHECK_THROWS_WITH(read_properties_file(path), "Cannot read " + path + ": No such file or directory");
    CHECK_THROWS_WITH(read_properties_file("/tmp"), "Cannot read /tmp: Is a directory");
}

}
