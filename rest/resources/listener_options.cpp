#include "rest/resources/listener_options.hpp"

#include "cluster/async/key_store.hpp"
#include "cluster/async/tls.hpp"
#include "worker/config/worker_config.hpp"

#include <fmt/core.h>
#include <openssl/ssl.h>

#include <algorithm>

namespace millrace::rest {

namespace {

std::string setting(const Settings& settings, std::string_view name, std::string_view otherwise = "") {
    const auto found = settings.find(name);
    return found == settings.end() ? std::string(otherwise) : std::string(trim(found->second));
}

/// All or nothing: one prefixed key puts every top-level one out of force.
Settings tls_settings(const Settings& worker, std::string_view prefix) {
    auto prefixed = worker::with_prefix_removed(worker, prefix);
    return prefixed.empty() ? worker : prefixed;
}

/// The store under ssl.<store>.location; an empty one if there is none.
cluster::KeyStore key_store(const Settings& settings, std::string_view store) {
    const auto file = setting(settings, fmt::format("ssl.{}.location", store));
    if (file.empty()) return {};
    return cluster::read_key_store(file, setting(settings, fmt::format("ssl.{}.type", store), "JKS"),
                                   setting(settings, fmt::format("ssl.{}.password", store)));
}

/// Names of RFC 8446 and the IANA list as OpenSSL's; those of TLS 1.3 are always on.
std::string openssl_ciphers(const Settings& settings) {
    std::string ciphers;
    for (const auto& name : split_list(setting(settings, "ssl.cipher.suites"))) {
        const std::string_view known = OPENSSL_cipher_name(name.c_str());
        if (known == "(NONE)") throw ConfigException("ssl.cipher.suites names an unknown suite: " + name);
        if (!known.starts_with("TLS_")) ciphers += (ciphers.empty() ? "" : ":") + std::string(known);
    }
    return ciphers;
}

cluster::ClientAuth client_auth(const Settings& settings) {
    const auto text = setting(settings, "ssl.client.auth", "none");
    if (text == "required") return cluster::ClientAuth::Required;
    if (text == "requested") return cluster::ClientAuth::Requested;
    return cluster::ClientAuth::None;
}

cluster::TlsOptions tls_options(const Settings& settings) {
    cluster::TlsOptions options;
    const auto own = key_store(settings, "keystore");
    options.certificate_chain = setting(settings, "ssl.keystore.certificate.chain", own.certificate_chain);
    options.private_key = setting(settings, "ssl.keystore.key", own.private_key);
    options.private_key_password = setting(settings, "ssl.key.password");
    options.trusted_certificates =
        setting(settings, "ssl.truststore.certificates", key_store(settings, "truststore").trusted_certificates);
    if (const auto protocols = setting(settings, "ssl.enabled.protocols"); !protocols.empty()) {
        options.protocols = split_list(protocols);
    }
    options.ciphers = openssl_ciphers(settings);
    options.client_auth = client_auth(settings);
    return options;
}

std::shared_ptr<const cluster::TlsContext> server_tls(const Settings& settings) {
    const auto options = tls_options(settings);
    if (options.certificate_chain.empty()) {
        throw ConfigException(
            "An https listener needs a certificate: set listeners.https.ssl.keystore.location to a PEM "
            "file with key and certificate chain, and listeners.https.ssl.keystore.type=PEM");
    }
    return cluster::TlsContext::server(options);
}

std::vector<ListenerOptions> listener_options(std::span<const worker::Listener> listeners, const Settings& settings,
                                              std::string_view tls_prefix) {
    std::vector<ListenerOptions> options;
    std::shared_ptr<const cluster::TlsContext> tls;
    for (const auto& listener : listeners) {
        auto& made = options.emplace_back();
        made.host = listener.host;
        made.port = listener.port;
        if (listener.protocol != worker::Listener::Protocol::Https) continue;
        if (!tls) tls = server_tls(tls_settings(settings, tls_prefix));
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
    const auto settings = serves_https ? tls_settings(config.settings(), "listeners.https.")
                                       : worker::with_prefix_removed(config.settings(), "listeners.https.");
    LeaderClientTls tls;
    tls.https = cluster::TlsContext::client(tls_options(settings));
    const auto algorithm = settings.find("ssl.endpoint.identification.algorithm");
    tls.verify_host_name = algorithm == settings.end() || !algorithm->second.empty();
    return tls;
}

ServerOptions server_options(const worker::WorkerConfig& config, std::string product) {
    ServerOptions options{.listeners = listener_options(config.listeners, config.settings(), "listeners.https."),
                          .product = std::move(product)};
    if (!config.admin_listeners) return options;
    for (auto& listener : listener_options(*config.admin_listeners, config.settings(), "admin.listeners.https.")) {
        listener.admin = true;
        options.listeners.push_back(std::move(listener));
    }
    return options;
}

}
