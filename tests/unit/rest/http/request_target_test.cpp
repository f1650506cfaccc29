#include "rest/http/request_target.hpp"

#include "tests/pch.hpp"

using namespace millrace::rest;
using Segments = std::vector<std::string>;

namespace {

RequestTarget parsed(std::string_view target, AmbiguousPaths ambiguous = AmbiguousPaths::Accept) {
    auto result = parse_target(target, ambiguous);
    if (const auto* refusal = std::get_if<TargetRefusal>(&result)) FAIL(target << ": " << refusal->reason);
    return std::get<RequestTarget>(result);
}
std::string refusal(std::string_view target, AmbiguousPaths ambiguous = AmbiguousPaths::Accept) {
    const auto result = parse_target(target, ambiguous);
    const auto* refused = std::get_if<TargetRefusal>(&result);
    return refused == nullptr ? "" : refused->reason;
}

}

TEST_CASE("a path is split and each segment decoded once", "[rest][target]") {
    const auto [target, segments] = GENERATE(table<std::string, Segments>({
        {"/", {}},
        {"/connectors", {"connectors"}},
        {"/connectors/", {"connectors"}},
        {"/connectors/a%20b/config", {"connectors", "a b", "config"}},
        {"/connectors/a+b", {"connectors", "a+b"}},
        {"/connectors/a%2Bb", {"connectors", "a+b"}},
        {"/connectors/%C3%B1-%E8%A1%A8", {"connectors", "ñ-表"}},
        {"/connectors/a%2Fb", {"connectors", "a/b"}},
        {"/connectors/a%252Fb", {"connectors", "a%2Fb"}},
        {"/connectors/a%5Cb", {"connectors", "a\\b"}},
        {"/connectors/a;b=c/config", {"connectors", "a", "config"}},
        {"/connectors/a%3Bb", {"connectors", "a;b"}},
        {"/connectors/../config", {"connectors", "..", "config"}},
        {"/connectors/a%3Fx?expand=info", {"connectors", "a?x"}},
        {"http://host:8083/connectors?x=1", {"connectors"}},
        {"http://host", {}},
        {"http://host?x=1", {}},
        {"/;a=b", {}},
        {"/connectors/;a=b", {"connectors"}},
    }));
    CAPTURE(target);
    CHECK(parsed(target).segments == segments);
}

TEST_CASE("a path that cannot be read is refused with a reason", "[rest][target]") {
    const auto [target, reason] = GENERATE(table<std::string, std::string>({
        {"//", "Ambiguous URI empty segment"},
        {"/connectors//a", "Ambiguous URI empty segment"},
        {"/connectors/;a=b/c", "Ambiguous URI empty segment"},
        {"/connectors/a\\b", "Suspicious Path Character, Illegal Path Character"},
        {"/..", "Bad Request"},
        {"/connectors/../../connectors", "Bad Request"},
        {"?expand=info", "Bad URI path"},
        {"/connectors/%2E%2E", "Ambiguous URI path segment"},
        {"/connectors/..;a=b", "Ambiguous URI path parameter"},
        {"/connectors/a%09", "Suspicious Path Character"},
        {"/connectors/a%00", "Bad Request"},
        {"/connectors/a%zz", "Bad Request"},
        {"/connectors/a%2", "Bad Request"},
        {"/connectors/%ff", "Bad UTF-8 encoding"},
        {"/connectors/[a]", "Illegal Path Character"},
        {"connectors", "Bad Request"},
        {"*", "Bad URI path"},
        {"", "Bad URI path"},
    }));
    CAPTURE(target);
    CHECK(refusal(target) == reason);
}

TEST_CASE("escapes that Kafka Connect refuses can be refused too", "[rest][target]") {
    CHECK(refusal("/connectors/a%2Fb", AmbiguousPaths::Refuse) == "Ambiguous URI path separator");
    CHECK(refusal("/connectors/a%25b", AmbiguousPaths::Refuse) == "Ambiguous URI path encoding");
    CHECK(refusal("/connectors/a%5Cb", AmbiguousPaths::Refuse) == "Suspicious Path Character");
    CHECK(refusal("/connectors/a%20b", AmbiguousPaths::Refuse) == "");
}

TEST_CASE("query parameters are decoded, and a bad escape stays as it is", "[rest][target]") {
    const auto query = parsed("/?expand=info&expand=status&a=b+c%21&bad=%zz&empty=&bare&=x").query;
    CHECK(query == Query{{"expand", "info"},
                         {"expand", "status"},
                         {"a", "b c!"},
                         {"bad", "%zz"},
                         {"empty", ""},
                         {"bare", ""},
                         {"", "x"}});
    CHECK(find(query, "expand") == "info");
    CHECK_FALSE(find(query, "forward"));
}

TEST_CASE("an encoded name is read back as it was", "[rest][target]") {
    const auto name =
        GENERATE("rest", "a/b", "a%b", "a%2Fb", "a\\b", "a;b", "a b", "{x}", "ñ-表", "a?b#c", "\"<>|[]^`", "..");
    CHECK(parsed("/connectors/" + encode_segment(name)).segments == Segments{"connectors", name});
}

TEST_CASE("a Location keeps what may stand in a path", "[rest][target]") {
    CHECK(encode_for_location("rest;x=1") == "rest;x=1");
    CHECK(encode_for_location("novels:rest+1") == "novels:rest+1");
    CHECK(encode_for_location("re\"st ñ?") == "re%22st%20%C3%B1%3F");
}
