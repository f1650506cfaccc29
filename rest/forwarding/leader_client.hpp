/// Asks another worker over HTTP/1.1.
///
/// Security  A worker that has published a certificate (cluster/herder/peer_directory) is asked over TLS 1.3 with that
///           certificate alone, whatever its URL says; any other as Kafka Connect does, by its URL's scheme.
/// State     Connections are kept for the next request, a few for each worker. Belongs to one executor thread.
/// Errors    RestException 500 "IO Error trying to forward REST request: ..." naming the URL and the reason if the
///           worker cannot be reached or its answer not be read; a status of 400 and above is an answer like any other.
#pragma once
#include "rest/http/error_response.hpp"
#include "rest/http/request.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>

namespace millrace::cluster {
class PeerDirectory;
class TlsContext;
}

namespace millrace::rest {

namespace asio = boost::asio;

/// Nobody takes connections at the URL. Nothing was sent, so the request may be made again.
struct UnreachableException : RestException {
    using RestException::RestException;
};

struct LeaderClientLimits {
    std::chrono::milliseconds connect = std::chrono::seconds(5);  ///< with the TLS handshake
    std::chrono::milliseconds idle = std::chrono::seconds(30);    ///< for the whole answer, once the request is sent
    std::size_t response_bytes = 64 * 1024 * 1024;
    std::chrono::milliseconds keep = std::chrono::seconds(20);  ///< shorter than any worker's own limit
    std::size_t kept = 4;                                       ///< of each worker
};

struct LeaderClientTls {
    cluster::PeerDirectory* peers = nullptr;               ///< null: nobody publishes a certificate
    std::shared_ptr<const cluster::TlsContext> peer = {};  ///< this worker's own identity
    /// For https URLs of other workers, asked for at each connection; null: refused.
    std::function<std::shared_ptr<const cluster::TlsContext>()> https = {};
    bool verify_host_name = true;  ///< of https URLs
};

class LeaderClient {
public:
    explicit LeaderClient(asio::any_io_executor executor, LeaderClientTls tls = {}, LeaderClientLimits limits = {});
    ~LeaderClient();
    LeaderClient(const LeaderClient&) = delete;
    LeaderClient& operator=(const LeaderClient&) = delete;

    /// `url` is the worker's, with a trailing slash; `target` follows it without one.
    asio::awaitable<Response> send(std::string url, std::string target, std::string method, Headers headers,
                                   std::string body);

private:
    struct Link;
    struct Address;
    using LinkPtr = std::unique_ptr<Link>;
    asio::awaitable<LinkPtr> open(std::string url, Address address);
    asio::awaitable<void> secure(Link& link, std::string url, Address address) const;
    LinkPtr take(const std::string& url);
    void keep(const std::string& url, LinkPtr link);

    asio::any_io_executor executor_;
    LeaderClientTls tls_;
    LeaderClientLimits limits_;
    std::map<std::string, std::list<LinkPtr>> links_;
};

}
