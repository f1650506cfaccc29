/// One connection to one broker: TCP or TLS, authenticated, versions negotiated.
///
/// State   Belongs to one executor thread. Requests of several coroutines are sent one after the other, each when the
///         one before has been answered: a broker keeps the order anyway. Cancelling or timing out a request closes the
///         connection, since its answer could come at any time.
/// Throws  DisconnectException   the broker is not there or went away, or did not answer in time: try again
///         AuthenticationException   TLS or SASL refused: trying again does not help
///         UnsupportedVersionException   the broker is too old
#pragma once
#include "cluster/async/event.hpp"
#include "cluster/wire/messages.hpp"
#include "cluster/wire/sasl.hpp"
#include "cluster/wire/security.hpp"
#include "connectors/api/errors.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace millrace::cluster {

struct DisconnectException : RetriableException {
    using RetriableException::RetriableException;
};
struct UnsupportedVersionException : ConnectException {
    using ConnectException::ConnectException;
};

struct BrokerAddress {
    std::string host;
    std::uint16_t port = 9092;
    bool operator==(const BrokerAddress&) const = default;
};
std::string to_string(const BrokerAddress& address);  ///< "host:port", "[::1]:port"
/// "a:9092,b:9092"; throws ConfigException naming bootstrap.servers and the part that will not do.
std::vector<BrokerAddress> parse_bootstrap_servers(std::string_view text);

/// Is told what connections do, in the thread that they belong to.
class ConnectionListener {
public:
    using Clock = Event::Clock;

    virtual ~ConnectionListener() = default;
    virtual void opened() = 0;
    virtual void closed() = 0;
    virtual void sent(const std::string& node, std::size_t bytes) = 0;
    /// An answer, and the time since its request was sent.
    virtual void received(const std::string& node, std::size_t bytes, Clock::duration took) = 0;
    /// TLS and SASL, where they are wanted, when a connection is opened.
    virtual void authenticated(bool accepted) = 0;
    /// SASL once more, because the broker limits sessions.
    virtual void authenticated_again(bool accepted, Clock::duration took) = 0;
};

struct ConnectionSettings {
    std::string client_id = {};
    SecuritySettings security = {};
    std::chrono::milliseconds connection_setup_timeout{10'000};
    std::chrono::milliseconds request_timeout{40'000};
    std::size_t max_response_bytes = std::size_t{100} * 1024 * 1024;
    std::shared_ptr<ConnectionListener> listener = {};  ///< null: nobody listens
    std::string node = {};                              ///< what the listener is told of whom this is to
};

class Transport;

class Connection {
public:
    static asio::awaitable<std::unique_ptr<Connection>> open(BrokerAddress address, ConnectionSettings settings);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Sends at the newest version that both sides know, and waits for the answer as long as `limit`.
    template <class Request>
    asio::awaitable<typename Request::Response> call(Request request, std::chrono::milliseconds limit);
    template <class Request>
    asio::awaitable<typename Request::Response> call(Request request) {
        return call(std::move(request), settings_.request_timeout);
    }

    bool is_open() const noexcept { return open_; }
    /// 1 once it is open with SASL, and one more whenever a session that the broker limits was renewed.
    int sessions() const noexcept { return sessions_; }
    /// Requests that are under way end with DisconnectException; whoever waits for them keeps the object alive.
    void close() noexcept;
    const BrokerAddress& address() const noexcept { return address_; }

private:
    struct VersionRange {
        std::int16_t min;
        std::int16_t max;
    };
    Connection(const asio::any_io_executor& executor, BrokerAddress address, ConnectionSettings settings);

    asio::awaitable<void> connect();
    asio::awaitable<void> introduce();
    asio::awaitable<void> negotiate_versions(std::int16_t version);
    asio::awaitable<void> authenticate();
    asio::awaitable<void> authenticate_again();
    asio::awaitable<std::string> bearer_token();
    asio::awaitable<void> say_and_hear(SaslClient* client, std::int16_t version);
    asio::awaitable<Bytes> exchange(Bytes frame, std::chrono::milliseconds limit, std::string name);
    asio::awaitable<Bytes> send_and_receive(Bytes frame, std::chrono::milliseconds limit, std::string name);
    asio::awaitable<Bytes> write_then_read(Bytes frame);
    template <class Request>
    asio::awaitable<typename Request::Response> call_unlocked(Request request, std::int16_t version);
    /// Closes the connection if the answer cannot be read.
    template <class Request>
    typename Request::Response decode(const Bytes& answer, std::int16_t version, std::int32_t id);
    std::int16_t version_for(const ApiSpec& api) const;
    [[noreturn]] void broken(const std::string& why);

    asio::any_io_executor executor_;
    BrokerAddress address_;
    ConnectionSettings settings_;
    std::unique_ptr<Transport> transport_;  ///< kept when closed: something may still be under way in it
    bool open_ = false;
    std::map<std::int16_t, VersionRange> versions_;
    std::int32_t last_correlation_id_ = 0;
    Event free_;  ///< no request is under way
    std::optional<Event::Clock::time_point> authenticate_again_at_;
    int sessions_ = 0;
};

template <class Request>
asio::awaitable<typename Request::Response> Connection::call(Request request, std::chrono::milliseconds limit) {
    const auto version = version_for(Request::api);
    const auto id = ++last_correlation_id_;
    const Bytes answer = co_await exchange(encode_request(request, version, id, settings_.client_id), limit,
                                           std::string(Request::api.name));
    co_return decode<Request>(answer, version, id);
}

template <class Request>
typename Request::Response Connection::decode(const Bytes& answer, std::int16_t version, std::int32_t id) {
    try {
        return decode_response<Request>(answer, version, id);
    } catch (const DataException& e) {
        broken(e.what());
    }
}

}
