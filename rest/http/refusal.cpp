#include "rest/http/refusal.hpp"

#include "connectors/api/config_def.hpp"
#include "rest/http/error_response.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <string>

namespace millrace::rest {

namespace beast = boost::beast;
namespace http = beast::http;

namespace {

/// Where Beast finds no version behind the second word of a line: a blank in the path, or another version.
int status_of_version(std::string_view line) {
    line = line.substr(0, line.find("\r\n"));
    if (line.ends_with(" HTTP/2.0")) return 426;
    return std::ranges::count(line, ' ') > 2 ? 400 : 505;
}

/// "host", "host:port" or "[address]:port".
bool names_a_host(std::string_view text) noexcept {
    const auto bracket = text.starts_with('[') ? text.find(']') : 0;
    if (bracket == std::string_view::npos) return false;
    const auto colon = std::min(text.find(':', bracket), text.size());
    const auto host = text.substr(0, colon);
    const auto port = text.substr(std::min(colon + 1, text.size()));
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    return !host.empty() && host.find_first_of(" \t/@?#\\") == std::string_view::npos && port.size() <= 5 &&
           std::ranges::all_of(port, digit) && (port.empty() || std::stoi(std::string(port)) <= 65535);
}

/// Of "http://host:port/path"; empty where the target is a path.
std::string_view authority_of(std::string_view target) noexcept {
    const auto scheme = target.find("://");
    if (target.starts_with('/') || scheme == std::string_view::npos || scheme > target.find('/')) return {};
    target.remove_prefix(scheme + 3);
    return target.substr(0, target.find_first_of("/?#"));
}

bool knows_its_host(const http::request<http::string_body>& request) {
    if (request.version() < 11 && request.count(http::field::host) == 0) return true;
    const std::string_view host = request[http::field::host];
    const auto authority = authority_of({request.target().data(), request.target().size()});
    return request.count(http::field::host) == 1 && names_a_host(trim(host)) &&
           (authority.empty() || beast::iequals(authority, trim(host)));
}

}

Response refusal_of(const boost::system::error_code& error, const Request& request, std::string_view left) {
    int status = 400;
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
        status = request.target.empty() ? 414 : 431;
    if (error == boost::system::errc::not_supported) status = 417;
    if (error == http::error::body_limit) status = 413;
    if (error == boost::system::errc::not_enough_memory) status = 503;
    if (error == http::error::bad_version) status = status_of_version(left);
    const bool of_ours_alone = status == 413 || status == 503;
    if (!of_ours_alone) return refusal_page(status, request.method, reason_phrase(status), request.target.empty());
    auto response = error_response(status, status_message(status));
    response.close = true;
    return response;
}

boost::system::error_code ambiguity_of(const http::request_parser<http::string_body>& parser) {
    const auto& request = parser.get();
    if (!knows_its_host(request)) return http::error::bad_field;
    const std::string_view length = request[http::field::content_length];
    if (request.count(http::field::content_length) > 1 || length.find(',') != std::string_view::npos)
        return http::error::bad_content_length;
    const auto encodings = request.count(http::field::transfer_encoding);
    const std::string_view encoding = request[http::field::transfer_encoding];
    const bool chunked = encodings == 1 && beast::iequals(trim(encoding), "chunked") && request.version() >= 11;
    if (encodings > 0 && !chunked) return http::error::bad_transfer_encoding;
    return {};
}

boost::system::result<Expectation> expectation_of(const http::request_parser<http::string_body>& parser) {
    const auto& request = parser.get();
    const std::string_view expected = request[http::field::expect];
    if (request.version() < 11 || trim(expected).empty()) return Expectation::None;
    if (request.count(http::field::expect) > 1 || !beast::iequals(trim(expected), "100-continue"))
        return make_error_code(boost::system::errc::not_supported);
    const bool has_body = parser.chunked() || parser.content_length().value_or(0) > 0;
    return has_body ? Expectation::Continue : Expectation::None;
}

bool speaks_http(const boost::system::error_code& error) {
    if (error == boost::system::errc::not_enough_memory || error == boost::system::errc::not_supported) return true;
    return error.category() == make_error_code(http::error::end_of_stream).category() &&
           error != http::error::end_of_stream && error != http::error::partial_message;
}

}
