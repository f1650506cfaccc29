#include "worker/main/distributed_program.hpp"

#include "connectors/config_providers/plugin.hpp"
#include "connectors/converters/plugin.hpp"
#include "connectors/file/plugin.hpp"
#include "connectors/support/log.hpp"
#include "connectors/support/properties.hpp"
#include "connectors/support/secret_mask.hpp"
#include "connectors/transforms/debezium/plugin.hpp"
#include "connectors/transforms/plugin.hpp"
#include "worker/kafka/admin.hpp"
#include "worker/main/distributed_worker.hpp"
#include "worker/main/version.hpp"
#include "worker/runtime/config_providers.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/ip/host_name.hpp>
#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <thread>

namespace millrace::worker {

namespace {

struct CommandLine {
    std::string file;
    std::vector<std::string> overrides;
};

/// None when the program ends with `status`.
std::optional<CommandLine> parse_command_line(int argc, char** argv, int& status) {
    CommandLine line;
    CLI::App app{"Usage: connect-distributed [--override key=value]... worker.properties"};
    app.add_option("worker.properties", line.file, "The worker's settings")->required();
    app.add_option("--override", line.overrides, "A setting that replaces the file's: key=value")
        ->take_all()
        ->expected(1);
    app.set_version_flag("--version", "Millrace " MILLRACE_VERSION);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        status = app.exit(e) == 0 ? (e.get_name() == "CallForVersion" ? 0 : 1) : 1;
        return std::nullopt;
    }
    return line;
}

std::vector<std::string> plugin_directories(const Settings& settings) {
    if (const auto given = settings.find("plugin.path"); given != settings.end()) return split_list(given->second);
    return {default_plugin_directory(std::filesystem::read_symlink("/proc/self/exe").string())};
}

/// Waits for a broker: one that is not there yet is no reason to end. A signal ends the program meanwhile.
std::string wait_for_cluster_id(const WorkerConfig& config, const Logger& logger) {
    constexpr std::chrono::seconds attempt_limit{5};
    const auto settings = internal_client_settings(ClientKind::Admin, config.settings(), "shared-admin");
    Admin admin(translate(ClientKind::Admin, settings), logger, attempt_limit);
    for (;;) {
        try {
            return admin.cluster_id();
        } catch (const RetriableException& e) {
            logger.error(
                "Failed to connect to and describe Kafka cluster. Check worker's broker connection and security "
                "properties: "
                "bootstrap.servers={}; {}. Trying again.",
                fmt::join(config.bootstrap_servers, ","), e.what());
        }
    }
}

std::string environment(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
    return value == nullptr ? std::string() : std::string(value);
}

int run(const CommandLine& line, const std::shared_ptr<LogControl>& first_log) {
    auto log = first_log;
    Logger logger(log, "org.apache.kafka.connect.cli.ConnectDistributed");
    auto settings = with_overrides(read_properties_file(line.file), line.overrides);
    if (const auto format = settings.find("log.format"); format != settings.end() && format->second == "json") {
        log = std::make_shared<LogControl>(LogOptions{.format = LogFormat::Json});
        logger = Logger(log, "org.apache.kafka.connect.cli.ConnectDistributed");
    }
    const auto started = std::chrono::steady_clock::now();
    logger.info("Kafka Connect worker initializing ...");
    PluginRegistry plugins(logger.named("org.apache.kafka.connect.runtime.isolation.Plugins"));
    plugins.add(converters::manifest());
    plugins.add(transforms::manifest());
    plugins.add(transforms::debezium_manifest());
    plugins.add(file::manifest());
    plugins.add(config_providers::manifest());
    const auto directories = plugin_directories(settings);
    plugins.scan(directories);

    const auto secrets = std::make_shared<SecretMask>();
    log->hide(secrets);
    const auto transformer = make_config_transformer(settings, plugins, secrets);
    auto resolved = transformer.transform(settings);
    if (const auto path = settings.find("plugin.path"); path != settings.end()) resolved["plugin.path"] = path->second;
    const auto parsed = parse_worker_config(WorkerMode::Distributed, std::move(resolved));
    for (const auto& warning : parsed.warnings) logger.warn("{}", warning);
    logger.info("DistributedConfig values: {}", describe_settings(worker_config_keys(WorkerMode::Distributed),
                                                                  with_references(parsed.config.settings(), settings)));

    const auto address =
        advertised_address(parsed.config.listeners, parsed.config.advertised, boost::asio::ip::host_name());
    const auto cluster_id = wait_for_cluster_id(parsed.config, logger);
    logger.info("Kafka cluster ID: {}", cluster_id);
    for (const auto& listener : parsed.config.listeners) logger.info("Added connector for {}", to_string(listener));
    DistributedWorker worker({.config = parsed.config,
                              .plugins = plugins,
                              .transformer = transformer,
                              .address = address,
                              .kafka_cluster_id = cluster_id,
                              .log = log,
                              .secrets = secrets,
                              .java_options = environment("KAFKA_OPTS")});
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
    logger.info("Kafka Connect worker initialization took {}ms", took.count());
    return worker.run();
}

}

int run_connect_distributed(int argc, char** argv) {
    int status = 1;
    const auto line = parse_command_line(argc, argv, status);
    if (!line) return status;
    std::signal(SIGPIPE, SIG_IGN);
    const auto log = std::make_shared<LogControl>(LogOptions{});
    try {
        return run(*line, log);
    } catch (const std::exception& e) {
        Logger(log, "org.apache.kafka.connect.cli.ConnectDistributed").error("Stopping due to error: {}", e.what());
        return 2;
    }
}

}
