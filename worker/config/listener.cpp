#include "worker/config/listener.hpp"

#include "connectors/api/config_def.hpp"
#include "connectors/api/errors.hpp"
#include "worker/config/key_rows.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

namespace millrace::worker {

namespace {

std::string bracketed(const std::string& host) { return host.find(':') == std::string::npos ? host : "[" + host + "]"; }
Listener::Protocol protocol_from(std::string_view text) {
    if (rows::equal_ignoring_case(text, "http")) return Listener::Protocol::Http;
    if (rows::equal_ignoring_case(text, "https")) return Listener::Protocol::Https;
    throw ConfigException("Listener protocol must be either \"http\" or \"https\".");
}

}

std::string_view to_string(Listener::Protocol protocol) noexcept {
    return protocol == Listener::Protocol::Http ? "http" : "https";
}
std::string to_string(const Listener& listener) {
    return fmt::format("{}://{}:{}", to_string(listener.protocol), bracketed(listener.host), listener.port);
}

Listener parse_listener(std::string_view text) {
    const auto refuse = [] {
        throw ConfigException("Listener doesn't have the right format (protocol://hostname:port).");
    };
    text = trim(text);
    while (text.ends_with('/')) text.remove_suffix(1);
    const auto mark = text.find("://");
    const auto colon = text.rfind(':');
    if (mark == std::string_view::npos || colon == std::string_view::npos || colon < mark + 3) refuse();
    auto host = text.substr(mark + 3, colon - mark - 3);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const auto digits = text.substr(colon + 1);
    if (digits.empty() || digits.size() > 5 || digits.find_first_not_of("0123456789") != std::string_view::npos)
        refuse();
    const auto port = rows::whole(digits);
    if (port > std::numeric_limits<std::uint16_t>::max()) refuse();
    return {.protocol = protocol_from(text.substr(0, mark)),
            .host = std::string(host),
            .port = static_cast<std::uint16_t>(port)};
}

std::string AdvertisedAddress::url() const {
    return fmt::format("{}://{}:{}/", to_string(protocol), bracketed(host), port);
}
std::string AdvertisedAddress::worker_id() const { return fmt::format("{}:{}", bracketed(host), port); }

AdvertisedAddress advertised_address(std::span<const Listener> listeners, const AdvertisedSettings& settings,
                                     std::string_view own_address) {
    MILLRACE_ASSERT(!listeners.empty());
    AdvertisedAddress found;
    if (settings.listener && !settings.listener->empty()) {
        found.protocol = protocol_from(*settings.listener);
    } else if (std::ranges::find(listeners, Listener::Protocol::Http, &Listener::protocol) == listeners.end()) {
        found.protocol = Listener::Protocol::Https;
    }
    const auto same = std::ranges::find(listeners, found.protocol, &Listener::protocol);
    const auto listener = same == listeners.end() ? listeners.begin() : same;
    found.host = settings.host && !settings.host->empty() ? *settings.host : listener->host;
    if (found.host.empty()) found.host = own_address;
    found.port = settings.port ? *settings.port : listener->port;
    return found;
}

}
