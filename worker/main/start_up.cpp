#include "worker/main/start_up.hpp"

#include "connectors/avro/plugin.hpp"
#include "connectors/config_providers/plugin.hpp"
#include "connectors/converters/plugin.hpp"
#include "connectors/file/plugin.hpp"
#include "connectors/json_schema/plugin.hpp"
#include "connectors/support/secret_mask.hpp"
#include "connectors/transforms/debezium/plugin.hpp"
#include "connectors/transforms/plugin.hpp"
#include "rest/http/response_headers.hpp"
#include "rest/resources/listener_options.hpp"
#include "worker/kafka/admin.hpp"
#include "worker/main/health_check.hpp"
#include "worker/main/source_check.hpp"
#include "worker/main/version.hpp"
#include "worker/metrics/connect_metrics.hpp"
#include "worker/metrics/process_metrics.hpp"
#include "worker/runtime/config_providers.hpp"
#include "worker/runtime/worker.hpp"

#include <boost/asio/ip/host_name.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>

namespace millrace::worker {

namespace {

/// The installation's own plugins are there whatever plugin.path says: that of a Java worker has none for this one.
std::vector<std::string> plugin_directories(const Settings& settings) {
    const auto given = settings.find("plugin.path");
    auto directories = given == settings.end() ? std::vector<std::string>() : split_list(given->second);
    const auto own = own_plugin_directory();
    const bool listed = std::ranges::any_of(directories, [&](const std::string& directory) {
        std::error_code error;
        return std::filesystem::equivalent(directory, own, error);
    });
    if (!listed && std::filesystem::exists(own)) directories.insert(directories.begin(), own);
    return directories;
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

/// What the tables of settings cannot know: which plugins there are, and what REST makes of its headers.
void check_with_plugins(const WorkerConfig& config, const PluginRegistry& plugins) {
    const auto check = [&](const char* key, PluginType type, const std::string& name) {
        if (plugins.find(type, name) != nullptr) return;
        throw ConfigException(
            fmt::format("Invalid value {0} for configuration {1}: Class {0} could not be found.", name, key));
    };
    check("key.converter", PluginType::Converter, config.key_converter);
    check("value.converter", PluginType::Converter, config.value_converter);
    check("header.converter", PluginType::HeaderConverter, config.header_converter);
    rest::ResponseHeaders(config.values.get_string("response.http.headers.config"));
}

std::string environment(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
    return value == nullptr ? std::string() : std::string(value);
}

}

PluginRegistry make_plugins(const Settings& settings, const Logger& logger) {
    const auto scanner = logger.named("org.apache.kafka.connect.runtime.isolation.Plugins");
    scanner.info("Scanning for plugin classes. This might take a moment ...");
    PluginRegistry plugins(scanner);
    plugins.add(converters::manifest());
    plugins.add(avro::manifest());
    plugins.add(json_schema::manifest());
    plugins.add(transforms::manifest());
    plugins.add(transforms::debezium_manifest());
    plugins.add(file::manifest());
    plugins.add(config_providers::manifest());
    const auto directories = plugin_directories(settings);
    plugins.scan(directories);
    return plugins;
}

namespace {

/// What stands in settings that are shown anyway, such as the host's name, is no secret because a provider has it.
Settings resolved_settings(WorkerMode mode, const Settings& settings, const PluginRegistry& plugins,
                           const ConfigTransformer& hiding) {
    const ConfigDef def(worker_config_keys(mode));
    Settings shown, others;
    for (const auto& [name, value] : settings) {
        const auto* key = def.find(name);
        (key != nullptr && key->type != ConfigType::Password ? shown : others).emplace(name, value);
    }
    // The providers' own settings are among the others, but make no difference to what they give.
    auto resolved = make_config_transformer(settings, plugins, nullptr).transform(shown);
    resolved.merge(hiding.transform(others));
    return resolved;
}

}

std::unique_ptr<StartUp> start_up(WorkerMode mode, const GivenSettings& given, const std::string& program) {
    const auto& settings = given.settings;
    const auto log = std::make_shared<LogControl>(given.log);
    const auto secrets = std::make_shared<SecretMask>();
    for (const auto& secret : given.secrets) secrets->add(secret);
    log->hide(secrets);
    const Logger logger(log, program);
    for (const auto& note : given.notes) logger.info("{}", note);
    for (const auto& warning : given.warnings) logger.warn("{}", warning);
    const auto began = std::chrono::steady_clock::now();
    logger.info("Kafka Connect worker initializing ...");
    auto plugins = make_plugins(settings, logger);
    auto transformer = make_config_transformer(settings, plugins, secrets);
    auto resolved = resolved_settings(mode, settings, plugins, transformer);
    if (const auto path = settings.find("plugin.path"); path != settings.end()) resolved["plugin.path"] = path->second;
    auto parsed = parse_worker_config(mode, std::move(resolved));
    check_with_plugins(parsed.config, plugins);
    for (const auto& warning : parsed.warnings) logger.warn("{}", warning);
    logger.info("{} values: {}", mode == WorkerMode::Standalone ? "StandaloneConfig" : "DistributedConfig",
                describe_settings(worker_config_keys(mode), with_references(parsed.config.settings(), settings)));
    auto ports = rest::hold_free_ports(parsed.config);
    const auto address =
        advertised_address(parsed.config.listeners, parsed.config.advertised, boost::asio::ip::host_name());
    const auto cluster_id = wait_for_cluster_id(parsed.config, logger);
    logger.info("Kafka cluster ID: {}", cluster_id);
    for (const auto& listener : parsed.config.listeners) logger.info("Added connector for {}", to_string(listener));
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
    logger.info("Kafka Connect worker initialization took {}ms", took.count());
    return std::make_unique<StartUp>(StartUp{.log = log,
                                             .secrets = secrets,
                                             .logger = logger,
                                             .plugins = std::move(plugins),
                                             .transformer = std::move(transformer),
                                             .config = std::move(parsed.config),
                                             .ports = std::move(ports),
                                             .address = address,
                                             .kafka_cluster_id = cluster_id,
                                             .java_options = environment("KAFKA_OPTS")});
}

void collect_program(MetricsPage& page, const StartUp& made, const Worker& worker) {
    const MetricLabel version[] = {{"version", MILLRACE_VERSION}};
    page.write(own_metrics::build, 1, version);
    collect_process(page);
    made.clients->collect(page);
    worker.collect_metrics(page);
}

std::function<void(const std::string&, const std::string&)> level_setter(std::shared_ptr<LogControl> log) {
    return [log = std::move(log)](const std::string& name, const std::string& level) {
        if (const auto parsed = parse_log_level(level)) {
            log->set_level(name, *parsed, std::chrono::system_clock::now());
        }
    };
}

int run_program(WorkerMode mode, const CommandLine& line, const std::string& program,
                const std::function<int(const GivenSettings&)>& run) {
    std::signal(SIGPIPE, SIG_IGN);
    // The first process of a container ignores what it has no handler for. The control loop has others.
    for (const int signal : {SIGTERM, SIGINT}) std::signal(signal, [](int number) { _exit(128 + number); });
    Logger logger(std::make_shared<LogControl>(LogOptions{}), program);
    try {
        const auto given = given_settings(line, process_environment());
        if (!line.check_source.empty()) return check_source(line.check_source, given);
        if (line.check_health) {
            // Only where it listens matters here.
            const Config values(worker_config_keys(mode), given.settings);
            return check_health(health_url(listeners_of(values, "listeners")));
        }
        logger = Logger(std::make_shared<LogControl>(given.log), program);
        for (const auto& problem : given.problems) logger.error("{}", problem);
        return given.problems.empty() ? run(given) : 1;
    } catch (const std::exception& e) {
        logger.error("Stopping due to error: {}", e.what());
        return 2;
    }
}

}
