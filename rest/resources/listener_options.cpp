#include "rest/resources/listener_options.hpp"

#include "cluster/async/fresh_tls.hpp"
#include "connectors/tls/key_store.hpp"
#include "worker/config/worker_config.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace millrace::rest {

namespace {

constexpr std::string_view https_prefix = "listeners.https.";

std::string setting(const Settings& settings, std::string_view name, std::string_view otherwise = "") {
    const auto found = settings.find(name);
    return found == settings.end() ? std::string(otherwise) : std::string(trim(found->second));
}

/// All or nothing: one prefixed key puts every top-level one out of force.
Settings tls_settings(const Settings& worker, std::string_view prefix) {
    auto prefixed = with_prefix_removed(worker, prefix);
    return prefixed.empty() ? worker : prefixed;
}

cluster::ClientAuth client_auth(const Settings& settings) {
    const auto text = setting(settings, "ssl.client.auth", "none");
    if (text == "required") return cluster::ClientAuth::Required;
    if (text == "requested") return cluster::ClientAuth::Requested;
    if (text == "none") return cluster::ClientAuth::None;
    throw ConfigException(fmt::format(
        "Invalid value {} for configuration ssl.client.auth: String must be one of: required, requested, none", text));
}

cluster::TlsOptions server_tls_options(const Settings& settings, std::string_view prefix) {
    auto options = cluster::tls_options(settings);
    options.client_auth = client_auth(settings);
    if (!options.certificate_chain.empty()) return options;
    const auto store = setting(settings, "ssl.keystore.location");
    if (!store.empty()) throw ConfigException(missing_key(settings));
    throw ConfigException(
        fmt::format("An https listener needs a certificate: set {}ssl.keystore.location to a PEM, "
                    "PKCS#12 or JKS file with key and certificate chain",
                    prefix));
}

/// The settings' errors tell which listeners are meant, for Kafka's clients have settings of the same names.
std::shared_ptr<const cluster::TlsContext> server_tls(const Settings& settings, std::string_view prefix) {
    try {
        return cluster::TlsContext::server(server_tls_options(settings, prefix));
    } catch (const ConfigException& e) {
        throw ConfigException(fmt::format("TLS of the listeners that {}* is for: {}", prefix, e.what()));
    }
}

std::vector<ListenerOptions> listener_options(std::span<const worker::Listener> listeners, const Settings& settings,
                                              std::string_view tls_prefix, const HeldPorts& held) {
    std::vector<ListenerOptions> options;
    std::shared_ptr<cluster::FreshTls> tls;
    for (const auto& listener : listeners) {
        auto& made = options.emplace_back();
        made.host = listener.host;
        made.port = listener.port;
        const auto taken = std::ranges::find_if(
            held, [&](const auto& port) { return port->host() == listener.host && port->port() == listener.port; });
        if (taken != held.end()) made.held = *taken;
        if (listener.protocol != worker::Listener::Protocol::Https) continue;
        if (!tls) {
            auto own = tls_settings(settings, tls_prefix);
            auto files = tls_files(own);
            tls = std::make_shared<cluster::FreshTls>(
                std::move(files), [own = std::move(own), tls_prefix] { return server_tls(own, tls_prefix); });
        }
        made.tls = tls;
    }
    return options;
}

}

LeaderClientTls forwarding_tls(const worker::WorkerConfig& config) {
    const bool serves_https = std::ranges::any_of(config.listeners, [](const worker::Listener& listener) {
        return listener.protocol == worker::Listener::Protocol::Https;
    });
    // Without an https listener the top-level settings are meant for Kafka.
    const auto settings = serves_https ? tls_settings(config.settings(), https_prefix)
                                       : with_prefix_removed(config.settings(), https_prefix);
    LeaderClientTls tls;
    // Reading the system's authorities takes a good part of a worker's start, and few ever ask for them.
    std::shared_ptr<const cluster::TlsContext> made;
    if (!settings.empty()) made = cluster::TlsContext::client(cluster::tls_options(settings));
    tls.https = [made]() mutable {
        if (!made) made = cluster::TlsContext::client({});
        return made;
    };
    const auto algorithm = settings.find("ssl.endpoint.identification.algorithm");
    tls.verify_host_name = algorithm == settings.end() || !algorithm->second.empty();
    return tls;
}

namespace {

ServerLimits limits_of(const Config& values) {
    const auto size = [&](std::string_view key) { return static_cast<std::size_t>(values.get_int(key)); };
    const auto time = [&](std::string_view key) { return std::chrono::milliseconds(values.get_int(key)); };
    return {.header_bytes = size("millrace.rest.max.header.bytes"),
            .body_bytes = size("millrace.rest.max.body.bytes"),
            .bodies_bytes = std::max(ServerLimits{}.bodies_bytes, size("millrace.rest.max.body.bytes")),
            .connections = size("millrace.rest.max.connections"),
            .idle = time("millrace.rest.idle.timeout.ms"),
            .transfer = time("millrace.rest.transfer.timeout.ms")};
}

}

HeldPorts hold_free_ports(worker::WorkerConfig& config) {
    HeldPorts held;
    const auto hold = [&](std::vector<worker::Listener>& listeners) {
        for (auto& listener : listeners) {
            if (listener.port != 0) continue;
            held.push_back(std::make_shared<HeldPort>(listener.host));
            listener.port = held.back()->port();
        }
    };
    hold(config.listeners);
    if (config.admin_listeners) hold(*config.admin_listeners);
    return held;
}

ServerOptions server_options(const worker::WorkerConfig& config, std::string product, const HeldPorts& held) {
    ServerOptions options{.listeners = listener_options(config.listeners, config.settings(), https_prefix, held),
                          .limits = limits_of(config.values),
                          .product = std::move(product)};
    if (!config.admin_listeners) return options;
    for (auto& listener :
         listener_options(*config.admin_listeners, config.settings(), "admin.listeners.https.", held)) {
        listener.admin = true;
        options.listeners.push_back(std::move(listener));
    }
    return options;
}

}
