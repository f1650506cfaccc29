#include "worker/main/group_security.hpp"

#include "cluster/async/tls.hpp"
#include "cluster/wire/connection.hpp"
#include "connectors/tls/host_check.hpp"
#include "worker/kafka/client_config.hpp"
#include "worker/kafka/oauth_tokens.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::worker {

namespace {

std::string setting(const Settings& client, const std::string& key) {
    const auto found = client.find(key);
    return found == client.end() ? "" : found->second;
}

void add_login(cluster::SecuritySettings& security, const Settings& client) {
    const auto mechanism = setting(client, "sasl.mechanism");
    security.mechanism = cluster::sasl_mechanism_from(mechanism.empty() ? "GSSAPI" : mechanism);
    if (security.mechanism == cluster::SaslMechanism::OAuthBearer) {
        auto oauth = read_oauth_settings(client);
        security.user = oauth.client_id;
        security.bearer_tokens = [tokens = std::make_shared<OAuthTokens>(std::move(oauth))](auto done) {
            tokens->ask(std::move(done));
        };
        return;
    }
    const auto login = parse_jaas_config(setting(client, "sasl.jaas.config"));
    const auto option = [&](const char* name) {
        const auto found = login.options.find(name);
        return found == login.options.end() ? std::string() : found->second;
    };
    security.user = option("username");
    security.password = option("password");
}

}

cluster::SecuritySettings wire_security(const Settings& client) {
    cluster::SecuritySettings security;
    const auto protocol = setting(client, "security.protocol");
    if (!protocol.empty()) security.protocol = cluster::security_protocol_from(protocol);
    if (security.uses_sasl()) add_login(security, client);
    if (security.uses_tls()) {
        security.tls = cluster::TlsContext::client(cluster::tls_options(client));
        security.verify_host_name = checks_host_name(client);
    }
    return security;
}

cluster::GroupSettings group_settings(const WorkerConfig& config, const AdvertisedAddress& address) {
    cluster::GroupSettings group;
    group.group_id = config.group_id;
    group.client_id = config.client_id.empty() ? "connect-" + address.worker_id() : config.client_id;
    group.advertised_url = address.url();
    group.config_topic = config.config_topic.name;
    group.bootstrap_servers =
        cluster::parse_bootstrap_servers(fmt::format("{}", fmt::join(config.bootstrap_servers, ",")));
    group.security = wire_security(config.settings());
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

cluster::GroupSettings with_client(cluster::GroupSettings group, const Settings& client) {
    group.client_id = setting(client, "client.id");
    group.bootstrap_servers = cluster::parse_bootstrap_servers(setting(client, "bootstrap.servers"));
    group.security = wire_security(client);
    return group;
}

}
