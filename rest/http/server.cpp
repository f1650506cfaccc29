#include "rest/http/server.hpp"

#include "cluster/async/fresh_tls.hpp"
#include "cluster/async/peer_identity.hpp"
#include "cluster/async/scope.hpp"
#include "cluster/async/tls.hpp"
#include "connectors/api/errors.hpp"
#include "rest/http/access_log.hpp"
#include "rest/http/error_response.hpp"
#include "rest/http/message_stream.hpp"
#include "rest/http/refusal.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <list>
#include <utility>

namespace millrace::rest {

using tcp = asio::ip::tcp;
using std::chrono::steady_clock;
using std::chrono::system_clock;

namespace {

constexpr auto accept_pause = std::chrono::milliseconds(100);  ///< after a failed accept: descriptors may be short
constexpr auto goodbye = std::chrono::seconds(5);              ///< for TLS' close_notify
constexpr auto quiet = asio::as_tuple(asio::use_awaitable);

/// Whether a connection goes on after an answer. A client of HTTP/1.0 that asks for it has to be told so.
enum class Persistence : std::uint8_t { Close, Implied, Announced };

/// What the server has to know of a connection to make room or to stop.
struct Connection {
    beast::tcp_stream* stream = nullptr;
    std::string client = {};
    bool secure = false;
    bool from_peer = false;
    bool admin = false;
    bool idle = true;      ///< waits for a request
    bool refused = false;  ///< what came was not read to its end
    steady_clock::time_point since = steady_clock::now();

    void close() const noexcept {
        boost::system::error_code ignored;
        stream->socket().close(ignored);
    }
};

Request request_of(http::request<http::string_body>&& message, const Connection& connection) {
    Request request{.method = std::string(message.method_string()),
                    .target = std::string(message.target()),
                    .client = connection.client,
                    .secure = connection.secure,
                    .from_peer = connection.from_peer,
                    .admin = connection.admin};
    for (const auto& field : message) request.headers.add(std::string(field.name_string()), std::string(field.value()));
    request.body = std::move(message.body());
    return request;
}

/// Clients choose the text: only methods that exist become names of counters.
std::string known_method(const std::string& method) {
    constexpr std::array methods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"};
    return std::ranges::find(methods, method) == methods.end() ? "other" : method;
}

}

/// The part of one request's body in what all bodies take.
class Server::HeldBody {
public:
    explicit HeldBody(State& server) noexcept : server_(server) {}
    ~HeldBody();
    HeldBody(const HeldBody&) = delete;
    HeldBody& operator=(const HeldBody&) = delete;
    /// False if all of them are too much, and this one has more than its share.
    bool grow_to(std::size_t bytes) noexcept;

private:
    State& server_;
    std::size_t bytes_ = 0;
};

struct Server::State {
    State(asio::any_io_executor on, ServerOptions with, RequestHandler calls, Logger writes)
        : executor(std::move(on)),
          options(std::move(with)),
          handler(std::move(calls)),
          logger(std::move(writes)),
          scope(executor, [this](const std::exception_ptr& error) { report(error); }),
          drained(executor) {}

    void report(const std::exception_ptr& error) const;
    void open(const ListenerOptions& listener);
    bool make_room();
    asio::awaitable<void> accept(std::size_t listener);
    asio::awaitable<void> serve(tcp::socket socket, std::size_t listener);
    /// False ends the connection: there is no TLS, or no trust.
    asio::awaitable<bool> secure(MessageStream& stream, std::shared_ptr<const cluster::TlsContext> tls,
                                 Connection& connection);
    asio::awaitable<void> converse(MessageStream& stream, Connection& connection);
    asio::awaitable<bool> exchange(MessageStream& stream, Connection& connection);
    asio::awaitable<boost::system::error_code> read(MessageStream& stream,
                                                    http::request_parser<http::string_body>& parser, HeldBody& held);
    /// `persistence`: what the client is to be told of it.
    asio::awaitable<bool> write(MessageStream& stream, const Request& request, Response response,
                                Persistence persistence);
    asio::awaitable<Response> answer(Request request) const;

    asio::any_io_executor executor;
    ServerOptions options;
    RequestHandler handler;
    ResponseFinisher finisher = {};
    Logger logger;
    cluster::Scope scope;
    std::vector<tcp::acceptor> acceptors = {};
    std::list<Connection> connections = {};
    asio::steady_timer drained;
    std::size_t bodies = 0;  ///< bytes of those that are held
    ServerStats stats = {};
    bool stopping = false;
};

Server::HeldBody::~HeldBody() { server_.bodies -= bytes_; }

bool Server::HeldBody::grow_to(std::size_t bytes) noexcept {
    server_.bodies += bytes - std::exchange(bytes_, bytes);
    const auto& limits = server_.options.limits;
    return server_.bodies <= limits.bodies_bytes || bytes <= limits.bodies_bytes / limits.connections;
}

void Server::State::report(const std::exception_ptr& error) const {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        logger.debug("A REST connection ended: {}", e.what());
    }
}

