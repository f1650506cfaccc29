#include "rest/forwarding/forwarding_rules.hpp"

#include "rest/http/error_response.hpp"
#include "tests/pch.hpp"

using namespace millrace::rest;

namespace {

constexpr auto leader = "http://10.0.0.2:8083/";

RequestTarget target(std::string_view text) {
    return std::get<RequestTarget>(parse_target(text, AmbiguousPaths::Accept));
}

}

TEST_CASE("a forwarded path is encoded anew and tells the hop", "[rest][forwarding]") {
    const auto [from, to] = GENERATE(table<std::string, std::string>({
        {"/connectors", "connectors?forward=true"},
        {"/connectors/a%3Bb/config?x=1", "connectors/a%3Bb/config?forward=true"},
        {"/connectors/a%2Fb?forward=TRUE", "connectors/a%2Fb?forward=false"},
        {"/connectors/%7Bx%7D/restart?includeTasks=true&onlyFailed=false",
         "connectors/%7Bx%7D/restart?forward=true&includeTasks=true&onlyFailed=false"},
    }));
    CHECK(forwarded_target(target(from), leader) == to);
}

TEST_CASE("the second hop is the last, and a leader must be known", "[rest][forwarding]") {
    const auto [from, url, message] = GENERATE(table<std::string, std::string, std::string>({
        {"/connectors?forward=false", leader,
         "Cannot complete request because of a conflicting operation (e.g. worker rebalance)"},
        {"/connectors?forward=", leader,
         "Cannot complete request because of a conflicting operation (e.g. worker rebalance)"},
        {"/connectors", "",
         "Cannot complete request momentarily due to no known leader URL, likely because a rebalance was underway."},
    }));
    CHECK_THROWS_WITH(forwarded_target(target(from), url), message);
    try {
        forwarded_target(target(from), url);
    } catch (const RestException& e) {
        CHECK(e.status == 409);
    }
}

TEST_CASE("only what a rebalance refused is worth another try", "[rest][forwarding]") {
    const auto [status, text, again] = GENERATE(table<int, std::string, bool>({
        {409, R"({"error_code":409,"message":")" + std::string(conflict_message) + R"("})", true},
        {409, std::string(no_leader_message), true},
        {409, std::string(stale_configuration_message), true},
        {409, R"({"error_code":409,"message":"Connector a already exists"})", false},
        {200, std::string(conflict_message), false},
    }));
    CHECK(tells_of_rebalance(status, text) == again);
}

TEST_CASE("credentials and signature go on, other headers do not", "[rest][forwarding]") {
    Request request{.method = "POST", .target = "/connectors", .body = "{}"};
    for (const auto* name : {"Authorization", "X-Connect-Authorization", "Cookie", "Host"})
        request.headers.add(name, "v");
    const auto headers = forwarded_headers(request);
    CHECK(*headers.find("Authorization") == "v");
    CHECK(*headers.find("X-Connect-Authorization") == "v");
    CHECK(*headers.find("Content-Type") == "application/json");
    CHECK(*headers.find("Accept") == "application/json");
    CHECK(headers.find("Cookie") == nullptr);
    CHECK(headers.find("Host") == nullptr);
}

TEST_CASE("an answer keeps status, body and type, and its Location names the worker that was called",
          "[rest][forwarding]") {
    Response answer{.status = 201, .body = "{}"};
    answer.headers.add("Content-Type", "application/json");
    answer.headers.add("Server", "Jetty(12.0.34)");
    answer.headers.add("Location", "http://10.0.0.2:8083/connectors/a");
    const auto response = forwarded_response(answer, leader, "https://proxy/");
    CHECK(response.status == 201);
    CHECK(response.body == "{}");
    CHECK(*response.headers.find("Content-Type") == "application/json");
    CHECK(*response.headers.find("Location") == "https://proxy/connectors/a");
    CHECK(response.headers.find("Server") == nullptr);
}
