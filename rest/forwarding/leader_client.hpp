/// Asks another worker over HTTP/1.1, a new connection for each request.
///
/// Errors  RestException 500 "IO Error trying to forward REST request: ..." if it cannot be reached or its answer not
/// be
///         read; a status of 400 and above is an answer like any other.
#pragma once
#include "rest/http/request.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <string>

namespace millrace::rest {

namespace asio = boost::asio;

struct LeaderClientLimits {
    std::chrono::milliseconds connect = std::chrono::seconds(5);
    std::chrono::milliseconds idle = std::chrono::seconds(30);  ///< for the whole answer, once the request is sent
    std::size_t response_bytes = 64 * 1024 * 1024;
};

class LeaderClient {
public:
    explicit LeaderClient(asio::any_io_executor executor, LeaderClientLimits limits = {})
        : executor_(std::move(executor)), limits_(limits) {}

    /// `url` is the worker's, with a trailing slash; `target` follows it without one. Only http: https between workers
    /// needs their certificates, which this client does not know.
    asio::awaitable<Response> send(std::string url, std::string target, std::string method, Headers headers,
                                   std::string body) const;

private:
    asio::any_io_executor executor_;
    LeaderClientLimits limits_;
};

}
