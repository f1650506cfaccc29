/// What the programs do before there is a worker: settings, log, plugins, the first broker.
#pragma once
#include "connectors/support/log.hpp"
#include "worker/config/config_transformer.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/metrics/page.hpp"
#include "worker/plugins/registry.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>

namespace millrace::worker {

class Worker;

/// What a worker is made of. Stays where it is: its parts refer to each other.
struct StartUp {
    std::shared_ptr<LogControl> log;
    std::shared_ptr<SecretMask> secrets;  ///< takes what config providers give
    Logger logger;
    PluginRegistry plugins;
    ConfigTransformer transformer;
    WorkerConfig config;
    AdvertisedAddress address;
    std::string kafka_cluster_id;
    std::string java_options;  ///< the environment's KAFKA_OPTS: it may name a JAAS file with users of REST
};

/// `overrides` are "key=value" texts. `program` names the log lines: "org.apache.kafka.connect.cli.ConnectDistributed".
/// Waits until a broker answers. Throws ConfigException with all that is wrong.
std::unique_ptr<StartUp> start_up(WorkerMode mode, const std::string& file, std::span<const std::string> overrides,
                                  std::shared_ptr<LogControl> log, const std::string& program);

/// The build, the process and everything that the worker runs.
void collect_program(MetricsPage& page, const Worker& worker);

/// Sets the level of a logger, for the herder.
std::function<void(const std::string& logger, const std::string& level)> level_setter(std::shared_ptr<LogControl> log);

/// The whole of main(): calls `run` with a log for what goes wrong before there are settings. 2 if it throws.
int run_program(const std::string& program, const std::function<int(std::shared_ptr<LogControl>)>& run);

}