void Server::State::open(const ListenerOptions& listener) {
    auto acceptor =
        listener.held ? listener.held->take(executor) : bound_acceptor(executor, listener.host, listener.port);
    boost::system::error_code error;
    acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
        throw ConnectException(fmt::format("Unable to listen on {}:{} for REST: {}; see the worker property listeners",
                                           listener.host, listener.port, error.message()));
    }
    acceptors.push_back(std::move(acceptor));
}

bool Server::State::make_room() {
    if (connections.size() < options.limits.connections) return true;
    const Connection* longest = nullptr;
    for (const auto& connection : connections) {
        if (connection.idle && (longest == nullptr || connection.since < longest->since)) longest = &connection;
    }
    if (longest == nullptr) return false;
    longest->close();
    return true;
}

asio::awaitable<void> Server::State::accept(std::size_t listener) {
    while (acceptors[listener].is_open()) {
        auto [error, socket] = co_await acceptors[listener].async_accept(quiet);
        if (error == asio::error::operation_aborted) co_return;
        if (error) {
            logger.warn("Unable to accept a REST connection: {}", error.message());
            asio::steady_timer pause(executor, accept_pause);
            co_await pause.async_wait(asio::use_awaitable);
        } else if (make_room()) {
            scope.spawn(serve(std::move(socket), listener));
        } else {
            logger.debug("Refused a REST connection: {} are busy already", options.limits.connections);
        }
    }
}

asio::awaitable<void> Server::State::serve(tcp::socket socket, std::size_t listener) {
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const auto address = socket.remote_endpoint(ignored).address().to_string();
    const auto& tls = options.listeners[listener].tls;
    const auto here = connections.insert(
        connections.end(), {.client = address, .secure = tls != nullptr, .admin = options.listeners[listener].admin});
    const auto leave = [this, here](Connection*) {
        connections.erase(here);
        if (connections.empty()) drained.cancel();
    };
    const std::unique_ptr<Connection, decltype(leave)> entry(&*here, leave);
    MessageStream stream(std::move(socket), options.limits.header_bytes);
    entry->stream = &stream.transport();
    auto context = tls != nullptr ? tls->current(logger) : nullptr;
    if (context == nullptr && options.peers.tls != nullptr) {
        entry->stream->expires_after(options.limits.idle);
        const auto [error, hello] = co_await beast::async_detect_ssl(stream.transport(), stream.buffer(), quiet);
        if (error) co_return;
        if (hello) context = options.peers.tls;
    }
    if (context != nullptr) {
        const bool trusted = co_await secure(stream, context, *entry);
        if (!trusted) co_return;
    }
    co_await converse(stream, *entry);
    if (stream.uses_tls()) entry->stream->expires_after(goodbye);
    co_await stream.shutdown();
    if (!entry->refused || stopping) co_return;
    entry->idle = true;  // it makes room if it has to
    entry->stream->expires_after(options.limits.transfer);
    co_await stream.drain();
}

asio::awaitable<bool> Server::State::secure(MessageStream& stream, std::shared_ptr<const cluster::TlsContext> tls,
                                            Connection& connection) {
    const auto* handle = stream.start_tls(tls->native());
    connection.stream->expires_after(options.limits.handshake);
    const auto error = co_await stream.handshake(asio::ssl::stream_base::server);
    if (error) {
        logger.debug("TLS handshake with {} failed: {}", connection.client, cluster::handshake_problem(handle, error));
        co_return false;
    }
    auto fingerprint = cluster::peer_fingerprint(handle);
    if (!fingerprint.empty()) connection.from_peer = co_await options.peers.trusted(fingerprint);
    if (!connection.from_peer && (!fingerprint.empty() || tls == options.peers.tls)) {
        logger.warn(
            "Refused a connection from {} for other workers: no worker of this group has published its "
            "certificate (fingerprint {})",
            connection.client, fingerprint.empty() ? "none" : fingerprint);
        connection.close();
        co_return false;
    }
    co_return true;
}

asio::awaitable<void> Server::State::converse(MessageStream& stream, Connection& connection) {
    bool more = true;
    while (more && !stopping) {
        connection.idle = true;
        connection.since = steady_clock::now();
        if (stream.buffer().size() == 0) {
            connection.stream->expires_after(options.limits.idle);
            const auto error = co_await stream.receive();
            if (error) co_return;
        }
        if (stream.skip_empty_line()) continue;
        connection.idle = false;
        more = co_await exchange(stream, connection);
    }
}

/// Reads a request; what follows the header is invited first if the client waits for that.
asio::awaitable<boost::system::error_code> Server::State::read(MessageStream& stream,
                                                               http::request_parser<http::string_body>& parser,
                                                               HeldBody& held) {
    stream.transport().expires_after(options.limits.transfer);
    auto error = co_await stream.read_header(parser);
    if (!error) error = ambiguity_of(parser);
    if (error) co_return error;
    stream.transport().expires_after(options.limits.transfer);
    const auto expected = expectation_of(parser);
    if (!expected) co_return expected.error();
    if (*expected == Expectation::Continue) {
        constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        const std::array parts{asio::buffer(go_on)};
        error = co_await stream.write(parts);
        if (error) co_return error;
    }
    const std::function<bool()> admits = [&] { return held.grow_to(parser.get().body().size()); };
    error = co_await stream.read(parser, &admits);
    co_return error;
}

