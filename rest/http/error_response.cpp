#include "rest/http/error_response.hpp"

#include "connectors/support/json.hpp"

#include <fmt/core.h>

namespace millrace::rest {

namespace {

Response response_of(const RestException& error) {
    auto response = error_response(error.status, error.whole_message);
    if (dynamic_cast<const RoutingException*>(&error) != nullptr) response.headers = {};
    return response;
}

}

RoutingException::RoutingException(int http_status) : RestException(http_status, status_message(http_status)) {}

MalformedHeaderException::MalformedHeaderException(std::string_view name)
    : RestException(400, fmt::format("The header {} cannot be read", name)), header(name) {}

std::string status_message(int status) { return fmt::format("HTTP {} {}", status, reason_phrase(status)); }

Response error_response(int status, std::string_view message) {
    std::string body;
    json::Writer(body).begin_object().key("error_code").integer(status).key("message").string(message).end_object();
    return json_response(status, std::move(body));
}

Response error_response(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const RestException& e) {
        return response_of(e);
    } catch (const NotFoundException& e) {
        return error_response(404, e.what());
    } catch (const ConflictException& e) {
        return error_response(409, e.what());
    } catch (const ConfigException& e) {
        return error_response(400, e.what());
    } catch (const std::exception& e) {
        return error_response(500, e.what());
    }
}

Response refusal_page(int status, std::string_view method, std::string_view reason, bool any_method) {
    Response response{.status = status, .close = true};
    if (!any_method && method != "GET" && method != "POST" && method != "HEAD") return response;
    response.headers.add("Content-Type", "text/html;charset=iso-8859-1");
    response.body = fmt::format(
        "<html>\n<head>\n<title>Error {0} {1}</title>\n</head>\n<body>\n<h2>HTTP ERROR {0} "
        "{1}</h2>\n</body>\n</html>\n",
        status, reason);
    return response;
}

Response malformed_header_response(std::string_view method, const MalformedHeaderException& error) {
    if (error.header == "Accept") return empty_response(400);
    auto response = refusal_page(400, method, reason_phrase(400));
    response.close = false;
    return response;
}

}
