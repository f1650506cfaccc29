/// Which requests are refused before anybody handles them, and with what. Pure.
#pragma once
#include "rest/http/request.hpp"

#include <boost/beast/http.hpp>
#include <boost/system/error_code.hpp>

#include <string_view>

namespace millrace::rest {

/// What another server on the way may read otherwise than this one (RFC 9112, 3.2 and 6.3): the error, or none.
boost::system::error_code ambiguity_of(
    const boost::beast::http::request_parser<boost::beast::http::string_body>& parser);

/// True for errors in what came, which are answered; false for those of the connection.
bool speaks_http(const boost::system::error_code& error);

/// The answer to bytes that are no request, or to a request that is too big: `left` are those that were not understood.
/// `target` is empty where it was too long.
Response refusal_of(const boost::system::error_code& error, std::string_view target, std::string_view left);

}