/// One request and its answer; false ends the connection.
asio::awaitable<bool> Server::State::exchange(MessageStream& stream, Connection& connection) {
    const auto began = system_clock::now();
    const auto clock = steady_clock::now();
    http::request_parser<http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(options.limits.header_bytes));
    parser.body_limit(options.limits.body_bytes);
    HeldBody held(*this);
    const auto error = co_await read(stream, parser, held);
    if (error && !speaks_http(error)) co_return false;
    auto persistence = Persistence::Close;
    if (!error && parser.get().keep_alive())
        persistence = parser.get().version() < 11 ? Persistence::Announced : Persistence::Implied;
    const auto request = request_of(parser.release(), connection);
    connection.stream->expires_never();
    Response response;
    connection.refused = static_cast<bool>(error);
    if (error) {
        const auto left = stream.buffer().data();
        response = refusal_of(error, request, {static_cast<const char*>(left.data()), left.size()});
    } else {
        response = co_await answer(request);
    }
    if (finisher) finisher(request, response);
    const auto status = response.status;
    const auto size = request.method == "HEAD" ? 0 : response.body.size();
    connection.stream->expires_after(options.limits.transfer);
    if (stopping) persistence = Persistence::Close;
    const bool more = co_await write(stream, request, std::move(response), persistence);
    stats.busy += steady_clock::now() - clock;
    ++stats.requests[{known_method(request.method), status}];
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - clock);
    logger.info("{}", access_log_line(request, status, size, began, took));
    co_return more;
}

asio::awaitable<Response> Server::State::answer(Request request) const {
    std::exception_ptr failure;
    try {
        co_return co_await handler(std::move(request));
    } catch (const boost::system::system_error& e) {
        if (e.code() == asio::error::operation_aborted) throw;  // the server stops
        failure = std::current_exception();
    } catch (const std::exception&) {
        failure = std::current_exception();
    }
    co_return error_response(failure);
}

asio::awaitable<bool> Server::State::write(MessageStream& stream, const Request& request, Response response,
                                           Persistence persistence) {
    const bool head = request.method == "HEAD";
    const bool bodiless = response.status == 204 || response.status == 304;
    http::response<http::string_body> message;
    message.version(11);
    message.result(static_cast<unsigned>(response.status));
    message.reason(reason_phrase(response.status));
    message.set(http::field::date, http_date(system_clock::now()));
    message.set(http::field::server, options.product);
    for (auto& [name, value] : response.headers.fields()) message.insert(name, value);
    if (!bodiless) message.content_length(response.body.size());
    if (response.close) persistence = Persistence::Close;
    if (persistence == Persistence::Close) message.set(http::field::connection, "close");
    if (persistence == Persistence::Announced) message.set(http::field::connection, "keep-alive");
    if (!head && !bodiless) message.body() = std::move(response.body);
    const auto error = co_await stream.write(message, head);
    co_return !error && persistence != Persistence::Close;
}

Server::Server(asio::any_io_executor executor, ServerOptions options, RequestHandler handler, Logger logger)
    : state_(std::make_unique<State>(std::move(executor), std::move(options), std::move(handler), std::move(logger))) {}

Server::~Server() = default;

void Server::set_finisher(ResponseFinisher finisher) { state_->finisher = std::move(finisher); }

void Server::listen() {
    const auto& peers = state_->options.peers.tls;
    for (const auto& listener : state_->options.listeners) {
        if (!peers || !listener.tls) continue;
        listener.tls->prepare_with([peers](const cluster::TlsContext& users) { cluster::admit_peers(users, *peers); });
    }
    for (const auto& listener : state_->options.listeners) state_->open(listener);
    for (std::size_t i = 0; i < state_->acceptors.size(); ++i) state_->scope.spawn(state_->accept(i));
}

std::vector<std::uint16_t> Server::ports() const {
    std::vector<std::uint16_t> ports;
    for (const auto& acceptor : state_->acceptors) ports.push_back(acceptor.local_endpoint().port());
    return ports;
}

ServerStats Server::stats() const {
    auto stats = state_->stats;
    stats.connections = state_->connections.size();
    return stats;
}

asio::awaitable<void> Server::stop() {
    state_->stopping = true;
    boost::system::error_code ignored;
    for (auto& acceptor : state_->acceptors) acceptor.close(ignored);
    for (const auto& connection : state_->connections) {
        if (connection.idle && connection.stream != nullptr) connection.close();
    }
    if (!state_->connections.empty()) {
        state_->drained.expires_after(state_->options.limits.stop);
        co_await state_->drained.async_wait(quiet);
    }
    co_await state_->scope.stop();
}

}
