// The layers that a client's settings come from: the worker's, its prefixed ones, the connector's overrides.
#include "connectors/support/text.hpp"
#include "worker/config/client_keys.hpp"
#include "worker/config/key_rows.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/kafka/client_config.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <initializer_list>

namespace millrace::worker {

namespace {

/// With one request in flight alone librdkafka sends those that wait behind a failed one before it.
constexpr auto in_order = "true";
constexpr std::int64_t no_time_limit = 2'147'483'647;
constexpr std::int64_t default_transaction_timeout = 60'000;

void overlay(Settings& onto, const Settings& from) {
    for (const auto& [name, value] : from) onto.insert_or_assign(name, value);
}

/// The worker's own settings that clients know; those of the group member are not for them.
Settings top_level_client_settings(const Settings& worker) {
    Settings found;
    for (const auto& [name, value] : worker) {
        if (is_java_client_key(name) && name != "group.id" && name != "client.id" && name != "session.timeout.ms" &&
            name != "heartbeat.interval.ms" && name != "config.providers") {
            found.emplace(name, value);
        }
    }
    return found;
}

std::int64_t time_of(const Settings& settings, const std::string& name, std::int64_t fallback) {
    const auto given = settings.find(name);
    return given == settings.end() || trim(given->second).empty() ? fallback : rows::whole(given->second);
}

/// What idempotence asks for besides itself, where a user has not turned it off.
bool may_be_idempotent(const Settings& producer) {
    const auto is = [&](std::string_view name, std::initializer_list<std::string_view> wanted) {
        const auto found = producer.find(name);
        return found == producer.end() || std::ranges::find(wanted, trim(found->second)) != wanted.end();
    };
    const auto retries = producer.find("retries");
    return is("acks", {"all", "-1"}) && is("max.in.flight.requests.per.connection", {"1", "2", "3", "4", "5"}) &&
           (retries == producer.end() || trim(retries->second) != "0");
}

}

Settings internal_client_settings(ClientKind kind, const Settings& worker, std::string_view suffix,
                                  std::string_view isolation_level) {
    const auto value = [&](std::string_view name) {
        const auto found = worker.find(name);
        return found == worker.end() ? std::string() : found->second;
    };
    auto settings = top_level_client_settings(worker);
    const auto client_id = value("client.id");
    settings["client.id"] =
        fmt::format("{}-{}{}{}", value("group.id"), client_id, client_id.empty() ? "" : "-", suffix);
    if (kind == ClientKind::Producer) {
        overlay(settings, {{"acks", "all"},
                           {"max.in.flight.requests.per.connection", "1"},
                           {"enable.idempotence", in_order},
                           {"delivery.timeout.ms", "2147483647"}});
    }
    if (kind == ClientKind::Consumer) {
        overlay(settings, {{"group.id", value("group.id")},
                           {"enable.auto.commit", "false"},
                           {"auto.offset.reset", "earliest"},
                           {"isolation.level", std::string(isolation_level)}});
    }
    return settings;
}

Settings source_producer_settings(const Settings& worker, const Settings& connector, std::string_view client_id) {
    Settings settings{{"acks", "all"},
                      {"client.id", std::string(client_id)},
                      {"delivery.timeout.ms", "2147483647"},
                      {"max.in.flight.requests.per.connection", "1"}};
    if (const auto brokers = worker.find("bootstrap.servers"); brokers != worker.end()) settings.insert(*brokers);
    overlay(settings, with_prefix_removed(worker, "producer."));
    overlay(settings, with_prefix_removed(connector, "producer.override."));
    settings.try_emplace("enable.idempotence", may_be_idempotent(settings) ? in_order : "false");
    return settings;
}

Settings transactional(Settings producer, const std::string& transactional_id) {
    producer["enable.idempotence"] = "true";
    producer["transactional.id"] = transactional_id;
    // A record has as long as its transaction, and a longer time is refused by librdkafka.
    const auto time = time_of(producer, "delivery.timeout.ms", no_time_limit);
    if (time <= 0 || time >= time_of(producer, "transaction.timeout.ms", default_transaction_timeout)) {
        producer.erase("delivery.timeout.ms");
    }
    return producer;
}

Settings source_offset_consumer_settings(const Settings& worker, const Settings& connector, std::string_view client_id,
                                         bool committed_only) {
    auto settings = sink_consumer_settings(worker, connector, client_id);
    settings.try_emplace("isolation.level", "read_committed");
    if (committed_only) settings["isolation.level"] = "read_committed";
    settings["allow.auto.create.topics"] = "false";
    return settings;
}

Settings sink_consumer_settings(const Settings& worker, const Settings& connector, std::string_view client_id) {
    const auto name = connector.find("name");
    Settings settings{{"allow.auto.create.topics", "true"},  // the default of Java's consumer
                      {"auto.offset.reset", "earliest"},
                      {"client.id", std::string(client_id)},
                      {"enable.auto.commit", "false"},
                      {"group.id", fmt::format("connect-{}", name == connector.end() ? "" : name->second)}};
    if (const auto brokers = worker.find("bootstrap.servers"); brokers != worker.end()) settings.insert(*brokers);
    overlay(settings, with_prefix_removed(worker, "consumer."));
    overlay(settings, with_prefix_removed(connector, "consumer.override."));
    const auto protocol = settings.find("group.protocol");
    if (protocol == settings.end() || lower_case(trim(protocol->second)) != "consumer") {
        settings.try_emplace("partition.assignment.strategy", "range");
    }
    return settings;
}

Settings connector_admin_settings(const Settings& worker, const Settings& connector, std::string_view client_id) {
    auto settings = top_level_client_settings(worker);
    settings["client.id"] = std::string(client_id);
    auto admin = with_prefix_removed(worker, "admin.");
    std::erase_if(admin, [](const auto& entry) { return entry.first.starts_with("listeners"); });  // REST's
    overlay(settings, admin);
    overlay(settings, with_prefix_removed(connector, "admin.override."));
    return settings;
}

}
