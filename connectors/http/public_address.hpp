/// Which addresses are of the public internet, so that a URL from a configuration cannot reach into the worker's own
/// network.
///
/// Facts   RFC 1918, 3927, 4193, 4291; java.net.InetAddress: loopback, link-local, site-local, any.
#pragma once
#include <string>
#include <string_view>

struct sockaddr;

namespace millrace {

/// False for addresses of this machine, of its link and of private networks, IPv4 within IPv6 included.
bool is_public_address(const sockaddr& address) noexcept;

/// "192.168.1.1", "fe80::1".
std::string address_text(const sockaddr& address);

/// Why the host of a URL is not on the public internet: "URL resolves to non-public address: 10.1.2.3" or "Cannot
/// resolve host: nowhere.invalid: Name or service not known"; empty: it is. Asks the resolver, and waits for it.
std::string public_host_problem(const std::string& host);

/// Scheme, host and port of a URL, the places without secrets: "https://hooks.example.com:8443".
std::string origin_of_url(std::string_view url);

/// The host of an http or https URL, an IPv6 address without brackets; empty if it is no such URL.
std::string host_of_url(std::string_view url);

}
