/// The REST API of one worker: routes, forwarding, time-outs and errors around the handlers, on an HTTP server.
///
/// The composition root makes one, calls listen() early (requests then wait for the herder, /health tells of it), and
/// awaits stop() before it stops the herder.
#pragma once
#include "rest/forwarding/leader_client.hpp"
#include "rest/http/cross_origin.hpp"
#include "rest/http/response_headers.hpp"
#include "rest/http/router.hpp"
#include "rest/http/server.hpp"
#include "rest/resources/services.hpp"

#include <optional>
#include <vector>

namespace millrace::rest {

/// Routes, and how one of them is found.
struct RouteTable {
    explicit RouteTable(std::vector<Route> all);
    std::vector<Route> routes;
    Router router;
};

class Application {
public:
    Application(asio::any_io_executor executor, ServerOptions options, Services services);
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;

    void listen() { server_.listen(); }
    std::vector<std::uint16_t> ports() const { return server_.ports(); }
    asio::awaitable<void> stop() { return server_.stop(); }

    /// One request and its answer; throws what error_response() knows.
    asio::awaitable<Response> handle(Request request);

private:
    asio::awaitable<std::optional<Response>> admit(const Request& request, const Route* route, const RouteMatch& match);
    asio::awaitable<Response> dispatch(const Route& route, Call call);
    asio::awaitable<Response> attempt(const Route& route, Call call);
    asio::awaitable<Response> answer(const Route& route, Call call);
    asio::awaitable<Response> forward(Call call, std::string url);
    void report(const Request& request, const std::exception& error) const;

    Services services_;
    RouteTable main_;
    RouteTable admin_;  ///< of listeners of their own
    CrossOrigin cross_origin_;
    ResponseHeaders response_headers_;
    LeaderClient leader_;
    Server server_;
};

}
