#include "worker/kafka/client_warnings.hpp"

#include "connectors/support/text.hpp"
#include "worker/config/client_keys.hpp"

#include <fmt/core.h>

#include <array>

namespace millrace::worker {

namespace {

struct Unheeded {
    std::string_view name;
    std::string_view why;  ///< and the way out
};
constexpr auto of_all = std::to_array<Unheeded>({
    {"interceptor.classes",
     "there is no JVM to run Java classes. Transformations of the connector see each record, and /metrics counts them"},
    {"security.providers", "TLS is OpenSSL's, whose own configuration (OPENSSL_CONF) names providers"},
    {"socket.connection.setup.timeout.max.ms",
     "each attempt to connect has socket.connection.setup.timeout.ms, and the waits between them grow up to "
     "reconnect.backoff.max.ms"},
});
constexpr auto of_producers = std::to_array<Unheeded>({
    {"max.block.ms", "a task waits for room and for its topic for as long as it takes, or until it is stopped"},
    {"metadata.max.idle.ms", "a topic is forgotten after three times metadata.max.age.ms"},
    {"partitioner.adaptive.partitioning.enable", "records without a key go to random partitions"},
    {"partitioner.availability.timeout.ms", "records without a key go to random partitions"},
    {"partitioner.class", "a record's partition is that which Java's default partitioner chooses for its key"},
    {"transaction.two.phase.commit.enable", "a task's transactions are the worker's own"},
});
constexpr auto of_consumers = std::to_array<Unheeded>({
    {"default.api.timeout.ms",
     "requests have request.timeout.ms and are repeated; a commit while partitions go has the worker's "
     "offset.flush.timeout.ms"},
});
constexpr auto of_admins = std::to_array<Unheeded>({
    {"bootstrap.controllers", "admin clients ask brokers, those of bootstrap.servers"},
    {"default.api.timeout.ms", "what an admin client is asked for has 30 s, and each request request.timeout.ms"},
});

void tell(std::vector<std::string>& warnings, const Settings& java, std::span<const Unheeded> rows) {
    for (const auto& row : rows) {
        const auto given = java.find(row.name);
        if (given == java.end() || trim(given->second).empty()) continue;
        warnings.push_back(fmt::format("{}={} has no effect: {}.", row.name, given->second, row.why));
    }
}

void tell_unknown(std::vector<std::string>& warnings, const Settings& java) {
    std::vector<std::string_view> known(java_client_key_names().begin(), java_client_key_names().end());
    for (const auto& key : security_keys()) known.push_back(key.name);
    for (const auto& [name, value] : java) {
        if (is_java_client_key(name)) continue;
        const auto near = nearest_name(name, known);
        warnings.push_back(
            near ? fmt::format("Unknown client setting '{}' has no effect. Did you mean '{}'?", name, *near)
                 : fmt::format("Unknown client setting '{}' has no effect.", name));
    }
}

}

std::vector<std::string> settings_without_effect(ClientKind kind, const Settings& java) {
    std::vector<std::string> warnings;
    tell(warnings, java, of_all);
    if (kind == ClientKind::Producer) tell(warnings, java, of_producers);
    if (kind == ClientKind::Consumer) tell(warnings, java, of_consumers);
    if (kind == ClientKind::Admin) tell(warnings, java, of_admins);
    tell_unknown(warnings, java);
    return warnings;
}

}
