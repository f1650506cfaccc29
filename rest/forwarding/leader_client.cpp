#include "rest/forwarding/leader_client.hpp"

#include "cluster/async/peer_identity.hpp"
#include "cluster/async/tls.hpp"
#include "cluster/herder/peer_directory.hpp"
#include "rest/http/message_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/core.h>
#include <sys/socket.h>

namespace millrace::rest {

using tcp = asio::ip::tcp;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t header_bytes = 64 * 1024;  ///< of an answer; the parser's own limit is less
constexpr auto quiet = asio::as_tuple(asio::use_awaitable);

template <class Exception = RestException>
[[noreturn]] void fail(std::string_view url, std::string_view reason) {
    throw Exception(500, fmt::format("IO Error trying to forward REST request: {} ({})", reason, url));
}

std::string text_of(const boost::system::error_code& error) {
    return error == beast::error::timeout ? "Connect Timeout" : error.message();
}

Response response_of(http::response<http::string_body>&& message) {
    Response response{.status = static_cast<int>(message.result_int())};
    for (const auto& field : message) {
        response.headers.add(std::string(field.name_string()), std::string(field.value()));
    }
    response.body = std::move(message.body());
    return response;
}

/// Sends the request and reads the answer; true if the connection can be used again.
asio::awaitable<bool> exchange(MessageStream& stream, http::request<http::string_body>& message,
                               LeaderClientLimits limits, std::string url, Response& response) {
    stream.transport().expires_after(limits.idle);
    const auto unsent = co_await stream.write(message);
    if (unsent) fail(url, unsent.message());
    http::response_parser<http::string_body> parser;
    parser.body_limit(limits.response_bytes);
    const auto unread = co_await stream.read(parser);
    if (unread == beast::error::timeout)
        fail(url, fmt::format("Idle timeout expired: {0}/{0} ms", limits.idle.count()));
    if (unread) fail(url, unread.message());
    stream.transport().expires_never();
    const bool reusable = parser.get().keep_alive() && stream.buffer().size() == 0;
    response = response_of(parser.release());
    co_return reusable;
}

}

struct LeaderClient::Address {
    bool https = false;
    std::string host;
    std::string port;
    std::string authority;  ///< "host:port" as in the URL
    std::string path;       ///< begins and ends with '/'

    static Address parse(std::string_view url) {
        const bool https = equal_ignoring_case(url.substr(0, 8), "https://");
        if (!https && !equal_ignoring_case(url.substr(0, 7), "http://"))
            throw RestException(500,
                                fmt::format("Error trying to forward REST request: {} is no http or https URL", url));
        url.remove_prefix(https ? 8 : 7);
        const auto slash = std::min(url.find('/'), url.size());
        const auto authority = url.substr(0, slash);
        const auto bracket = authority.find(']');
        const auto colon = authority.rfind(':');
        const bool has_port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
        auto host = authority.substr(0, has_port ? colon : authority.size());
        if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
        return {.https = https,
                .host = std::string(host),
                .port = has_port ? std::string(authority.substr(colon + 1))
                        : https  ? "443"
                                 : "80",
                .authority = std::string(authority),
                .path = slash == url.size() ? "/" : std::string(url.substr(slash))};
    }
};

/// One connection, with TLS over it or without.
struct LeaderClient::Link {
    explicit Link(const asio::any_io_executor& executor) : stream(tcp::socket(executor), header_bytes) {}
    MessageStream stream;
    std::string fingerprint = {};  ///< of the peer, if it is one
    steady_clock::time_point since = {};

    /// Nothing has come since the last answer, neither bytes nor the end.
    bool quiet_since() {
        char byte = 0;
        const auto count = ::recv(stream.transport().socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    }
};

LeaderClient::LeaderClient(asio::any_io_executor executor, LeaderClientTls tls, LeaderClientLimits limits)
    : executor_(std::move(executor)), tls_(std::move(tls)), limits_(limits) {}
LeaderClient::~LeaderClient() = default;

asio::awaitable<LeaderClient::LinkPtr> LeaderClient::open(std::string url, Address address) {
    tcp::resolver resolver(executor_);
    const auto [unknown, endpoints] = co_await resolver.async_resolve(address.host, address.port, quiet);
    if (unknown) fail<UnreachableException>(url, unknown.message());
    auto link = std::make_unique<Link>(executor_);
    auto& transport = link->stream.transport();
    transport.expires_after(limits_.connect);
    const auto [refused, endpoint] = co_await transport.async_connect(endpoints, quiet);
    if (refused) fail<UnreachableException>(url, text_of(refused));
    transport.socket().set_option(tcp::no_delay(true));
    co_await secure(*link, url, std::move(address));
    co_return link;
}

asio::awaitable<void> LeaderClient::secure(Link& link, std::string url, Address address) const {
    const bool peer = tls_.peers != nullptr && tls_.peers->publishes(url);
    if (!peer && !address.https) co_return;
    const auto context = peer ? tls_.peer : tls_.https ? tls_.https() : nullptr;
    if (!context)
        fail(url,
             "the worker speaks https: set listeners.https.ssl.truststore.location to what its certificate is "
             "signed by");
    auto* handle = link.stream.start_tls(context->native());
    if (!peer) cluster::expect_server(handle, address.host, tls_.verify_host_name);
    const auto error = co_await link.stream.handshake(asio::ssl::stream_base::client);
    if (error) {
        const auto problem =
            error == beast::error::timeout ? text_of(error) : cluster::handshake_problem(handle, error);
        fail(url, peer
                      ? fmt::format("TLS between workers failed: {}. If a Java worker has taken this URL over, write a "
                                    "tombstone for the key millrace-peer-{} to the config topic",
                                    problem, url)
                      : "TLS: " + problem);
    }
    if (!peer) co_return;
    auto shown = cluster::peer_fingerprint(handle);
    const bool expected = co_await tls_.peers->is(url, shown);
    if (!expected) fail(url, "the worker there shows another certificate than the one published for this URL");
    link.fingerprint = std::move(shown);
}

LeaderClient::LinkPtr LeaderClient::take(const std::string& url) {
    auto& kept = links_[url];
    while (!kept.empty()) {
        auto link = std::move(kept.front());
        kept.pop_front();
        if (steady_clock::now() - link->since < limits_.keep && link->quiet_since()) return link;
    }
    return nullptr;
}

void LeaderClient::keep(const std::string& url, LinkPtr link) {
    auto& kept = links_[url];
    link->since = steady_clock::now();
    kept.push_front(std::move(link));
    if (kept.size() > limits_.kept) kept.pop_back();
}

asio::awaitable<Response> LeaderClient::send(std::string url, std::string target, std::string method, Headers headers,
                                             std::string body) {
    auto address = Address::parse(url);
    http::request<http::string_body> message;
    message.version(11);
    message.method_string(method);
    message.target(address.path + target);
    message.set(http::field::host, address.authority);
    for (const auto& [name, value] : headers.fields()) message.set(name, value);
    message.body() = std::move(body);
    if (!message.body().empty() || method != "GET") message.content_length(message.body().size());

    auto link = take(url);
    if (link && !link->fingerprint.empty()) {
        const bool still = co_await tls_.peers->is(url, link->fingerprint);
        if (!still) link.reset();
    }
    if (!link) link = co_await open(url, std::move(address));
    Response response;
    const bool reusable = co_await exchange(link->stream, message, limits_, url + target, response);
    if (reusable) keep(url, std::move(link));
    co_return response;
}

}
