#include "rest/forwarding/leader_client.hpp"

#include "rest/http/error_response.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fmt/core.h>

namespace millrace::rest {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;

namespace {

struct Address {
    std::string host;
    std::string port;
    std::string authority;  ///< "host:port" as in the URL
    std::string path;       ///< begins and ends with '/'
};

[[noreturn]] void fail(std::string_view what) {
    throw RestException(500, fmt::format("IO Error trying to forward REST request: {}", what));
}

Address parse_url(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (!equal_ignoring_case(url.substr(0, scheme.size()), scheme)) {
        throw RestException(500, fmt::format("Error trying to forward REST request: {} is no http URL", url));
    }
    url.remove_prefix(scheme.size());
    const auto slash = std::min(url.find('/'), url.size());
    const auto authority = url.substr(0, slash);
    const auto bracket = authority.find(']');
    const auto colon = authority.rfind(':');
    const bool has_port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    auto host = authority.substr(0, has_port ? colon : authority.size());
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return {.host = std::string(host),
            .port = has_port ? std::string(authority.substr(colon + 1)) : "80",
            .authority = std::string(authority),
            .path = slash == url.size() ? "/" : std::string(url.substr(slash))};
}

Response response_of(http::response<http::string_body>&& message) {
    Response response{.status = static_cast<int>(message.result_int())};
    for (const auto& field : message) {
        response.headers.add(std::string(field.name_string()), std::string(field.value()));
    }
    response.body = std::move(message.body());
    return response;
}

}

asio::awaitable<Response> LeaderClient::send(std::string url, std::string target, std::string method, Headers headers,
                                             std::string body) const {
    constexpr auto quiet = asio::as_tuple(asio::use_awaitable);
    const auto address = parse_url(url);
    tcp::resolver resolver(executor_);
    beast::tcp_stream stream(executor_);
    const auto [unknown, endpoints] = co_await resolver.async_resolve(address.host, address.port, quiet);
    if (unknown) fail(unknown.message());
    stream.expires_after(limits_.connect);
    const auto [refused, endpoint] = co_await stream.async_connect(endpoints, quiet);
    if (refused) fail(refused == beast::error::timeout ? "Connect Timeout" : refused.message());

    http::request<http::string_body> message;
    message.version(11);
    message.method_string(method);
    message.target(address.path + target);
    message.set(http::field::host, address.authority);
    for (const auto& [name, value] : headers.fields()) message.set(name, value);
    message.set(http::field::connection, "close");
    message.body() = std::move(body);
    if (!message.body().empty() || method != "GET") message.content_length(message.body().size());
    stream.expires_after(limits_.idle);
    const auto [unsent, sent] = co_await http::async_write(stream, message, quiet);
    if (unsent) fail(unsent.message());

    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(limits_.response_bytes);
    const auto [unread, read] = co_await http::async_read(stream, buffer, parser, quiet);
    if (unread == beast::error::timeout) {
        fail(fmt::format("Idle timeout expired: {0}/{0} ms", limits_.idle.count()));
    }
    if (unread) fail(unread.message());
    boost::system::error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
    co_return response_of(parser.release());
}

}
