#include "cluster/wire/connection.hpp"

#include "cluster/async/await_callback.hpp"
#include "cluster/async/with_timeout.hpp"
#include "cluster/wire/error_code.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/core.h>

#include <array>
#include <charconv>
#include <utility>

namespace millrace::cluster {

using asio::ip::tcp;
using boost::system::system_error;

constexpr std::string_view software_name = "millrace";
constexpr std::string_view software_version = "0.1.0";
constexpr std::int16_t first_api_versions = 3;

/// Bytes to and from a broker, in the clear or not.
class Transport {
public:
    virtual ~Transport() = default;
    virtual asio::awaitable<void> write(asio::const_buffer data) = 0;
    virtual asio::awaitable<void> read(asio::mutable_buffer data) = 0;
    /// Ends what is under way with an error; the object must outlive it.
    virtual void close() noexcept = 0;
};

namespace {

template <class Stream>
class StreamTransport : public Transport {
public:
    explicit StreamTransport(Stream stream) : stream_(std::move(stream)) {}
    asio::awaitable<void> write(asio::const_buffer data) override {
        co_await asio::async_write(stream_, data, asio::use_awaitable);
    }
    asio::awaitable<void> read(asio::mutable_buffer data) override {
        co_await asio::async_read(stream_, data, asio::use_awaitable);
    }
    void close() noexcept override {
        boost::system::error_code ignored;
        stream_.lowest_layer().close(ignored);
    }
    Stream& stream() noexcept { return stream_; }

private:
    Stream stream_;
};

asio::awaitable<tcp::socket> connect_tcp(BrokerAddress address) {
    const auto executor = co_await asio::this_coro::executor;
    tcp::resolver resolver(executor);
    const auto endpoints =
        co_await resolver.async_resolve(address.host, std::to_string(address.port), asio::use_awaitable);
    tcp::socket socket(executor);
    co_await asio::async_connect(socket, endpoints, asio::use_awaitable);
    socket.set_option(tcp::no_delay(true));
    co_return socket;
}

using TlsStream = asio::ssl::stream<tcp::socket>;

asio::awaitable<void> shake_hands(TlsStream* stream, BrokerAddress address, bool verify_host_name) {
    expect_server(stream->native_handle(), address.host, verify_host_name);
    const auto token = asio::as_tuple(asio::use_awaitable);
    const auto [error] = co_await stream->async_handshake(asio::ssl::stream_base::client, token);
    if (!error) co_return;
    if (error.category() != asio::error::get_ssl_category()) throw system_error(error);
    throw AuthenticationException(fmt::format("TLS handshake with broker {} failed: {}", to_string(address),
                                              handshake_problem(stream->native_handle(), error)));
}

asio::awaitable<std::unique_ptr<Transport>> make_transport(BrokerAddress address, SecuritySettings security) {
    auto socket = co_await connect_tcp(address);
    if (!security.uses_tls()) co_return std::make_unique<StreamTransport<tcp::socket>>(std::move(socket));
    if (!security.tls) throw ConfigException("security.protocol asks for TLS, but there are no ssl.* settings");
    auto transport = std::make_unique<StreamTransport<TlsStream>>(TlsStream(std::move(socket), security.tls->native()));
    co_await shake_hands(&transport->stream(), address, security.verify_host_name);
    co_return transport;
}

/// Sets the event when the request is over; closes the connection unless it ended well.
struct RequestGuard {
    Connection& connection;
    Event& free;
    bool done = false;
    ~RequestGuard() {
        if (!done) connection.close();
        free.set();
    }
};

}

std::string to_string(const BrokerAddress& address) {
    const bool ipv6 = address.host.find(':') != std::string::npos;
    return fmt::format("{}{}{}:{}", ipv6 ? "[" : "", address.host, ipv6 ? "]" : "", address.port);
}

namespace {
/// 0 for what is none.
std::uint16_t parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size() ? port : std::uint16_t{0};
}
}

std::vector<BrokerAddress> parse_bootstrap_servers(std::string_view text) {
    std::vector<BrokerAddress> brokers;
    while (!text.empty()) {
        const auto comma = text.find(',');
        auto part = text.substr(0, comma);
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
        while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
        while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
        if (part.empty()) continue;
        const auto original = part;
        if (const auto scheme = part.find("://"); scheme != std::string_view::npos) part.remove_prefix(scheme + 3);
        const auto colon = part.rfind(':');
        std::uint16_t port = 0;
        if (colon != std::string_view::npos) port = parse_port(part.substr(colon + 1));
        auto host = part.substr(0, colon);
        if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
        if (port == 0 || host.empty())
            throw ConfigException(fmt::format("bootstrap.servers: '{}' is not host:port", original));
        brokers.push_back({.host = std::string(host), .port = port});
    }
    if (brokers.empty()) throw ConfigException("bootstrap.servers: no broker is named; give host:port,...");
    return brokers;
}

