#include "rest/http/held_port.hpp"

#include "connectors/api/errors.hpp"

#include <fmt/core.h>

#include <utility>

namespace millrace::rest {

using asio::ip::tcp;

tcp::acceptor bound_acceptor(const asio::any_io_executor& executor, const std::string& host, std::uint16_t port) {
    boost::system::error_code error;
    tcp::endpoint endpoint(tcp::v6(), port);
    tcp::acceptor acceptor(executor);
    if (!host.empty()) {
        tcp::resolver resolver(executor);
        const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive, error);
        if (!error) endpoint = found.begin()->endpoint();
    }
    if (!error) acceptor.open(endpoint.protocol(), error);
    if (error && host.empty()) {  // a machine without IPv6
        endpoint = tcp::endpoint(tcp::v4(), port);
        acceptor.open(endpoint.protocol(), error);
    }
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (error) {
        throw ConnectException(fmt::format("Unable to listen on {}:{} for REST: {}; see the worker property listeners",
                                           host, port, error.message()));
    }
    return acceptor;
}

HeldPort::HeldPort(std::string host)
    : host_(std::move(host)),
      acceptor_(bound_acceptor(context_.get_executor(), host_, 0)),
      port_(acceptor_.local_endpoint().port()) {}

tcp::acceptor HeldPort::take(const asio::any_io_executor& executor) {
    const auto protocol = acceptor_.local_endpoint().protocol();
    return {executor, protocol, acceptor_.release()};
}

}
