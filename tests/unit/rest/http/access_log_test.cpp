#include "rest/http/access_log.hpp"

#include "tests/pch.hpp"

using namespace millrace::rest;
using namespace std::chrono_literals;

namespace {

constexpr auto when = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + 2h + 5min + 44s;

}

TEST_CASE("a request's log line is the common one", "[rest][log]") {
    Request request{.method = "GET", .target = "/health", .client = "127.0.0.1"};
    request.headers.add("User-Agent", "curl/7.88.1");
    CHECK(access_log_line(request, 200, 94, when, 6ms) ==
          R"(127.0.0.1 - - [21/Nov/2026:02:05:44 +0000] "GET /health HTTP/1.1" 200 94 "" "curl/7.88.1" 6)");
}

TEST_CASE("nobody forges a log line", "[rest][log]") {
    Request request{.method = "GET", .target = "/", .client = "127.0.0.1"};
    request.headers.add("User-Agent", "a\" 200 \x1b[31m\\");
    CHECK(access_log_line(request, 404, 0, when, 0ms).ends_with(R"("" "a\" 200 \x1b[31m\\" 0)"));
}

TEST_CASE("the date header is RFC 1123's", "[rest][log]") { CHECK(http_date(when) == "Sat, 21 Nov 2026 02:05:44 GMT"); }
