/// REST listeners as the settings `listeners` and `admin.listeners` name them, and the URL that a worker is reached at.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::worker {

struct Listener {
    enum class Protocol : std::uint8_t { Http, Https } protocol = Protocol::Http;
    std::string host = {};  ///< empty: all interfaces; IPv6 without brackets
    std::uint16_t port = 8083;

    bool operator==(const Listener&) const = default;
};

std::string_view to_string(Listener::Protocol protocol) noexcept;  ///< "http"
std::string to_string(const Listener& listener);                   ///< "http://127.0.0.1:8083"

/// "protocol://host:port", the protocol in any case. Throws ConfigException with Kafka Connect's text.
Listener parse_listener(std::string_view text);

/// The settings rest.advertised.*; none where the user set nothing.
struct AdvertisedSettings {
    std::optional<std::string> listener = {};
    std::optional<std::string> host = {};
    std::optional<std::uint16_t> port = {};
};
struct AdvertisedAddress {
    Listener::Protocol protocol = Listener::Protocol::Http;
    std::string host;
    std::uint16_t port = 0;

    std::string url() const;        ///< "http://10.0.0.1:8083/"
    std::string worker_id() const;  ///< "10.0.0.1:8083"
};
/// What the worker tells others, from the listeners, of which there is at least one, in their order: host and port,
/// where they are not set, are those of the first listener of the wanted protocol, or of the first if there is none
/// (behind a proxy that ends TLS). `own_address` is the machine's, for listeners on all interfaces.
AdvertisedAddress advertised_address(std::span<const Listener> listeners, const AdvertisedSettings& settings,
                                     std::string_view own_address);

}
