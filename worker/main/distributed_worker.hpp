/// One worker of a Connect group, composed: stores, herder, worker, REST. run() turns the control thread.
#pragma once
#include "connectors/support/log.hpp"
#include "worker/config/config_transformer.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/plugins/registry.hpp"

#include <memory>
#include <string>

namespace millrace::worker {

struct DistributedWorkerOptions {
    const WorkerConfig& config;
    const PluginRegistry& plugins;
    const ConfigTransformer& transformer;
    AdvertisedAddress address;
    std::string kafka_cluster_id;
    std::shared_ptr<LogControl> log;
    std::shared_ptr<SecretMask> secrets = {};  ///< takes what config providers give
    std::string java_options = {};  ///< the environment's KAFKA_OPTS: it may name a JAAS file with users of REST
};

class DistributedWorker {
public:
    explicit DistributedWorker(DistributedWorkerOptions options);
    ~DistributedWorker();
    /// Until SIGTERM or SIGINT (0), the herder's death (1), or because the REST server cannot start (3).
    int run();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}
