/// The line that is written for each request, in the form that log collectors know from Kafka Connect.
#pragma once
#include "rest/http/request.hpp"

#include <chrono>
#include <string>

namespace millrace::rest {

/// 127.0.0.1 - - [21/Nov/2026:02:05:44 +0000] "GET /health HTTP/1.1" 200 94 "" "curl/7.88.1" 6
/// Characters that could forge a line are escaped.
std::string access_log_line(const Request& request, int status, std::size_t body_bytes,
                            std::chrono::system_clock::time_point began, std::chrono::milliseconds took);

/// "Sat, 21 Nov 2026 02:05:44 GMT", for the Date header.
std::string http_date(std::chrono::system_clock::time_point when);

}
