#include "cluster/storage/kafka_based_log.hpp"
#include "worker/config/worker_config.hpp"

namespace millrace::cluster {

TopicLogOptions internal_log_options(const worker::WorkerConfig& config, const std::string& topic,
                                     const std::string& suffix, Logger logger, bool committed_only) {
    using worker::ClientKind;
    const auto* isolation = committed_only ? "read_committed" : "read_uncommitted";
    const auto translated = [&](ClientKind kind) {
        return worker::translate(kind, worker::internal_client_settings(kind, config.settings(), suffix, isolation));
    };
    return {.topic = topic,
            .consumer = translated(ClientKind::Consumer),
            .producer = translated(ClientKind::Producer),
            .admin = translated(ClientKind::Admin),
            .logger = std::move(logger)};
}

bool reads_committed(const TopicLogOptions& options) {
    return options.consumer.find("isolation.level") == "read_committed";
}

}
