#include "cluster/storage/kafka_based_log.hpp"
#include "worker/config/worker_config.hpp"

namespace millrace::cluster {

TopicLogOptions internal_log_options(const worker::WorkerConfig& config, const std::string& topic,
                                     const std::string& suffix, Logger logger) {
    using worker::ClientKind;
    const auto translated = [&](ClientKind kind) {
        return worker::translate(kind, worker::internal_client_settings(kind, config.settings(), suffix));
    };
    return {.topic = topic,
            .consumer = translated(ClientKind::Consumer),
            .producer = translated(ClientKind::Producer),
            .admin = translated(ClientKind::Admin),
            .logger = std::move(logger)};
}

}
