#include "rest/http/basic_auth.hpp"

#include "connectors/support/text.hpp"
#include "rest/http/error_response.hpp"
#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::rest;

namespace {

Request with_header(const std::string& value) {
    Request request{.method = "GET", .target = "/"};
    if (!value.empty()) request.headers.add("authorization", value);
    return request;
}

}

TEST_CASE("a user needs the right password", "[rest][auth]") {
    const BasicAuth users(Settings{{"ada", "le:lace"}, {"bob", ""}});
    const auto [credentials, admitted] = GENERATE(table<std::string, bool>({
        {"ada:le:lace", true},
        {"bob:", true},
        {"ada:le:lac", false},
        {"ada:le:lacE", false},
        {"eve:le:lace", false},
        {":", false},
        {"ada", false},
    }));
    CHECK(users.refuse(with_header("basic " + to_base64(credentials))).has_value() != admitted);
    CHECK(users.refuse(with_header("Bearer " + to_base64(credentials))).has_value());
}

TEST_CASE("the refusal is Kafka Connect's", "[rest][auth]") {
    const BasicAuth users(Settings{{"ada", "x"}});
    const auto refusal = users.refuse(with_header(""));
    REQUIRE(refusal);
    CHECK(refusal->status == 401);
    CHECK(refusal->body == "User cannot access the resource.");
    CHECK_THROWS_WITH(users.refuse(with_header("Basic a!b=")), "Illegal base64 character 21");
    CHECK_THROWS_AS(users.refuse(with_header("Basic a!b=")), RestException);
}

TEST_CASE("an empty table admits everybody", "[rest][auth]") {
    CHECK_FALSE(BasicAuth(Settings{}).refuse(with_header("")).has_value());
}
