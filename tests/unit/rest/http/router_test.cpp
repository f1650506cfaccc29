#include "rest/http/router.hpp"

#include "rest/http/error_response.hpp"
#include "tests/pch.hpp"

using namespace millrace::rest;

namespace {

const Router& router() {
    static const Router the_router({{"GET", "/", Body::Any},
                                    {"GET", "/connectors", Body::Optional},
                                    {"POST", "/connectors", Body::Required},
                                    {"GET", "/connectors/{connector}", Body::Optional},
                                    {"DELETE", "/connectors/{connector}", Body::Optional},
                                    {"GET", "/connectors/special", Body::Optional},
                                    {"PUT", "/connectors/{connector}/config", Body::Required},
                                    {"POST", "/connectors/{connector}/tasks", Body::Any},
                                    {"GET", "/connectors/{connector}/tasks/{task}/status", Body::Optional}});
    return the_router;
}

Request request(std::string method, std::string target, std::vector<Headers::Field> headers = {}) {
    Request made{.method = std::move(method), .target = std::move(target)};
    for (auto& [name, value] : headers) made.headers.add(name, value);
    return made;
}
RouteMatch match(const Request& request) {
    return router().match(request, std::get<RequestTarget>(parse_target(request.target, AmbiguousPaths::Accept)));
}
Response refused(const Request& request) {
    try {
        match(request);
    } catch (...) {
        return error_response(std::current_exception());
    }
    FAIL("not refused");
    return {};
}

}

TEST_CASE("a route is found by path and method, its variables in order", "[rest][router]") {
    CHECK(match(request("GET", "/")).index == 0);
    CHECK(match(request("GET", "/connectors/")).index == 1);
    const auto status = match(request("GET", "/connectors/a%20b/tasks/3/status"));
    CHECK(status.index == 8);
    CHECK(status.variables == std::vector<std::string>{"a b", "3"});
}

TEST_CASE("HEAD goes where GET goes, a literal before a variable", "[rest][router]") {
    CHECK(match(request("HEAD", "/connectors/x")).index == 3);
    CHECK(match(request("GET", "/connectors/special")).index == 5);
    CHECK(match(request("GET", "/connectors/special2")).index == 3);
}

TEST_CASE("OPTIONS lists what a path offers", "[rest][router]") {
    const auto [path, methods] = GENERATE(table<std::string, std::string>({
        {"/", "HEAD, GET, OPTIONS"},
        {"/connectors", "HEAD, POST, GET, OPTIONS"},
        {"/connectors/x", "HEAD, DELETE, GET, OPTIONS"},
        {"/connectors/x/config", "OPTIONS, PUT"},
    }));
    CHECK(match(request("OPTIONS", path)).allow == methods);
    const auto response = options_response(methods, "");
    CHECK(response.body == methods);
    auto allow = methods;
    std::erase(allow, ' ');
    CHECK(*response.headers.find("Allow") == allow);
}

TEST_CASE("OPTIONS lists its methods in the body for those who want plain text most", "[rest][router]") {
    const auto [accept, type] = GENERATE(table<std::string, std::string>({
        {"*/*", "text/plain"},
        {"application/json;q=0.5, text/*", "text/plain"},
        {"application/json, */*", "application/json"},
        {"*/*;q=0.5, application/json;v=1", "application/json;v=1"},
        {"application/json;q=0.1", "application/json;q=0.1"},
    }));
    CAPTURE(accept);
    const auto response = options_response("HEAD, GET, OPTIONS", accept);
    CHECK(*response.headers.find("Content-Type") == type);
    CHECK(response.body.empty() == (type != "text/plain"));
    CHECK(*response.headers.find("Allow") == "HEAD,GET,OPTIONS");
}

TEST_CASE("a header that cannot be read is refused", "[rest][router]") {
    CHECK_THROWS_AS(match(request("GET", "/nope", {{"Content-Type", "json"}})), MalformedHeaderException);
    CHECK_THROWS_AS(match(request("GET", "/connectors", {{"Accept", "a/b/c"}})), MalformedHeaderException);
    CHECK(refused(request("GET", "/nope", {{"Accept", "a/b/c"}})).status == 404);
    const auto page = malformed_header_response("POST", MalformedHeaderException("Content-Type"));
    CHECK(page.status == 400);
    CHECK(*page.headers.find("Content-Type") == "text/html;charset=iso-8859-1");
    CHECK(malformed_header_response("PUT", MalformedHeaderException("Content-Type")).body.empty());
    CHECK(malformed_header_response("GET", MalformedHeaderException("Accept")).body.empty());
}

TEST_CASE("what routing refuses has the error body and no content type", "[rest][router]") {
    const auto [made, status, message] = GENERATE(table<Request, int, std::string>({
        {request("GET", "/nope"), 404, "HTTP 404 Not Found"},
        {request("GET", "/connectors/x/nope"), 404, "HTTP 404 Not Found"},
        {request("OPTIONS", "/nope"), 404, "HTTP 404 Not Found"},
        {request("PUT", "/connectors"), 405, "HTTP 405 Method Not Allowed"},
        {request("FOO", "/connectors"), 405, "HTTP 405 Method Not Allowed"},
        {request("HEAD", "/connectors/x/config"), 405, "HTTP 405 Method Not Allowed"},
        {request("GET", "/", {{"Accept", "text/html"}}), 406, "HTTP 406 Not Acceptable"},
        {request("POST", "/connectors", {{"Content-Type", "text/plain"}}), 415, "HTTP 415 Unsupported Media Type"},
        {request("DELETE", "/connectors/x", {{"Content-Type", "text/plain"}}), 415, "HTTP 415 Unsupported Media Type"},
    }));
    CAPTURE(made.method, made.target);
    const auto response = refused(made);
    CHECK(response.status == status);
    CHECK(response.body == fmt::format(R"({{"error_code":{},"message":"{}"}})", status, message));
    CHECK(response.headers.find("Content-Type") == nullptr);
}

TEST_CASE("a body that is needed must say that it is JSON", "[rest][router]") {
    const auto type = GENERATE(as<std::string>(), "", "application/*", "*/*");
    auto made = request("POST", "/connectors");
    made.body = "{}";
    if (!type.empty()) made.headers.add("Content-Type", type);
    const auto response = refused(made);
    CHECK(response.status == 415);
    CHECK(*response.headers.find("Content-Type") == "application/json");
}

TEST_CASE("no body needs no type: what it lacks, its handler says", "[rest][router]") {
    CHECK(match(request("POST", "/connectors")).index == 2);
    CHECK(match(request("POST", "/connectors", {{"content-type", "Application/JSON; charset=nope"}})).index == 2);
    CHECK(match(request("POST", "/connectors/x/tasks", {{"Content-Type", "text/plain"}})).index == 7);
}
