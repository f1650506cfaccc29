#include "rest/http/error_response.hpp"

#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::rest;

namespace {

template <class Exception>
Response answer(Exception exception) {
    return error_response(std::make_exception_ptr(exception));
}

}

TEST_CASE("an exception's type decides the status", "[rest][errors]") {
    CHECK(answer(NotFoundException("x")).status == 404);
    CHECK(answer(ConflictException("x")).status == 409);
    CHECK(answer(ConfigException("x")).status == 400);
    CHECK(answer(ConnectException("x")).status == 500);
    CHECK(answer(DataException("x")).status == 500);
    CHECK(answer(std::out_of_range("x")).status == 500);
    CHECK(answer(RestException(403, "x")).status == 403);
    CHECK(answer(rest::TimeoutException("x")).status == 500);
}

TEST_CASE("the body is Kafka Connect's, with the message as it is", "[rest][errors]") {
    const auto response = answer(NotFoundException("Connector \"ñ/\a\"\nnot found"));
    CHECK(response.body == "{\"error_code\":404,\"message\":\"Connector \\\"ñ/\\u0007\\\"\\nnot found\"}");
    CHECK(*response.headers.find("Content-Type") == "application/json");
}

TEST_CASE("routing errors have no content type", "[rest][errors]") {
    const auto response = answer(RoutingException(405));
    CHECK(response.body == R"({"error_code":405,"message":"HTTP 405 Method Not Allowed"})");
    CHECK(response.headers.fields().empty());
}

TEST_CASE("a target that cannot be read gets a page, or nothing", "[rest][errors]") {
    const auto page = refusal_page(400, "GET", "Ambiguous URI empty segment");
    CHECK(page.status == 400);
    CHECK(page.close);
    CHECK(page.body.starts_with("<html>\n"));
    CHECK(*page.headers.find("Content-Type") == "text/html;charset=iso-8859-1");
    CHECK(refusal_page(400, "DELETE", "x").body.empty());
    CHECK(refusal_page(400, "DELETE", "Bad Request", true).body == refusal_page(400, "GET", "Bad Request").body);
    CHECK(refusal_page(414, "GET", "URI Too Long").body.find("<h2>HTTP ERROR 414 URI Too Long</h2>") !=
          std::string::npos);
}
