#include "rest/http/media_type.hpp"

#include "tests/pch.hpp"

using namespace millrace::rest;

TEST_CASE("JSON by its name, and wildcards, are JSON", "[rest][media]") {
    const auto [type, json] = GENERATE(table<std::string, bool>({
        {"application/json", true},
        {"application/json; charset=utf-8", true},
        {"APPLICATION/JSON", true},
        {"application/*", true},
        {"*/*", true},
        {"application/vnd.x+json", false},
        {"application/x-www-form-urlencoded", false},
        {"text/plain", false},
        {"json", false},
    }));
    CAPTURE(type);
    CHECK(is_json(type) == json);
}

TEST_CASE("Accept admits JSON unless it says otherwise", "[rest][media]") {
    const auto [accept, admitted] = GENERATE(table<std::string, bool>({
        {"", true},
        {"*/*", true},
        {"application/*", true},
        {"application/xml, application/json;q=0.5", true},
        {"text/html, */*;q=0.1", true},
        {"text/html", false},
        {"application/xml", false},
        {"application/json;q=0", false},
        {"application/json; q=0.000", false},
        {"application/json;v=1;q=0.001", true},
    }));
    CAPTURE(accept);
    CHECK(accepts(accept, "application/json") == admitted);
}
