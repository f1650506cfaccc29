/// A free TCP port that is taken before a server listens on it: where `listeners` leaves the port open, with 0, the
/// worker must know it before it tells others its URL.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace millrace::rest {

namespace asio = boost::asio;

/// A socket that is bound and does not listen yet. `host` empty: all interfaces; port 0: a free one. Throws
/// ConnectException that names both.
asio::ip::tcp::acceptor bound_acceptor(const asio::any_io_executor& executor, const std::string& host,
                                       std::uint16_t port);

class HeldPort {
public:
    explicit HeldPort(std::string host);

    const std::string& host() const noexcept { return host_; }
    std::uint16_t port() const noexcept { return port_; }
    /// The socket, for the server. Once.
    asio::ip::tcp::acceptor take(const asio::any_io_executor& executor);

private:
    std::string host_;
    asio::io_context context_;
    asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_;
};
using HeldPorts = std::vector<std::shared_ptr<HeldPort>>;

}