Connection::Connection(const asio::any_io_executor& executor, BrokerAddress address, ConnectionSettings settings)
    : executor_(executor), address_(std::move(address)), settings_(std::move(settings)), free_(executor) {
    free_.set();
}
Connection::~Connection() { close(); }

void Connection::close() noexcept {
    if (std::exchange(open_, false) && settings_.listener) settings_.listener->closed();
    if (transport_) transport_->close();
}

void Connection::broken(const std::string& why) {
    close();
    throw DisconnectException(fmt::format("Broker {}: {}", to_string(address_), why));
}

asio::awaitable<std::unique_ptr<Connection>> Connection::open(BrokerAddress address, ConnectionSettings settings) {
    const auto executor = co_await asio::this_coro::executor;
    std::unique_ptr<Connection> connection(new Connection(executor, std::move(address), std::move(settings)));
    const auto listener = connection->settings_.listener;
    std::string refusal;
    try {
        co_await connection->connect();
        co_await connection->introduce();
    } catch (const AuthenticationException& e) {
        refusal = e.what();
    }
    if (listener) listener->authenticated(refusal.empty());
    if (!refusal.empty()) throw AuthenticationException(refusal);
    co_return connection;
}

asio::awaitable<void> Connection::introduce() {
    if (settings_.security.uses_sasl()) {
        co_await negotiate_versions(0);
        co_await authenticate();
    }
    co_await negotiate_versions(first_api_versions);
}

asio::awaitable<void> Connection::connect() {
    std::string why;
    try {
        transport_ = co_await with_timeout(settings_.connection_setup_timeout,
                                           make_transport(address_, settings_.security), "connecting");
        open_ = true;
        if (settings_.listener) settings_.listener->opened();
        co_return;
    } catch (const system_error& e) {
        if (e.code() == asio::error::operation_aborted) throw;
        why = e.code().message();
    } catch (const TimeoutException& e) {
        why = e.what();
    }
    broken(why);
}

template <class Request>
asio::awaitable<typename Request::Response> Connection::call_unlocked(Request request, std::int16_t version) {
    const auto id = ++last_correlation_id_;
    const Bytes answer = co_await send_and_receive(encode_request(request, version, id, settings_.client_id),
                                                   settings_.request_timeout, std::string(Request::api.name));
    co_return decode<Request>(answer, version, id);
}

asio::awaitable<void> Connection::negotiate_versions(std::int16_t version) {
    const ApiVersionsRequest request{std::string(software_name), std::string(software_version)};
    const auto id = ++last_correlation_id_;
    const Bytes frame = co_await send_and_receive(encode_request(request, version, id, settings_.client_id),
                                                  settings_.request_timeout, "ApiVersions");
    std::string why;
    std::int16_t retry_with = -1;
    try {
        // A broker that does not know the version answers in the oldest layout; the error comes first in each of them.
        Reader peek{Encoding::Classic, frame};
        (void)peek.int32("correlation id");
        const auto error = static_cast<ErrorCode>(peek.int16("error_code"));
        const bool refused = error == ErrorCode::UnsupportedVersion && version > 0;
        const auto answer = decode_response<ApiVersionsRequest>(frame, refused ? std::int16_t{0} : version, id);
        if (refused) {
            retry_with = 0;
            for (const auto& api : answer.api_keys)
                if (api.api_key == ApiVersionsRequest::api.key && api.max_version < version)
                    retry_with = std::max<std::int16_t>(api.max_version, 0);
        } else if (error != ErrorCode::None) {
            why = "ApiVersions: " + to_string(error);
        } else {
            versions_.clear();
            for (const auto& api : answer.api_keys) versions_[api.api_key] = {api.min_version, api.max_version};
        }
    } catch (const DataException& e) {
        why = e.what();
    }
    if (!why.empty()) broken(why);
    if (retry_with >= 0) co_await negotiate_versions(retry_with);
}

std::int16_t Connection::version_for(const ApiSpec& api) const {
    const auto found = versions_.find(api.key);
    const auto most = found == versions_.end() ? std::int16_t{-1} : std::min(found->second.max, api.max_version);
    if (most < api.min_version || most < found->second.min)
        throw UnsupportedVersionException(fmt::format("Broker {} does not support {} of versions {} to {}",
                                                      to_string(address_), api.name, api.min_version, api.max_version));
    return most;
}

asio::awaitable<void> Connection::authenticate() {
    const auto mechanism = to_string(settings_.security.mechanism);
    SaslHandshakeRequest request{std::string(mechanism)};
    const auto handshake = co_await call_unlocked(std::move(request), 1);
    if (static_cast<ErrorCode>(handshake.error_code) != ErrorCode::None) {
        std::string enabled;
        for (const auto& name : handshake.mechanisms) enabled += (enabled.empty() ? "" : ", ") + name;
        close();
        throw AuthenticationException(fmt::format("sasl.mechanism: broker {} does not accept {}; enabled are {}",
                                                  to_string(address_), mechanism, enabled));
    }
    FreshCredentials fresh{.nonce = random_nonce()};
    if (settings_.security.mechanism == SaslMechanism::OAuthBearer) fresh.bearer_token = co_await bearer_token();
    const auto client = make_sasl_client(settings_.security, std::move(fresh));
    co_await say_and_hear(client.get(), version_for(SaslAuthenticateRequest::api));
    ++sessions_;
}

