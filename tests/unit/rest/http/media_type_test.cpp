#include "rest/http/media_type.hpp"

#include "tests/pch.hpp"

using namespace millrace::rest;

namespace {

constexpr std::string_view json = "application/json";

bool admits_json(std::string_view accept) {
    const auto ranges = parse_accept(accept);
    REQUIRE(ranges);
    return std::ranges::any_of(*ranges, [](const MediaType& range) { return range.covers(json); });
}

}

TEST_CASE("a body's type is JSON by its name, whatever its case and parameters", "[rest][media]") {
    const auto [text, is_json] = GENERATE(table<std::string, bool>({
        {"application/json", true},
        {"application/json; charset=utf-8", true},
        {"application/json;", true},
        {"APPLICATION/JSON", true},
        {"application/vnd.x+json", false},
        {"application/x-www-form-urlencoded", false},
        {"text/plain", false},
    }));
    CAPTURE(text);
    const auto type = parse_content_type(text);
    REQUIRE(type);
    CHECK(type->covers(json) == is_json);
    CHECK_FALSE(type->has_wildcard());
}

TEST_CASE("wildcards, and what is no type at all", "[rest][media]") {
    CHECK(parse_content_type("*/*")->has_wildcard());
    CHECK(parse_content_type("application/*")->has_wildcard());
    const auto* const text = GENERATE("", "json", "application", "/", ";", "application/json, text/plain", "a/b/c",
                                      "application/json;charset");
    CAPTURE(text);
    CHECK_FALSE(parse_content_type(text));
}

TEST_CASE("Accept admits JSON where a range covers it; a quality of 0 refuses nothing", "[rest][media]") {
    const auto [accept, admitted] = GENERATE(table<std::string, bool>({
        {"", true},
        {"*/*", true},
        {"*", true},
        {"application", true},
        {"application/*", true},
        {"*/json", true},
        {"application/json,", true},
        {"application/xml, application/json;q=0.5", true},
        {"text/html, */*;q=0.1", true},
        {"application/json;q=0", true},
        {"application/json; v=1; q=0.001", true},
        {"text/html", false},
        {"application/xml", false},
        {"garbage", false},
    }));
    CAPTURE(accept);
    CHECK(admits_json(accept) == admitted);
}

TEST_CASE("an Accept that cannot be read", "[rest][media]") {
    const auto* const accept = GENERATE(",", ", application/json", ";;", "a/b/c", "application/json;q=abc",
                                        "application/json;q=1.5", "application/json; a = b");
    CAPTURE(accept);
    CHECK_FALSE(parse_accept(accept));
}

TEST_CASE("an answer has the parameters that were asked for", "[rest][media]") {
    CHECK(negotiated(json, "application/json; charset=\"utf-8\"; q=0.5") == "application/json;charset=utf-8");
    CHECK(negotiated(json, "text/html;v=1, application/json;v=2") == "application/json;v=2");
    CHECK(negotiated(json, "application/*;v=1, */*") == "application/json");
}
