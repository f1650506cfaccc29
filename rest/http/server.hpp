/// HTTP/1.1 on several listeners. Reads requests, hands each to one handler and writes what it answers; knows no route.
///
/// Threads  Everything runs on the executor, which is one thread; the handler must not block it.
/// Limits   Each has a name in ServerLimits: a client that is slow, huge or one of too many costs only its own
/// connection. Errors   listen() throws ConnectException naming the address. A handler that throws answers as
/// error_response says.
#pragma once
#include "connectors/api/log.hpp"
#include "rest/http/held_port.hpp"
#include "rest/http/request.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace millrace::cluster {
class FreshTls;
class TlsContext;
}

namespace millrace::rest {

namespace asio = boost::asio;

/// The settings millrace.rest.* say the first four and `transfer`.
struct ServerLimits {
    std::size_t header_bytes = 8 * 1024;
    std::size_t body_bytes = 16 * 1024 * 1024;     ///< the largest known configurations have some hundred KiB
    std::size_t bodies_bytes = 256 * 1024 * 1024;  ///< of all requests that are being read or answered together
    std::size_t connections = 1024;                ///< of all listeners; the longest idle one makes room
    std::chrono::milliseconds idle = std::chrono::seconds(90);       ///< between two requests of a connection
    std::chrono::milliseconds handshake = std::chrono::seconds(30);  ///< TLS, both hellos
    std::chrono::milliseconds transfer = std::chrono::seconds(90);   ///< one header, one body, one response
    std::chrono::milliseconds stop = std::chrono::seconds(60);       ///< for running requests when the server stops
};

struct ListenerOptions {
    std::string host;  ///< empty: all interfaces
    std::uint16_t port = 0;
    std::shared_ptr<cluster::FreshTls> tls = {};  ///< of an https listener
    bool admin = false;                           ///< marks its requests
    std::shared_ptr<HeldPort> held = {};          ///< the port was taken before
};

/// Connections from other workers of the group, on the ports of the listeners (cluster/async/peer_identity).
struct PeerOptions {
    std::shared_ptr<const cluster::TlsContext> tls = {};  ///< null: there are none
    /// Whether a worker of the group has published this fingerprint; may wait for a while.
    std::function<asio::awaitable<bool>(std::string fingerprint)> trusted = {};
};

struct ServerOptions {
    std::vector<ListenerOptions> listeners;
    PeerOptions peers = {};
    ServerLimits limits = {};
    std::string product = "Millrace";  ///< of the Server header
};

/// What a server has done. Methods that HTTP does not define count as "other".
struct ServerStats {
    std::map<std::pair<std::string, int>, std::uint64_t> requests = {};  ///< by method and status
    std::chrono::duration<double> busy{};                                ///< of all requests together
    std::size_t connections = 0;                                         ///< open now
};

using RequestHandler = std::function<asio::awaitable<Response>(Request)>;
/// Has the last word on every answer to a request, errors included.
using ResponseFinisher = std::function<void(const Request&, Response&)>;

class Server {
public:
    Server(asio::any_io_executor executor, ServerOptions options, RequestHandler handler, Logger logger);
    /// stop() must have returned, unless listen() was never called.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    void set_finisher(ResponseFinisher finisher);
    /// Binds every listener and begins to accept.
    void listen();
    /// The bound ports, in the order of the listeners.
    std::vector<std::uint16_t> ports() const;
    ServerStats stats() const;
    /// Accepts no more, ends idle connections, lets running requests finish within limits.stop, then cuts them off.
    asio::awaitable<void> stop();

private:
    struct State;
    class HeldBody;
    std::unique_ptr<State> state_;
};

}
