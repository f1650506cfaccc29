/// Settings of Kafka's Java clients, which is what users write, as settings of librdkafka.
///
/// Java-only settings that have no counterpart are dropped, silently where nothing would be other with them
/// (serializers, metric reporters), else with a warning, as are those that neither client knows. Key stores of every
/// kind become PEM texts. sasl.jaas.config is read for PlainLoginModule, ScramLoginModule and OAuthBearerLoginModule
/// (connectors/http/oauth.hpp).
///
/// Facts   Kafka 4.3 client configuration; librdkafka CONFIGURATION.md.
#pragma once
#include "connectors/api/config_def.hpp"
#include "connectors/support/jaas.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::worker {

enum class ClientKind : std::uint8_t { Producer, Consumer, Admin };

/// Ready for rd_kafka_conf_set, in an order in which every one is accepted.
struct ClientConfig {
    ClientKind kind = ClientKind::Admin;
    std::vector<std::pair<std::string, std::string>> properties = {};
    std::vector<std::string> warnings = {};
    /// Of consumers: a partition without a committed offset is read from the first record that is not older than this.
    std::optional<std::chrono::milliseconds> reset_duration = {};

    /// The value of a librdkafka property, or none if it is left at its default.
    std::optional<std::string> find(std::string_view property) const;
};

/// `java` is complete: the layers below are applied already.
ClientConfig translate(ClientKind kind, const Settings& java);

// What a client gets, later layers winning.

/// Clients of the internal topics: all top-level worker settings; client.id is "<group.id>[-<client.id>]-<suffix>".
/// `isolation_level` is forced for consumers; producers get acks=all, one request in flight and no time limit.
Settings internal_client_settings(ClientKind kind, const Settings& worker, std::string_view suffix,
                                  std::string_view isolation_level = "read_uncommitted");
/// A source task's producer: fixed base, the worker's producer.*, the connector's producer.override.*.
Settings source_producer_settings(const Settings& worker, const Settings& connector, std::string_view client_id);
/// A producer whose records are committed in transactions of this id, with the offsets that belong to them.
Settings transactional(Settings producer, const std::string& transactional_id);
/// The consumer of a source connector's own offset topic. `committed_only`: whatever the user has set.
Settings source_offset_consumer_settings(const Settings& worker, const Settings& connector, std::string_view client_id,
                                         bool committed_only);
/// A sink task's consumer, of the group "connect-<name>": fixed base, the worker's consumer.*, the connector's
/// consumer.override.*.
Settings sink_consumer_settings(const Settings& worker, const Settings& connector, std::string_view client_id);
/// A connector's admin client: top-level without producer./consumer./admin., then admin.*, then admin.override.*.
Settings connector_admin_settings(const Settings& worker, const Settings& connector, std::string_view client_id);

}
