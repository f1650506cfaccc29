/// The settings that every converter with a schema registry has; a converter's table is joined(registry_keys, its own).
#pragma once
#include "connectors/support/key_rows.hpp"

#include <array>
#include <string>

namespace millrace::registry {

std::string not_negative(std::string_view value);
std::string strategy_class(std::string_view value);
std::string schema_id_serializer(std::string_view value);
std::string schema_id_deserializer(std::string_view value);

namespace rows {

using namespace millrace::rows;

inline constexpr auto topic_name_strategy = "io.confluent.kafka.serializers.subject.TopicNameStrategy";
inline constexpr auto prefix_serializer = "io.confluent.kafka.serializers.schema.id.PrefixSchemaIdSerializer";
inline constexpr auto dual_deserializer = "io.confluent.kafka.serializers.schema.id.DualSchemaIdDeserializer";

}

inline constexpr std::array registry_keys{
    rows::row("schema.registry.url", rows::List, required, rows::High,
              "URLs of the registry, asked in turn until one answers; user:password@ before the host is a login."),
    rows::row("auto.register.schemas", rows::Boolean, "true", rows::Medium,
              "Register schemas that the registry does not know."),
    rows::row("use.latest.version", rows::Boolean, "false", rows::Low,
              "Write with the latest schema of the subject, where auto.register.schemas is false."),
    rows::row("latest.compatibility.strict", rows::Boolean, "true", rows::Low,
              "Refuse to write with a latest schema that cannot read what the record's own would write."),
    rows::row("use.schema.id", rows::Int, "-1", rows::Low,
              "Write with the schema of this id, where auto.register.schemas is false; -1: with none."),
    rows::row("id.compatibility.strict", rows::Boolean, "true", rows::Low,
              "Refuse to write with a schema of use.schema.id that cannot read what the record's own would write."),
    rows::row("normalize.schemas", rows::Boolean, "false", rows::Medium, "Have the registry normalize schemas."),
    rows::row("key.subject.name.strategy", rows::Class, rows::topic_name_strategy, rows::Medium,
              "How the subjects of keys are named: TopicNameStrategy, RecordNameStrategy, TopicRecordNameStrategy or "
              "AssociatedNameStrategy.",
              strategy_class),
    rows::row("value.subject.name.strategy", rows::Class, rows::topic_name_strategy, rows::Medium,
              "How the subjects of values are named.", strategy_class),
    rows::row("key.schema.id.serializer", rows::Class, rows::prefix_serializer, rows::Medium,
              "Where the schema id of a key is written: PrefixSchemaIdSerializer (before the data) or "
              "HeaderSchemaIdSerializer (its GUID in the header __key_schema_id).",
              schema_id_serializer),
    rows::row("value.schema.id.serializer", rows::Class, rows::prefix_serializer, rows::Medium,
              "The same of a value; the header is __value_schema_id.", schema_id_serializer),
    rows::row("key.schema.id.deserializer", rows::Class, rows::dual_deserializer, rows::Medium,
              "Where the schema id of a key is read: DualSchemaIdDeserializer (in the header, or else before the data) "
              "or PrefixSchemaIdDeserializer.",
              schema_id_deserializer),
    rows::row("value.schema.id.deserializer", rows::Class, rows::dual_deserializer, rows::Medium,
              "The same of a value.", schema_id_deserializer),
    rows::row("max.schemas.per.subject", rows::Int, "1000", rows::Low, "Schemas and ids that are kept in memory.",
              not_negative),
    rows::row("latest.cache.ttl.sec", rows::Long, "-1", rows::Low,
              "How long a latest schema is taken for the latest, in seconds; -1: as long as the task runs."),
    rows::row("latest.cache.size", rows::Int, "1000", rows::Low, "Latest schemas that are kept in memory.",
              not_negative),
    rows::row("max.retries", rows::Int, "3", rows::Low,
              "How often a request that failed in passing is repeated, each time to all URLs.", not_negative),
    rows::row("retries.wait.ms", rows::Int, "1000", rows::Low, "Longest wait before the first repetition.",
              not_negative),
    rows::row("retries.max.wait.ms", rows::Int, "20000", rows::Low, "Longest wait before any repetition.",
              not_negative),
    rows::row("http.connect.timeout.ms", rows::Int, "60000", rows::Low, "Time limit of a connection's start.",
              not_negative),
    rows::row("http.read.timeout.ms", rows::Int, "60000", rows::Low, "Time limit of an answer.", not_negative),
    rows::row("proxy.host", rows::String, "", rows::Low, "HTTP proxy on the way to the registry."),
    rows::row("proxy.port", rows::Int, "-1", rows::Low, "Port of the proxy."),
    rows::row("basic.auth.credentials.source", rows::String, rows::null, rows::Medium,
              "Where user and password are: URL, USER_INFO or SASL_INHERIT."),
    rows::row("basic.auth.user.info", rows::Password, "", rows::Medium, "user:password, for USER_INFO."),
    rows::row("schema.registry.basic.auth.user.info", rows::Password, "", rows::Medium,
              "Old name of basic.auth.user.info; it wins."),
    rows::row("sasl.jaas.config", rows::Password, rows::null, rows::Medium,
              "Login whose user and password SASL_INHERIT and SASL_OAUTHBEARER_INHERIT take."),
    rows::row("bearer.auth.credentials.source", rows::String, rows::null, rows::Medium,
              "Where tokens come from: STATIC_TOKEN, OAUTHBEARER or SASL_OAUTHBEARER_INHERIT."),
    rows::row("bearer.auth.token", rows::Password, "", rows::Medium, "The token, for STATIC_TOKEN."),
    rows::row("bearer.auth.issuer.endpoint.url", rows::String, rows::null, rows::Medium,
              "Token endpoint of the identity provider, for OAUTHBEARER."),
    rows::row("bearer.auth.client.id", rows::String, rows::null, rows::Medium, "Client id, for OAUTHBEARER."),
    rows::row("bearer.auth.client.secret", rows::Password, rows::null, rows::Medium, "Its secret."),
    rows::row("bearer.auth.scope", rows::String, rows::null, rows::Medium, "Scope that is asked for."),
    rows::row("bearer.auth.logical.cluster", rows::String, rows::null, rows::Medium,
              "Sent with tokens as header target-sr-cluster."),
    rows::row("bearer.auth.identity.pool.id", rows::String, rows::null, rows::Medium,
              "Sent with tokens as header Confluent-Identity-Pool-Id."),
    rows::row("bearer.auth.cache.expiry.buffer.seconds", rows::Short, "300", rows::Medium,
              "How long before its end a token is renewed.", not_negative),
    rows::row("schema.registry.ssl.keystore.type", rows::String, "JKS", rows::Medium,
              "Form of the key store: PEM, PKCS12 or JKS."),
    rows::row("schema.registry.ssl.keystore.location", rows::String, rows::null, rows::High,
              "File of our own certificate and key."),
    rows::row("schema.registry.ssl.keystore.password", rows::Password, rows::null, rows::High,
              "Password of the key store."),
    rows::row("schema.registry.ssl.key.password", rows::Password, rows::null, rows::High,
              "Password of the private key."),
    rows::row("schema.registry.ssl.keystore.key", rows::Password, rows::null, rows::High,
              "The private key itself, as PEM."),
    rows::row("schema.registry.ssl.keystore.certificate.chain", rows::Password, rows::null, rows::High,
              "The certificate chain itself, as PEM."),
    rows::row("schema.registry.ssl.truststore.type", rows::String, "JKS", rows::Medium,
              "Form of the trust store: PEM, PKCS12 or JKS."),
    rows::row("schema.registry.ssl.truststore.location", rows::String, rows::null, rows::High,
              "File of the certificates to trust; without one the system's authorities count."),
    rows::row("schema.registry.ssl.truststore.password", rows::Password, rows::null, rows::High,
              "Password of the trust store."),
    rows::row("schema.registry.ssl.truststore.certificates", rows::Password, rows::null, rows::High,
              "The trusted certificates themselves, as PEM."),
    rows::row("schema.registry.ssl.endpoint.identification.algorithm", rows::String, "https", rows::Low,
              "https: the certificate must be the host's; empty: it need not."),
};

}
