#include "rest/http/cross_origin.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::rest;

namespace {

std::string text_of(const Headers& headers) {
    std::string text;
    for (const auto& [name, value] : headers.fields()) text += name + ": " + value + "\n";
    return text;
}

Headers answer_to(const CrossOrigin& rules, const std::string& method, const std::string& origin,
                  bool preflight = false) {
    Request request{.method = method, .target = "/"};
    if (!origin.empty()) request.headers.add("Origin", origin);
    if (preflight) request.headers.add("Access-Control-Request-Method", "PUT");
    Headers headers;
    rules.apply(request, headers);
    return headers;
}

}

TEST_CASE("an origin is echoed if a whole expression matches it, in any case", "[rest][cors]") {
    const auto [origins, origin, allowed] = GENERATE(table<std::string, std::string, bool>({
        {"*", "http://x.org", true},
        {"http://x.org", "HTTP://X.org", true},
        {"http://x.org", "http://x.org.evil", false},
        {R"(http://.*\.x\.org,https://y)", "http://a.x.org", true},
        {R"(http://.*\.x\.org,https://y)", "https://y", true},
        {R"(http://.*\.x\.org,https://y)", "https://z", false},
        {"http://a,http://b", "http://x http://b", true},
        {"http://a,http://b", "http://x http://y", false},
        {"http://a b", "http://a b", false},
    }));
    const auto headers = answer_to(CrossOrigin(origins, ""), "GET", origin);
    CHECK(text_of(headers) ==
          "Vary: Origin\n" + (allowed ? "Access-Control-Allow-Origin: " + origin + "\n" : std::string()));
}

TEST_CASE("without origins nothing is said", "[rest][cors]") {
    CHECK(answer_to(CrossOrigin(" ", "GET"), "OPTIONS", "http://x", true).fields().empty());
    CHECK(answer_to(CrossOrigin(), "GET", "http://x").fields().empty());
}

TEST_CASE("a preflight learns the methods", "[rest][cors]") {
    const auto usual = answer_to(CrossOrigin("*", ""), "OPTIONS", "http://x", true);
    CHECK(text_of(usual) ==
          "Vary: Origin\nAccess-Control-Allow-Origin: http://x\nAccess-Control-Allow-Methods: GET,POST,HEAD\n"
          "Access-Control-Allow-Headers: Content-Type\nAccess-Control-Max-Age: 60\n");
    const auto own = answer_to(CrossOrigin("*", "GET,PUT"), "OPTIONS", "http://x", true);
    CHECK(*own.find("Access-Control-Allow-Methods") == "GET,PUT");
    CHECK(answer_to(CrossOrigin("*", "GET"), "GET", "http://x", true).find("Access-Control-Max-Age") == nullptr);
}

TEST_CASE("an origin that is no expression is refused at start", "[rest][cors]") {
    CHECK_THROWS_AS(CrossOrigin("http://[", ""), ConfigException);
}
