#include "worker/main/group_security.hpp"

#include "cluster/async/key_store.hpp"
#include "cluster/async/tls.hpp"
#include "cluster/wire/connection.hpp"
#include "worker/kafka/client_config.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::worker {

namespace {

std::string setting(const WorkerConfig& config, const std::string& key) {
    const auto found = config.settings().find(key);
    return found == config.settings().end() ? "" : found->second;
}

/// The store under "ssl.<store>.location"; an empty one if there is none.
cluster::KeyStore key_store(const WorkerConfig& config, const std::string& store) {
    const auto location = setting(config, fmt::format("ssl.{}.location", store));
    if (location.empty()) return {};
    const auto type = setting(config, fmt::format("ssl.{}.type", store));
    return cluster::read_key_store(location, type.empty() ? "JKS" : type,
                                   setting(config, fmt::format("ssl.{}.password", store)));
}

std::string first_of(std::string inline_text, std::string stored) {
    return inline_text.empty() ? std::move(stored) : std::move(inline_text);
}

std::shared_ptr<const cluster::TlsContext> client_tls(const WorkerConfig& config) {
    cluster::TlsOptions options;
    const auto trusted = key_store(config, "truststore");
    const auto own = key_store(config, "keystore");
    options.trusted_certificates =
        first_of(setting(config, "ssl.truststore.certificates"), trusted.trusted_certificates);
    options.certificate_chain = first_of(setting(config, "ssl.keystore.certificate.chain"), own.certificate_chain);
    options.private_key = first_of(setting(config, "ssl.keystore.key"), own.private_key);
    options.private_key_password = setting(config, "ssl.key.password");
    return cluster::TlsContext::client(options);
}

}

cluster::SecuritySettings group_security(const WorkerConfig& config) {
    cluster::SecuritySettings security;
    const auto protocol = setting(config, "security.protocol");
    if (!protocol.empty()) security.protocol = cluster::security_protocol_from(protocol);
    if (security.uses_sasl()) {
        const auto mechanism = setting(config, "sasl.mechanism");
        security.mechanism = cluster::sasl_mechanism_from(mechanism.empty() ? "GSSAPI" : mechanism);
        const auto login = parse_jaas_config(setting(config, "sasl.jaas.config"));
        const auto option = [&](const char* name) {
            const auto found = login.options.find(name);
            return found == login.options.end() ? std::string() : found->second;
        };
        security.user = option("username");
        security.password = option("password");
    }
    if (security.uses_tls()) {
        security.tls = client_tls(config);
        const auto found = config.settings().find("ssl.endpoint.identification.algorithm");
        security.verify_host_name = found == config.settings().end() || !found->second.empty();
    }
    return security;
}

cluster::GroupSettings group_settings(const WorkerConfig& config, const AdvertisedAddress& address) {
    cluster::GroupSettings group;
    group.group_id = config.group_id;
    group.client_id = config.client_id.empty() ? "connect-" + address.worker_id() : config.client_id;
    group.advertised_url = address.url();
    group.bootstrap_servers =
        cluster::parse_bootstrap_servers(fmt::format("{}", fmt::join(config.bootstrap_servers, ",")));
    group.security = group_security(config);
    group.protocol = config.connect_protocol == ConnectProtocol::Eager        ? cluster::Protocol::Eager
                     : config.connect_protocol == ConnectProtocol::Compatible ? cluster::Protocol::Compatible
                                                                              : cluster::Protocol::Sessioned;
    group.session_timeout = config.session_timeout;
    group.heartbeat_interval = config.heartbeat_interval;
    group.rebalance_timeout = config.rebalance_timeout;
    group.retry_backoff = std::chrono::milliseconds(config.values.get_long("retry.backoff.ms"));
    group.retry_backoff_max = std::chrono::milliseconds(config.values.get_long("retry.backoff.max.ms"));
    group.request_timeout = std::chrono::milliseconds(config.values.get_long("request.timeout.ms"));
    group.connection_setup_timeout =
        std::chrono::milliseconds(config.values.get_long("socket.connection.setup.timeout.ms"));
    group.scheduled_rebalance_max_delay = config.scheduled_rebalance_max_delay;
    return group;
}

}
