#include "connectors/postgres/types/hstore.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::postgres;

namespace {

std::string json(std::string_view text) {
    Arena arena;
    return std::string(hstore_json(parse_hstore(text, arena), arena));
}

}

TEST_CASE("hstore becomes JSON in the order of a Java map", "[postgres][types]") {
    const auto [text, expected] = GENERATE(table<const char*, const char*>({
        {"", "{}"},
        {R"("a"=>"1")", R"({"a":"1"})"},
        {R"("a"=>NULL, "b"=>"NULL")", R"({"a":null,"b":"NULL"})"},
        {R"("q"=>"a\"b", "ä"=>"€", "k 1"=>"v, 2", "nul"=>NULL)", R"({"q":"a\"b","ä":"€","nul":null,"k 1":"v, 2"})"},
        {R"("a"=>"2", "m"=>"3", "z"=>"1", "bb"=>"4")", R"({"bb":"4","a":"2","z":"1","m":"3"})"},
        {"\"k\"=>\"\t\n\x01\\\\\"", R"({"k":"\t\n\u0001\\"})"},
    }));
    CAPTURE(text);
    CHECK(json(text) == expected);
}

TEST_CASE("a map of many entries has grown its table", "[postgres][types]") {
    // "p" (112) and "`" (96) share the first of sixteen buckets; a thirteenth entry makes it 32, and they part.
    const auto entries = [](std::string_view keys) {
        std::string text;
        for (const char key : keys) text += fmt::format("{}\"{}\"=>\"\"", text.empty() ? "" : ", ", key);
        return text;
    };
    const auto expected = [](std::string_view keys) {
        std::string text = "{";
        for (const char key : keys) text += fmt::format("{}\"{}\":\"\"", text.size() == 1 ? "" : ",", key);
        return text + "}";
    };
    CHECK(json(entries("p`abcdefghij")) == expected("p`abcdefghij"));
    CHECK(json(entries("p`abcdefghijk")) == expected("`abcdefghijkp"));
}

TEST_CASE("what is no hstore is refused", "[postgres][types]") {
    const auto* text = GENERATE("a", "\"a\"", "\"a\"=>", "\"a\"=>\"", "\"a\"=>\"1\",", "\"a\"=>\"1\" \"b\"=>\"2\"",
                                "\"a\"=>x", "=>", "\"\\");
    CAPTURE(text);
    Arena arena;
    CHECK_THROWS_AS(parse_hstore(text, arena), DataException);
}
