#include "rest/http/response_headers.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::rest;

namespace {

constexpr std::chrono::system_clock::time_point epoch{};

std::string applied(const std::string& config) {
    Headers headers;
    headers.add("X", "old");
    ResponseHeaders(config).apply(headers, epoch);
    std::string text;
    for (const auto& [name, value] : headers.fields()) text += name + ": " + value + "|";
    return text;
}

}

TEST_CASE("headers are set and added as the setting says", "[rest][headers]") {
    const auto [config, expected] = GENERATE(table<std::string, std::string>({
        {"", "X: old|"},
        {"set X: new", "X: new|"},
        {"add X: new", "X: old|X: new|"},
        {R"("add Cache-Control: no-cache, no-store", add X-XSS-Protection: 1; mode=block)",
         "X: old|Cache-Control: no-cache, no-store|X-XSS-Protection: 1; mode=block|"},
        {"setDate Expires: 60000", "X: old|Expires: Thu, 01 Jan 1970 00:01:00 GMT|"},
        {"ADD X: new, SETDATE Y: 5,", "X: new|Y: 5|"},
        {"addDate X: 0", "X: old|X: Thu, 01 Jan 1970 00:00:00 GMT|"},
    }));
    CHECK(applied(config) == expected);
}

TEST_CASE("a setting that will not do is refused with Kafka Connect's texts", "[rest][headers]") {
    const auto [config, message] = GENERATE(table<std::string, std::string>({
        {"X-Frame-Options:DENY",
         "Invalid format of header config 'X-Frame-Options:DENY'. Expected: '[action] [header name]:[header value]'"},
        {"put X: y", "Invalid header config action: 'put'. Expected one of [set, add, setDate, addDate]"},
        {"set X Y: z", "Invalid header name 'X Y'. The '[header name]' cannot contain whitespace"},
        {"set X y",
         "Invalid format of header name and header value pair 'X y'. Expected: "
         "'[header name]:[header value]'"},
        {"set X: http://y",
         "Invalid format of header name and header value pair 'X: http://y'. Expected: "
         "'[header name]:[header value]'"},
        {"setDate X: soon",
         "Invalid date 'soon' in response.http.headers.config: a number of milliseconds from now "
         "is needed"},
    }));
    CHECK_THROWS_WITH(ResponseHeaders(config), message);
    CHECK_THROWS_AS(ResponseHeaders(config), ConfigException);
}
