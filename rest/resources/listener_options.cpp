#include "rest/resources/listener_options.hpp"

#include "cluster/async/tls.hpp"
#include "worker/config/worker_config.hpp"

#include <fmt/core.h>
#include <openssl/ssl.h>

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

void require_pem(const Settings& settings, std::string_view store) {
    const auto type = setting(settings, fmt::format("ssl.{}.type", store), "JKS");
    if (type == "PEM") return;
    throw ConfigException(fmt::format(
        "The REST listener cannot read an ssl.{0}.location of type {1} yet: write it as PEM (keytool -importkeystore "
        "-deststoretype PKCS12, then openssl pkcs12 -nodes) and set listeners.https.ssl.{0}.type=PEM",
        store, type));
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
    if (const auto file = setting(settings, "ssl.keystore.location"); !file.empty()) {
        require_pem(settings, "keystore");
        options.certificate_chain = options.private_key = cluster::read_pem_file(file);
    } else {
        options.certificate_chain = setting(settings, "ssl.keystore.certificate.chain");
        options.private_key = setting(settings, "ssl.keystore.key");
    }
    options.private_key_password = setting(settings, "ssl.key.password");
    if (const auto file = setting(settings, "ssl.truststore.location"); !file.empty()) {
        require_pem(settings, "truststore");
        options.trusted_certificates = cluster::read_pem_file(file);
    } else {
        options.trusted_certificates = setting(settings, "ssl.truststore.certificates");
    }
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
    const auto settings = tls_settings(config.settings(), "listeners.https.");
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
