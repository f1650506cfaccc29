#include "worker/kafka/client_config.hpp"

#include "connectors/http/oauth.hpp"
#include "connectors/support/text.hpp"
#include "connectors/tls/ciphers.hpp"
#include "connectors/tls/host_check.hpp"
#include "connectors/tls/key_store.hpp"
#include "worker/config/client_keys.hpp"
#include "worker/config/key_rows.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/kafka/client_warnings.hpp"
#include "worker/kafka/offset_reset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace millrace::worker {

namespace {

enum For : unsigned { P = 1, C = 2, A = 4, All = 7 };

using Translate = std::string (*)(std::string_view);

/// A setting that both clients have; `value` makes librdkafka's text of Java's.
struct Row {
    std::string_view java;
    std::string_view rdkafka;
    unsigned clients = All;
    Translate value = nullptr;
};

template <std::int64_t Least, std::int64_t Most>
std::string bounded(std::string_view text) {
    return std::to_string(std::clamp(rows::whole(text), Least, Most));
}
std::string buffer_size(std::string_view text) { return text == "-1" ? "0" : std::string(text); }
std::string no_limit(std::string_view text) {
    return text == "2147483647" ? "0" : std::string(text);  // Java's for ever is librdkafka's 0
}
std::string kilobytes(std::string_view text) {
    return std::to_string(std::clamp<std::int64_t>(rows::whole(text) / 1024, 1, 2'097'151));
}
/// Of partitions whose offset is gone. By a duration: the oldest record that is left is the nearest one.
std::string offset_reset(std::string_view text) {
    if (reset_duration(text)) return "earliest";
    return lower_case(text) == "none" ? "error" : lower_case(text);
}
constexpr std::int64_t int_max = 2'147'483'647;
constexpr std::int64_t most_wait = 86'400'000;  // librdkafka's longest time between two of a thing
/// librdkafka keeps metadata for three times as long, and has 31 bits for those microseconds: what is older at once
/// finds no partition's leader.
constexpr std::int64_t longest_metadata_refresh = 700'000;

constexpr auto table = std::to_array<Row>({
    {"bootstrap.servers", "bootstrap.servers"},
    {"client.id", "client.id"},
    {"client.rack", "client.rack"},
    {"client.dns.lookup", "client.dns.lookup"},
    {"security.protocol", "security.protocol", All, lower_case},
    {"request.timeout.ms", "socket.timeout.ms", All, bounded<10, 300'000>},
    {"metadata.max.age.ms", "topic.metadata.refresh.interval.ms", All, bounded<10, longest_metadata_refresh>},
    {"connections.max.idle.ms", "connections.max.idle.ms", All, bounded<0, int_max>},
    {"reconnect.backoff.ms", "reconnect.backoff.ms", All, bounded<0, 3'600'000>},
    {"reconnect.backoff.max.ms", "reconnect.backoff.max.ms", All, bounded<0, 3'600'000>},
    {"retry.backoff.ms", "retry.backoff.ms", All, bounded<1, 300'000>},
    {"retry.backoff.max.ms", "retry.backoff.max.ms", All, bounded<1, 300'000>},
    {"socket.connection.setup.timeout.ms", "socket.connection.setup.timeout.ms", All, bounded<1000, int_max>},
    {"send.buffer.bytes", "socket.send.buffer.bytes", All, buffer_size},
    {"receive.buffer.bytes", "socket.receive.buffer.bytes", All, buffer_size},
    {"metadata.recovery.strategy", "metadata.recovery.strategy", All, lower_case},
    {"metadata.recovery.rebootstrap.trigger.ms", "metadata.recovery.rebootstrap.trigger.ms"},
    {"enable.metrics.push", "enable.metrics.push", P | C, lower_case},
    {"sasl.mechanism", "sasl.mechanism"},
    {"sasl.kerberos.service.name", "sasl.kerberos.service.name"},
    {"sasl.kerberos.min.time.before.relogin", "sasl.kerberos.min.time.before.relogin", All, bounded<0, most_wait>},

    {"acks", "acks", P, lower_case},
    {"linger.ms", "linger.ms", P, bounded<0, 900'000>},
    {"batch.size", "batch.size", P, bounded<1, int_max>},
    {"buffer.memory", "queue.buffering.max.kbytes", P, kilobytes},
    {"compression.type", "compression.type", P, lower_case},
    {"max.request.size", "message.max.bytes", P, bounded<1000, 1'000'000'000>},
    {"delivery.timeout.ms", "message.timeout.ms", P, no_limit},
    {"retries", "retries", P},
    {"enable.idempotence", "enable.idempotence", P, lower_case},
    {"max.in.flight.requests.per.connection", "max.in.flight.requests.per.connection", P, bounded<1, 1'000'000>},
    {"transactional.id", "transactional.id", P},
    {"transaction.timeout.ms", "transaction.timeout.ms", P, bounded<1000, int_max>},

    {"group.id", "group.id", C},
    {"group.instance.id", "group.instance.id", C},
    {"auto.offset.reset", "auto.offset.reset", C, offset_reset},
    {"isolation.level", "isolation.level", C, lower_case},
    {"enable.auto.commit", "enable.auto.commit", C, lower_case},
    {"auto.commit.interval.ms", "auto.commit.interval.ms", C, bounded<0, most_wait>},
    {"fetch.min.bytes", "fetch.min.bytes", C, bounded<1, 100'000'000>},
    {"fetch.max.bytes", "fetch.max.bytes", C, bounded<1000, 2'147'483'135>},
    {"fetch.max.wait.ms", "fetch.wait.max.ms", C, bounded<0, 300'000>},
    {"max.partition.fetch.bytes", "max.partition.fetch.bytes", C, bounded<1, 1'000'000'000>},
    {"session.timeout.ms", "session.timeout.ms", C, bounded<1, 3'600'000>},
    {"heartbeat.interval.ms", "heartbeat.interval.ms", C, bounded<1, 3'600'000>},
    {"max.poll.interval.ms", "max.poll.interval.ms", C, bounded<1, most_wait>},
    {"check.crcs", "check.crcs", C, lower_case},
    {"allow.auto.create.topics", "allow.auto.create.topics", C, lower_case},
    {"group.protocol", "group.protocol", C, lower_case},
    {"group.remote.assignor", "group.remote.assignor", C},
});

using Properties = std::vector<std::pair<std::string, std::string>>;

/// Where librdkafka's defaults are not Java's, or do not suit a worker. Sizes: a full queue of small records stays
/// below 15 MiB with librdkafka's own overhead of 300 to 600 bytes a record; a longer one makes nothing faster. A
/// consumer that keeps up with a broker empties it in 5 to 10 ms, so one that is full is looked after more often than
/// that.
Properties defaults_for(ClientKind kind) {
    Properties base{{"socket.nagle.disable", "true"},
                    {"reconnect.backoff.ms", "50"},
                    {"reconnect.backoff.max.ms", "1000"},
                    {"log.connection.close", "false"}};
    if (kind == ClientKind::Producer) {
        base.insert(base.end(), {{"partitioner", "murmur2_random"},
                                 {"message.max.bytes", "1048576"},
                                 {"linger.ms", "1"},
                                 {"queue.buffering.max.messages", "15000"},
                                 {"queue.buffering.max.kbytes", "8192"},
                                 {"enable.metrics.push", "false"}});
    }
    if (kind == ClientKind::Consumer) {
        base.insert(base.end(), {{"isolation.level", "read_uncommitted"},
                                 {"queued.max.messages.kbytes", "4096"},
                                 {"fetch.queue.backoff.ms", "2"},
                                 {"enable.partition.eof", "true"},
                                 {"enable.metrics.push", "false"}});
    }
    return base;
}

void put(Properties& properties, std::string_view name, std::string value) {
    const auto found = std::ranges::find(properties, name, &Properties::value_type::first);
    if (found != properties.end()) {
        found->second = std::move(value);
    } else {
        properties.emplace_back(name, std::move(value));
    }
}

unsigned bit_of(ClientKind kind) { return kind == ClientKind::Producer ? P : kind == ClientKind::Consumer ? C : A; }

/// As texts: librdkafka itself reads fewer kinds of files than Java.
void add_tls(ClientConfig& config, const Settings& java) {
    const auto protocol = java.find("security.protocol");
    if (protocol == java.end() || !lower_case(protocol->second).ends_with("ssl")) return;
    put(config.properties, "ssl.endpoint.identification.algorithm", checks_host_name(java) ? "https" : "none");
    auto material = read_tls_material(java);
    const auto add = [&](std::string_view name, std::string text) {
        if (!text.empty()) put(config.properties, name, std::move(text));
    };
    add("ssl.certificate.pem", std::move(material.certificate_chain));
    add("ssl.key.pem", std::move(material.private_key));
    add("ssl.key.password", std::move(material.private_key_password));
    add("ssl.ca.pem", std::move(material.trusted_certificates));
    const auto ciphers = read_cipher_choice(java);
    add("ssl.cipher.suites", ciphers.tls12);
    if (!ciphers.all()) {  // librdkafka leaves those of TLS 1.3 as they are
        config.warnings.emplace_back(
            "ssl.cipher.suites has no effect on the connections of this client that use TLS 1.3: it offers all suites "
            "that OpenSSL's own configuration allows. Ciphersuites in the file that OPENSSL_CONF names restricts "
            "them.");
    }
}

/// librdkafka asks the identity provider itself.
void add_oauth(Properties& properties, const Settings& java) {
    auto oauth = read_oauth_settings(java);
    put(properties, "sasl.oauthbearer.method", "oidc");
    put(properties, "sasl.oauthbearer.token.endpoint.url", std::move(oauth.endpoint));
    put(properties, "sasl.oauthbearer.client.id", std::move(oauth.client_id));
    put(properties, "sasl.oauthbearer.client.secret", std::move(oauth.client_secret));
    if (!oauth.scope.empty()) put(properties, "sasl.oauthbearer.scope", std::move(oauth.scope));
    if (!oauth.http.tls.trusted_certificates.empty())
        put(properties, "https.ca.pem", std::move(oauth.http.tls.trusted_certificates));
}

constexpr std::array<std::string_view, 3> password_mechanisms{"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"};

/// librdkafka's own words name no setting of Java's.
void check_mechanism(std::string_view mechanism) {
    if (std::ranges::find(password_mechanisms, mechanism) != password_mechanisms.end()) return;
    if (mechanism == "GSSAPI") {
        throw ConfigException(
            "Invalid value GSSAPI for configuration sasl.mechanism: it is the default, and Kerberos is not there. Set "
            "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER");
    }
    throw ConfigException(
        fmt::format("Invalid value {} for configuration sasl.mechanism: it is one of PLAIN, SCRAM-SHA-256, "
                    "SCRAM-SHA-512 and OAUTHBEARER",
                    mechanism));
}

void add_login(Properties& properties, const Settings& java) {
    const auto protocol = java.find("security.protocol");
    if (protocol == java.end() || !lower_case(protocol->second).starts_with("sasl")) return;
    const auto given = java.find("sasl.mechanism");
    const std::string mechanism(given == java.end() ? "GSSAPI" : trim(given->second));
    if (mechanism == "OAUTHBEARER") return add_oauth(properties, java);
    check_mechanism(mechanism);
    const auto entry = java.find("sasl.jaas.config");
    if (entry == java.end()) {
        throw ConfigException(fmt::format(
            "sasl.jaas.config is missing: sasl.mechanism={} needs it, as in org.apache.kafka.common.security.{} "
            "required username=\"...\" password=\"...\";",
            mechanism, mechanism == "PLAIN" ? "plain.PlainLoginModule" : "scram.ScramLoginModule"));
    }
    const auto login = parse_jaas_config(entry->second);
    if (!login.login_module.ends_with(".PlainLoginModule") && !login.login_module.ends_with(".ScramLoginModule"))
        throw ConfigException(
            fmt::format("sasl.jaas.config names the login module {}; known are PlainLoginModule, ScramLoginModule and, "
                        "for sasl.mechanism OAUTHBEARER, OAuthBearerLoginModule of org.apache.kafka.common.security",
                        login.login_module));
    for (const auto* name : {"username", "password"}) {
        const auto found = login.options.find(name);
        if (found == login.options.end()) throw ConfigException(fmt::format("sasl.jaas.config has no {}", name));
        put(properties, fmt::format("sasl.{}", name), found->second);
    }
}

/// A record that is larger than the whole queue would wait for room for ever.
void make_room_for_largest(ClientConfig& config) {
    const auto largest = rows::whole(config.find("message.max.bytes").value_or("0")) / 1024 + 1;
    if (rows::whole(config.find("queue.buffering.max.kbytes").value_or("0")) < largest) {
        put(config.properties, "queue.buffering.max.kbytes", std::to_string(largest));
    }
}

void add_producer_rest(ClientConfig& config, const Settings& java) {
    make_room_for_largest(config);
    if (const auto type = java.find("compression.type"); type != java.end()) {
        const auto level = java.find("compression." + lower_case(type->second) + ".level");
        if (level != java.end()) put(config.properties, "compression.level", level->second);
    }
    if (const auto ignore = java.find("partitioner.ignore.keys");
        ignore != java.end() && lower_case(ignore->second) == "true") {
        put(config.properties, "partitioner", "random");
    }
}

/// The broker keeps the time and shares out the partitions then (KIP-848).
void check_group_protocol(const Settings& java) {
    for (const auto* name : {"heartbeat.interval.ms", "session.timeout.ms", "partition.assignment.strategy"}) {
        const auto given = java.find(name);
        if (given == java.end() || trim(given->second).empty()) continue;
        throw ConfigException(fmt::format("{} cannot be set when group.protocol=CONSUMER", name));
    }
}

/// Java's list mixes eager and cooperative ones, which librdkafka refuses; Java's own groups start with the eager.
void choose_assignors(ClientConfig& config, std::string_view java) {
    struct Assignor {
        std::string_view java, rdkafka;
    };
    constexpr std::string_view package = "org.apache.kafka.clients.consumer.";
    constexpr std::string_view cooperative = "cooperative-sticky";
    constexpr auto known = std::to_array<Assignor>(
        {{"RangeAssignor", "range"}, {"RoundRobinAssignor", "roundrobin"}, {"CooperativeStickyAssignor", cooperative}});
    std::vector<std::string> chosen;
    std::string unknown;
    for (const auto& name : split_list(java)) {
        const auto found = std::ranges::find_if(known, [&](const Assignor& each) {
            return name == each.rdkafka || name == fmt::format("{}{}", package, each.java);
        });
        if (found != known.end())
            chosen.emplace_back(found->rdkafka);
        else
            unknown += (unknown.empty() ? "" : ",") + name;
    }
    if (std::ranges::any_of(chosen, [&](const auto& name) { return name != cooperative; })) {
        std::erase(chosen, cooperative);
    }
    if (chosen.empty()) chosen.emplace_back("range");
    const auto holds = fmt::to_string(fmt::join(chosen, ","));
    put(config.properties, "partition.assignment.strategy", holds);
    if (unknown.empty()) return;
    config.warnings.push_back(
        fmt::format("partition.assignment.strategy={} has no effect: of {} there are RangeAssignor, RoundRobinAssignor "
                    "and CooperativeStickyAssignor. Partitions are shared out by {}.",
                    unknown, package.substr(0, package.size() - 1), holds));
}

/// librdkafka refuses what Java takes: less time between polls than in the session, and fetches smaller than the
/// largest message, of which brokers send one all the same.
void fit_consumer_limits(ClientConfig& config) {
    constexpr auto usual_session = "45000";
    constexpr auto usual_poll = "300000";
    const auto session = config.find("session.timeout.ms").value_or(usual_session);
    const auto poll = config.find("max.poll.interval.ms").value_or(usual_poll);
    if (rows::whole(poll) < rows::whole(session)) {
        put(config.properties, "max.poll.interval.ms", session);
        config.warnings.push_back(fmt::format(
            "max.poll.interval.ms={} is shorter than session.timeout.ms: {} ms hold for both.", poll, session));
    }
    constexpr std::int64_t usual_message = 1'000'000;
    const auto fetch = config.find("fetch.max.bytes");
    if (fetch && rows::whole(*fetch) < usual_message) put(config.properties, "message.max.bytes", *fetch);
}

void add_consumer_rest(ClientConfig& config, const Settings& java) {
    if (!config.find("group.id")) put(config.properties, "group.id", "millrace");
    fit_consumer_limits(config);
    if (config.find("group.protocol") == "consumer") check_group_protocol(java);
    const auto assignors = java.find("partition.assignment.strategy");
    if (assignors != java.end() && !trim(assignors->second).empty()) choose_assignors(config, assignors->second);
    const auto reset = java.find("auto.offset.reset");
    if (reset != java.end()) config.reset_duration = reset_duration(reset->second);
}

/// Where the first wait is longer than the longest, Java takes the latter for both, and librdkafka refuses them.
void fit_first_wait(ClientConfig& config, std::string_view first, std::string_view longest) {
    const auto wait = config.find(first);
    const auto limit = config.find(longest);
    if (wait && limit && rows::whole(*wait) > rows::whole(*limit)) put(config.properties, first, *limit);
}

}

std::optional<std::string> ClientConfig::find(std::string_view property) const {
    const auto found = std::ranges::find(properties, property, &Properties::value_type::first);
    if (found == properties.end()) return std::nullopt;
    return found->second;
}

ClientConfig translate(ClientKind kind, const Settings& java) {
    ClientConfig config{.kind = kind, .properties = defaults_for(kind)};
    const auto bit = bit_of(kind);
    for (const auto& row : table) {
        const auto given = java.find(row.java);
        if (given == java.end() || !(row.clients & bit)) continue;
        const auto text = trim(given->second);
        if (text.empty()) continue;
        put(config.properties, row.rdkafka, row.value ? row.value(text) : std::string(text));
    }
    fit_first_wait(config, "reconnect.backoff.ms", "reconnect.backoff.max.ms");
    fit_first_wait(config, "retry.backoff.ms", "retry.backoff.max.ms");
    if (kind == ClientKind::Producer) add_producer_rest(config, java);
    if (kind == ClientKind::Consumer) add_consumer_rest(config, java);
    add_tls(config, java);
    add_login(config.properties, java);
    for (auto& warning : settings_without_effect(kind, java)) config.warnings.push_back(std::move(warning));
    return config;
}

}
