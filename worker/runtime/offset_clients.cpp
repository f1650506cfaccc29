#include "worker/runtime/offset_clients.hpp"

#include "worker/config/connector_config.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/kafka/client_config.hpp"

namespace millrace::worker {

bool writes_exactly_once(const WorkerConfig& worker) noexcept {
    return worker.mode == WorkerMode::Distributed && worker.exactly_once_source == ExactlyOnceSource::Enabled;
}

std::optional<OffsetClients> offset_clients(const WorkerConfig& worker, const Settings& connector,
                                            const std::string& client) {
    const auto topic = source_delivery(connector).offsets_topic;
    const bool exactly_once = writes_exactly_once(worker);
    if (worker.mode == WorkerMode::Standalone || (topic.empty() && !exactly_once)) return std::nullopt;
    const auto& settings = worker.settings();
    return OffsetClients{
        .topic = topic,
        .producer = source_producer_settings(settings, connector, "connector-offset-producer-" + client),
        .consumer = source_offset_consumer_settings(settings, connector, "connector-consumer-" + client, exactly_once),
        .admin = connector_admin_settings(settings, connector, "connector-adminclient-" + client)};
}

}
