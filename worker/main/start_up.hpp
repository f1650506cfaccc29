/// What the programs do before there is a worker: settings, log, plugins, the first broker.
#pragma once
#include "connectors/support/log.hpp"
#include "rest/http/held_port.hpp"
#include "worker/config/config_transformer.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/main/given_settings.hpp"
#include "worker/metrics/client_metrics.hpp"
#include "worker/metrics/page.hpp"
#include "worker/plugins/registry.hpp"

#include <functional>
#include <memory>
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
    rest::HeldPorts ports;  ///< of listeners whose settings leave the port open
    AdvertisedAddress address;
    std::string kafka_cluster_id;
    std::shared_ptr<ClientMetricsList> clients = std::make_shared<ClientMetricsList>();  ///< those of no task
    std::string java_options;  ///< the environment's KAFKA_OPTS: it may name a JAAS file with users of REST
};

/// `program` names the log lines: "org.apache.kafka.connect.cli.ConnectDistributed". Waits until a broker answers.
/// Throws ConfigException with all that is wrong.
std::unique_ptr<StartUp> start_up(WorkerMode mode, const GivenSettings& given, const std::string& program);

/// Those linked in, those of the installation, and those of plugin.path.
PluginRegistry make_plugins(const Settings& settings, const Logger& logger);

/// The build, the process, the clients of no task and everything that the worker runs.
void collect_program(MetricsPage& page, const StartUp& made, const Worker& worker);

/// Sets the level of a logger, for the herder.
std::function<void(const std::string& logger, const std::string& level)> level_setter(std::shared_ptr<LogControl> log);

/// The whole of main(): calls `run` with what the command line and the environment give. 2 if it throws; 1 if the
/// environment lacks what a worker needs. With --check-health it asks the worker that runs, with
/// --check-source a connector's server.
int run_program(WorkerMode mode, const CommandLine& line, const std::string& program,
                const std::function<int(const GivenSettings&)>& run);

}
