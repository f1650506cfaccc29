/// From an exception to what the client sees: {"error_code":404,"message":"Connector X not found"}.
#pragma once
#include "connectors/api/errors.hpp"
#include "rest/http/request.hpp"

#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace millrace::rest {

/// A status decided where it was thrown.
struct RestException : ConnectException {
    RestException(int http_status, std::string text)
        : ConnectException(text), status(http_status), whole_message(std::move(text)) {}
    int status;
    std::string whole_message;  ///< what() ends at a zero, which names that clients send may have
};
/// Refused before a handler was chosen ("HTTP 404 Not Found"): the answer has no Content-Type.
struct RoutingException : RestException {
    explicit RoutingException(int http_status);
};
/// A header that routing needs makes no sense.
struct MalformedHeaderException : RestException {
    explicit MalformedHeaderException(std::string_view name);
    std::string header;
};
/// Nothing came in time: 500 with the sentence that says what the worker was doing.
struct TimeoutException : RestException {
    explicit TimeoutException(const std::string& message) : RestException(500, message) {}
};

/// The one place that decides a status: RestException its own, NotFoundException 404, ConflictException 409,
/// ConfigException 400, everything else 500.
Response error_response(const std::exception_ptr& error);
Response error_response(int status, std::string_view message);

/// "HTTP 404 Not Found"
std::string status_message(int status);

/// The page for what is refused before a route is looked for, in HTML as Kafka Connect's server has it; closes the
/// connection. Without a body for methods other than GET, POST and HEAD, unless the method itself was not understood.
Response refusal_page(int status, std::string_view method, std::string_view reason, bool any_method = false);
/// The same page for a malformed Content-Type; for a malformed Accept no body, for nobody knows what is taken.
Response malformed_header_response(std::string_view method, const MalformedHeaderException& error);

}