asio::awaitable<void> Connection::authenticate_again() {
    const auto began = Event::Clock::now();
    std::string refusal;
    try {
        co_await authenticate();
    } catch (const AuthenticationException& e) {
        refusal = e.what();
    }
    if (settings_.listener) settings_.listener->authenticated_again(refusal.empty(), Event::Clock::now() - began);
    if (!refusal.empty()) throw AuthenticationException(refusal);
}

asio::awaitable<std::string> Connection::bearer_token() {
    if (!settings_.security.bearer_tokens)
        throw AuthenticationException("OAUTHBEARER: no source of tokens is configured");
    std::string why;
    bool again = false;
    try {
        co_return co_await await_callback<std::string>(settings_.security.bearer_tokens);
    } catch (const RetriableException& e) {
        why = e.what();
        again = true;
    } catch (const ConnectException& e) {
        why = e.what();
    }
    close();
    if (again) throw DisconnectException(why);
    throw AuthenticationException(why);
}

asio::awaitable<void> Connection::say_and_hear(SaslClient* client, std::int16_t version) {
    constexpr int most_rounds = 8;
    Bytes message = client->first();
    for (int round = 0; round < most_rounds; ++round) {
        SaslAuthenticateRequest request{std::move(message)};
        const auto answer = co_await call_unlocked(std::move(request), version);
        if (const auto error = static_cast<ErrorCode>(answer.error_code); error != ErrorCode::None) {
            close();
            throw AuthenticationException(fmt::format("Authentication of user '{}' with broker {} failed: {}",
                                                      settings_.security.user, to_string(address_),
                                                      answer.error_message.value_or(to_string(error))));
        }
        auto next = client->answer(answer.auth_bytes);
        if (!next) {
            authenticate_again_at_.reset();
            if (answer.session_lifetime_ms > 0)  // the broker ends sessions that are not renewed in time
                authenticate_again_at_ =
                    Event::Clock::now() + std::chrono::milliseconds{answer.session_lifetime_ms / 10 * 9};
            co_return;
        }
        message = *std::move(next);
    }
    broken(fmt::format("SASL did not end after {} rounds", most_rounds));
}

asio::awaitable<Bytes> Connection::exchange(Bytes frame, std::chrono::milliseconds limit, std::string name) {
    while (!free_.is_set()) co_await free_.wait();
    free_.clear();
    RequestGuard guard{*this, free_};
    if (open_ && authenticate_again_at_ && Event::Clock::now() >= *authenticate_again_at_)
        co_await authenticate_again();
    auto answer = co_await send_and_receive(std::move(frame), limit, std::move(name));
    guard.done = true;
    co_return answer;
}

asio::awaitable<Bytes> Connection::send_and_receive(Bytes frame, std::chrono::milliseconds limit, std::string name) {
    std::string why = name + ": the connection is closed";
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    try {
        if (open_) co_return co_await with_timeout(limit, write_then_read(std::move(frame)), name);
    } catch (const system_error& e) {
        // Aborted is what both a cancelled request and a connection that somebody closed end with.
        if (e.code() == asio::error::operation_aborted && cancellation.cancelled() != asio::cancellation_type::none) {
            close();
            throw;
        }
        if (e.code().category() == asio::error::get_ssl_category()) {  // an alert, such as a client certificate refused
            close();
            throw AuthenticationException(
                fmt::format("TLS with broker {} failed: {}", to_string(address_), e.code().message()));
        }
        why = name + ": " + e.code().message();
    } catch (const TimeoutException& e) {
        why = e.what();
    }
    broken(why);
}

asio::awaitable<Bytes> Connection::write_then_read(Bytes frame) {
    const auto began = Event::Clock::now();
    co_await transport_->write(asio::buffer(frame));
    if (settings_.listener) settings_.listener->sent(settings_.node, frame.size());
    std::array<std::byte, 4> size_bytes{};
    co_await transport_->read(asio::buffer(size_bytes));
    const auto size = Reader{Encoding::Classic, size_bytes}.int32("size");
    if (size < 4 || static_cast<std::size_t>(size) > settings_.max_response_bytes)
        broken(fmt::format("an answer of {} bytes; 4 to {} are accepted", size, settings_.max_response_bytes));
    Bytes answer(static_cast<std::size_t>(size));
    co_await transport_->read(asio::buffer(answer));
    if (settings_.listener) {
        settings_.listener->received(settings_.node, size_bytes.size() + answer.size(), Event::Clock::now() - began);
    }
    co_return answer;
}

}
