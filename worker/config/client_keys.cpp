#include "worker/config/client_keys.hpp"

#include "connectors/support/java_number.hpp"
#include "worker/config/key_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace millrace::worker {

bool rows::equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

namespace {

using namespace rows;

constexpr std::array<std::string_view, 4> protocols{"SASL_SSL", "PLAINTEXT", "SSL", "SASL_PLAINTEXT"};
constexpr std::array<std::string_view, 2> assertion_algorithms{"ES256", "RS256"};

std::string number_between(std::string_view value, double least, double most) {
    const auto number = parse_java_double(value).value_or(least);
    const bool small = number < least;
    if (!small && number <= most) return "";
    std::string text = small ? "Value must be at least " : "Value must be no more than ";
    append_java_double(text, small ? least : most);
    return text;
}
std::string refresh_factor(std::string_view value) { return number_between(value, 0.5, 1); }
std::string refresh_jitter(std::string_view value) { return number_between(value, 0, 0.25); }

constexpr auto security = std::to_array<ConfigKey>({
    row("security.protocol", String, "PLAINTEXT", Medium, "How to talk to brokers: plain or TLS, with or without SASL.",
        one_of_any_case<protocols>),
    row("sasl.mechanism", String, "GSSAPI", Medium,
        "SASL mechanism: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER or GSSAPI."),
    row("sasl.jaas.config", Password, null, Medium,
        "JAAS login entry, such as PlainLoginModule required username=... password=...;"),
    row("sasl.kerberos.service.name", String, null, Medium, "Kerberos principal name that the brokers run as."),
    row("sasl.kerberos.kinit.cmd", String, "/usr/bin/kinit", Low, "Path of the Kerberos kinit command."),
    row("sasl.kerberos.ticket.renew.window.factor", Double, "0.8", Low,
        "Part of a ticket's lifetime after which it is renewed."),
    row("sasl.kerberos.ticket.renew.jitter", Double, "0.05", Low, "Random part added to the time of renewal."),
    row("sasl.kerberos.min.time.before.relogin", Long, "60000", Low, "Least time between two logins, in milliseconds."),
    row("sasl.login.refresh.window.factor", Double, "0.8", Low,
        "Part of a credential's lifetime after which it is renewed.", refresh_factor),
    row("sasl.login.refresh.window.jitter", Double, "0.05", Low,
        "Random part added to the time of a credential's renewal.", refresh_jitter),
    row("sasl.login.refresh.min.period.seconds", Short, "60", Low,
        "Least time between two renewals of a credential, in seconds.", between<0, 900>),
    row("sasl.login.refresh.buffer.seconds", Short, "300", Low,
        "Time before expiry within which a credential is renewed, in seconds.", between<0, 3600>),
    row("sasl.client.callback.handler.class", Class, null, Medium, "Java class; has no effect here."),
    row("sasl.login.callback.handler.class", Class, null, Medium, "Java class; has no effect here."),
    row("sasl.login.class", Class, null, Medium, "Java class; has no effect here."),
    row("sasl.login.connect.timeout.ms", Int, null, Low,
        "Time allowed to connect to the identity provider, in milliseconds."),
    row("sasl.login.read.timeout.ms", Int, null, Low,
        "Time allowed for the identity provider's answer, in milliseconds."),
    row("sasl.login.retry.backoff.ms", Long, "100", Low,
        "First wait between attempts to reach the identity provider, in milliseconds."),
    row("sasl.login.retry.backoff.max.ms", Long, "10000", Low,
        "Longest wait between attempts to reach the identity provider, in milliseconds."),
    row("sasl.oauthbearer.token.endpoint.url", String, null, Medium,
        "URL of the OAuth identity provider's token endpoint."),
    row("sasl.oauthbearer.scope", String, null, Medium, "Scope to ask of the identity provider."),
    row("sasl.oauthbearer.client.credentials.client.id", String, null, Medium,
        "Client id for the OAuth client credentials grant."),
    row("sasl.oauthbearer.client.credentials.client.secret", Password, null, Medium,
        "Client secret for the OAuth client credentials grant."),
    row("sasl.oauthbearer.jwks.endpoint.url", String, null, Medium, "URL of the provider's key set."),
    row("sasl.oauthbearer.jwks.endpoint.refresh.ms", Long, "3600000", Low,
        "Time between two reads of the key set, in milliseconds."),
    row("sasl.oauthbearer.jwks.endpoint.retry.backoff.ms", Long, "100", Low,
        "First wait between attempts to read the key set, in milliseconds."),
    row("sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms", Long, "10000", Low,
        "Longest wait between attempts to read the key set, in milliseconds."),
    row("sasl.oauthbearer.expected.audience", List, null, Low, "Audience that a token must name.", no_blanks),
    row("sasl.oauthbearer.expected.issuer", String, null, Low, "Issuer that a token must name."),
    row("sasl.oauthbearer.clock.skew.seconds", Int, "30", Low,
        "Clock difference to the provider that is tolerated, in seconds."),
    row("sasl.oauthbearer.scope.claim.name", String, "scope", Low, "Claim that holds the scope."),
    row("sasl.oauthbearer.sub.claim.name", String, "sub", Low, "Claim that holds the subject."),
    row("sasl.oauthbearer.header.urlencode", Boolean, "false", Low,
        "Encode client id and secret in the authorization header as in a URL."),
    row("sasl.oauthbearer.jwt.retriever.class", Class, null, Medium, "Java class; has no effect here."),
    row("sasl.oauthbearer.jwt.validator.class", Class, null, Medium, "Java class; has no effect here."),
    row("sasl.oauthbearer.assertion.algorithm", String, "RS256", Medium, "Algorithm that signs the assertion.",
        one_of_any_case<assertion_algorithms>),
    row("sasl.oauthbearer.assertion.claim.aud", String, null, Medium, "Audience claim of the assertion."),
    row("sasl.oauthbearer.assertion.claim.exp.seconds", Int, "300", Low, "Lifetime of the assertion, in seconds.",
        between<0, 86400>),
    row("sasl.oauthbearer.assertion.claim.iss", String, null, Medium, "Issuer claim of the assertion."),
    row("sasl.oauthbearer.assertion.claim.jti.include", Boolean, "false", Medium, "Give each assertion an id."),
    row("sasl.oauthbearer.assertion.claim.nbf.seconds", Int, "60", Low,
        "How long before its making the assertion is valid, in seconds.", between<0, 3600>),
    row("sasl.oauthbearer.assertion.claim.sub", String, null, Medium, "Subject claim of the assertion."),
    row("sasl.oauthbearer.assertion.file", String, null, Medium, "File that holds a ready assertion."),
    row("sasl.oauthbearer.assertion.private.key.file", String, null, Medium,
        "PEM file of the key that signs the assertion."),
    row("sasl.oauthbearer.assertion.private.key.passphrase", Password, null, Medium, "Passphrase of that key."),
    row("sasl.oauthbearer.assertion.template.file", String, null, Medium, "File with more claims for the assertion."),
    row("ssl.protocol", String, "TLSv1.3", Medium, "Newest TLS version to offer."),
    row("ssl.provider", String, null, Medium, "Java security provider; has no effect here."),
    row("ssl.cipher.suites", List, "", Low, "TLS cipher suites to allow; empty: the library's choice.", no_blanks),
    row("ssl.enabled.protocols", List, "TLSv1.2,TLSv1.3", Medium, "TLS versions to allow.", no_blanks),
    row("ssl.keystore.type", String, "JKS", Medium, "Form of the key store: PEM, PKCS12 or JKS."),
    row("ssl.keystore.location", String, null, High, "File of the client's certificate and key."),
    row("ssl.keystore.password", Password, null, High, "Password of the key store."),
    row("ssl.key.password", Password, null, High, "Password of the private key."),
    row("ssl.keystore.key", Password, null, High, "The private key itself, PEM with ssl.keystore.type=PEM."),
    row("ssl.keystore.certificate.chain", Password, null, High,
        "The certificate chain itself, PEM with ssl.keystore.type=PEM."),
    row("ssl.truststore.type", String, "JKS", Medium, "Form of the trust store: PEM, PKCS12 or JKS."),
    row("ssl.truststore.location", String, null, High, "File of the certificates to trust."),
    row("ssl.truststore.password", Password, null, High, "Password of the trust store."),
    row("ssl.truststore.certificates", Password, null, High,
        "The trusted certificates themselves, PEM with ssl.truststore.type=PEM."),
    row("ssl.keymanager.algorithm", String, "SunX509", Low, "Java key manager; has no effect here."),
    row("ssl.trustmanager.algorithm", String, "PKIX", Low, "Java trust manager; has no effect here."),
    row("ssl.endpoint.identification.algorithm", String, "https", Low,
        "https: the certificate must name the host; empty: it need not."),
    row("ssl.secure.random.implementation", String, null, Low, "Java random generator; has no effect here."),
    row("ssl.engine.factory.class", Class, null, Low, "Java class; has no effect here."),
});

constexpr auto client_names = std::to_array<std::string_view>({
    "acks",
    "allow.auto.create.topics",
    "auto.commit.interval.ms",
    "auto.include.jmx.reporter",
    "auto.offset.reset",
    "batch.size",
    "bootstrap.controllers",
    "bootstrap.servers",
    "buffer.memory",
    "check.crcs",
    "client.dns.lookup",
    "client.id",
    "client.rack",
    "compression.gzip.level",
    "compression.lz4.level",
    "compression.type",
    "compression.zstd.level",
    "config.providers",
    "connections.max.idle.ms",
    "default.api.timeout.ms",
    "delivery.timeout.ms",
    "enable.auto.commit",
    "enable.idempotence",
    "enable.metrics.push",
    "exclude.internal.topics",
    "fetch.max.bytes",
    "fetch.max.wait.ms",
    "fetch.min.bytes",
    "group.id",
    "group.instance.id",
    "group.protocol",
    "group.remote.assignor",
    "heartbeat.interval.ms",
    "interceptor.classes",
    "isolation.level",
    "key.deserializer",
    "key.serializer",
    "linger.ms",
    "max.block.ms",
    "max.in.flight.requests.per.connection",
    "max.partition.fetch.bytes",
    "max.poll.interval.ms",
    "max.poll.records",
    "max.request.size",
    "metadata.max.age.ms",
    "metadata.max.idle.ms",
    "metadata.recovery.rebootstrap.trigger.ms",
    "metadata.recovery.strategy",
    "metric.reporters",
    "metrics.num.samples",
    "metrics.recording.level",
    "metrics.sample.window.ms",
    "partition.assignment.strategy",
    "partitioner.adaptive.partitioning.enable",
    "partitioner.availability.timeout.ms",
    "partitioner.class",
    "partitioner.ignore.keys",
    "receive.buffer.bytes",
    "reconnect.backoff.max.ms",
    "reconnect.backoff.ms",
    "request.timeout.ms",
    "retries",
    "retry.backoff.max.ms",
    "retry.backoff.ms",
    "security.providers",
    "send.buffer.bytes",
    "session.timeout.ms",
    "socket.connection.setup.timeout.max.ms",
    "socket.connection.setup.timeout.ms",
    "transaction.timeout.ms",
    "transaction.two.phase.commit.enable",
    "transactional.id",
    "value.deserializer",
    "value.serializer",
});
static_assert(std::ranges::is_sorted(client_names));

constexpr auto booleans = std::to_array<std::string_view>({
    "allow.auto.create.topics",
    "auto.include.jmx.reporter",
    "check.crcs",
    "enable.auto.commit",
    "enable.idempotence",
    "enable.metrics.push",
    "exclude.internal.topics",
    "partitioner.adaptive.partitioning.enable",
    "partitioner.ignore.keys",
});
constexpr auto ints = std::to_array<std::string_view>({
    "auto.commit.interval.ms",
    "batch.size",
    "default.api.timeout.ms",
    "delivery.timeout.ms",
    "fetch.max.bytes",
    "fetch.max.wait.ms",
    "fetch.min.bytes",
    "heartbeat.interval.ms",
    "max.in.flight.requests.per.connection",
    "max.partition.fetch.bytes",
    "max.poll.interval.ms",
    "max.poll.records",
    "max.request.size",
    "metrics.num.samples",
    "receive.buffer.bytes",
    "request.timeout.ms",
    "retries",
    "send.buffer.bytes",
    "session.timeout.ms",
    "transaction.timeout.ms",
});
constexpr auto longs = std::to_array<std::string_view>({
    "buffer.memory",
    "connections.max.idle.ms",
    "linger.ms",
    "max.block.ms",
    "metadata.max.age.ms",
    "metadata.max.idle.ms",
    "metadata.recovery.rebootstrap.trigger.ms",
    "metrics.sample.window.ms",
    "partitioner.availability.timeout.ms",
    "reconnect.backoff.max.ms",
    "reconnect.backoff.ms",
    "retry.backoff.max.ms",
    "retry.backoff.ms",
    "socket.connection.setup.timeout.max.ms",
    "socket.connection.setup.timeout.ms",
});
constexpr auto classes = std::to_array<std::string_view>({
    "key.deserializer",
    "key.serializer",
    "partitioner.class",
    "value.deserializer",
    "value.serializer",
});
constexpr auto not_of_producers = std::to_array<std::string_view>({
    "allow.auto.create.topics",
    "auto.commit.interval.ms",
    "check.crcs",
    "default.api.timeout.ms",
    "enable.auto.commit",
    "exclude.internal.topics",
    "fetch.max.bytes",
    "fetch.max.wait.ms",
    "fetch.min.bytes",
    "heartbeat.interval.ms",
    "key.deserializer",
    "max.partition.fetch.bytes",
    "max.poll.interval.ms",
    "max.poll.records",
    "session.timeout.ms",
    "value.deserializer",
});
constexpr auto not_of_consumers = std::to_array<std::string_view>({
    "batch.size",
    "buffer.memory",
    "delivery.timeout.ms",
    "enable.idempotence",
    "key.serializer",
    "linger.ms",
    "max.block.ms",
    "max.in.flight.requests.per.connection",
    "max.request.size",
    "metadata.max.idle.ms",
    "partitioner.adaptive.partitioning.enable",
    "partitioner.availability.timeout.ms",
    "partitioner.class",
    "partitioner.ignore.keys",
    "retries",
    "transaction.timeout.ms",
    "value.serializer",
});
static_assert(std::ranges::is_sorted(booleans) && std::ranges::is_sorted(ints) && std::ranges::is_sorted(longs) &&
              std::ranges::is_sorted(classes) && std::ranges::is_sorted(not_of_producers) &&
              std::ranges::is_sorted(not_of_consumers));

/// Among the settings that are checked.
bool has_setting(std::string_view client, std::string_view name) noexcept {
    const bool of_producers = !std::ranges::binary_search(not_of_producers, name);
    const bool of_consumers = !std::ranges::binary_search(not_of_consumers, name);
    if (client == "producer") return of_producers;
    if (client == "consumer") return of_consumers;
    return (of_producers && of_consumers) || name == "default.api.timeout.ms" || name == "retries";
}

/// Of a client's setting; what is not listed is text, or not checked before the client is made.
ConfigType type_of(std::string_view name) noexcept {
    if (std::ranges::binary_search(classes, name)) return Class;
    if (std::ranges::binary_search(booleans, name)) return Boolean;
    if (std::ranges::binary_search(ints, name)) return Int;
    if (std::ranges::binary_search(longs, name)) return Long;
    const auto* const known = std::ranges::find(security, name, &ConfigKey::name);
    return known == security.end() ? String : known->type;
}

}

std::span<const ConfigKey> security_keys() noexcept { return security; }
std::span<const std::string_view> java_client_key_names() noexcept { return client_names; }
std::string client_value_complaint(std::string_view client, std::string_view name, std::string_view value) {
    if (!has_setting(client, name)) return {};
    const auto type = type_of(name);
    if (type == Class && trim(value).find('.') == std::string_view::npos)
        return fmt::format("Invalid value {} for configuration {}: Class {} could not be found.", value, name, value);
    std::vector<std::string> errors;
    parse_value({.name = name, .type = type}, value, errors);
    return errors.empty() ? std::string() : errors.front();
}
bool is_java_client_key(std::string_view name) noexcept {
    return std::ranges::binary_search(client_names, name) ||
           std::ranges::find(security, name, &ConfigKey::name) != security.end() ||
           name.starts_with("metrics.context.");
}

}
