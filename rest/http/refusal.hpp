/// Which requests are refused before anybody handles them, and with what. Pure.
#pragma once
#include "rest/http/request.hpp"

#include <boost/beast/http.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <cstdint>
#include <string_view>

namespace millrace::rest {

/// What another server on the way may read otherwise than this one (RFC 9112, 3.2 and 6.3): the error, or none.
boost::system::error_code ambiguity_of(
    const boost::beast::http::request_parser<boost::beast::http::string_body>& parser);

/// Whether the client waits to be told to send the body. An error for any other expectation (RFC 9110, 10.1.1).
enum class Expectation : std::uint8_t { None, Continue };
boost::system::result<Expectation> expectation_of(
    const boost::beast::http::request_parser<boost::beast::http::string_body>& parser);

/// True for errors in what came, which are answered; false for those of the connection.
bool speaks_http(const boost::system::error_code& error);

/// The answer to bytes that are no request, or to a request that is too big: `left` are those that were not understood.
/// The request's target is empty where it was too long.
Response refusal_of(const boost::system::error_code& error, const Request& request, std::string_view left);

}
