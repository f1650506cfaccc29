#include "connectors/http/public_address.hpp"

#include "connectors/support/regex.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netdb.h>
#include <netinet/in.h>

#include <cstring>
#include <memory>

namespace millrace {
namespace {

bool is_public(std::uint32_t ipv4) noexcept {
    const auto within = [ipv4](std::uint32_t network, int bits) { return (ipv4 ^ network) >> (32 - bits) == 0; };
    return ipv4 != INADDR_ANY && !within(0x7F000000, 8) && !within(0x0A000000, 8) && !within(0xAC100000, 12) &&
           !within(0xC0A80000, 16) && !within(0xA9FE0000, 16);
}

std::uint32_t ipv4_within(const in6_addr& address) noexcept {
    std::uint32_t last = 0;
    std::memcpy(&last, address.s6_addr + 12, sizeof last);
    return ntohl(last);
}

bool is_public(const in6_addr& address) noexcept {
    const bool carries_ipv4 = IN6_IS_ADDR_V4MAPPED(&address) || IN6_IS_ADDR_V4COMPAT(&address);
    if (carries_ipv4) return is_public(ipv4_within(address));
    const bool unique_local = (address.s6_addr[0] & 0xFE) == 0xFC;
    return !IN6_IS_ADDR_UNSPECIFIED(&address) && !IN6_IS_ADDR_LOOPBACK(&address) && !IN6_IS_ADDR_LINKLOCAL(&address) &&
           !IN6_IS_ADDR_SITELOCAL(&address) && !unique_local;
}

const Regex& url_form() {
    static const Regex form(
        R"(((https?)://)(?:[^/?#@\s]*@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]*)?(?:[/?#][^\s"<>\\^`{|}]*)?)");
    return form;
}

}

bool is_public_address(const sockaddr& address) noexcept {
    if (address.sa_family == AF_INET) {
        return is_public(ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr));
    }
    return address.sa_family == AF_INET6 && is_public(reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
}

std::string address_text(const sockaddr& address) {
    char text[INET6_ADDRSTRLEN] = "";
    const void* bytes = address.sa_family == AF_INET6
                            ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr)
                            : &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
    ::inet_ntop(address.sa_family, bytes, text, sizeof text);
    return text;
}

std::string public_host_problem(const std::string& host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int failure = ::getaddrinfo(host.c_str(), nullptr, &hints, &found); failure != 0) {
        return fmt::format("Cannot resolve host: {}: {}", host, ::gai_strerror(failure));
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
    for (const auto* at = addresses.get(); at != nullptr; at = at->ai_next) {
        if (is_public_address(*at->ai_addr)) continue;
        return fmt::format("URL resolves to non-public address: {}", address_text(*at->ai_addr));
    }
    return {};
}

std::string origin_of_url(std::string_view url) {
    const auto parts = url_form().groups_of(url);
    return parts ? (*parts)[1] + (*parts)[3] + (*parts)[4] : "an invalid URL";
}

std::string host_of_url(std::string_view url) {
    const auto parts = url_form().groups_of(url);
    if (!parts) return {};
    const auto& host = (*parts)[3];
    return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

}
