#include "worker/main/distributed_worker.hpp"

#include "cluster/async/peer_identity.hpp"
#include "cluster/herder/distributed_herder.hpp"
#include "cluster/herder/peer_directory.hpp"
#include "cluster/storage/topic_creation.hpp"
#include "rest/forwarding/task_config_publisher.hpp"
#include "rest/resources/application.hpp"
#include "rest/resources/authentication.hpp"
#include "rest/resources/listener_options.hpp"
#include "worker/main/control_loop.hpp"
#include "worker/main/group_security.hpp"
#include "worker/main/start_up.hpp"
#include "worker/main/version.hpp"
#include "worker/runtime/worker.hpp"

#include <boost/asio/io_context.hpp>

namespace millrace::worker {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds topic_timeout{60};
constexpr std::chrono::seconds election_time{10};  ///< for a new leader, once the old one's session is over

cluster::TopicLogOptions log_options(const WorkerConfig& config, const InternalTopicConfig& topic,
                                     const cluster::InternalTopicRole& role, const std::string& suffix,
                                     const Logger& logger) {
    // What a transaction holds back must not be acted on: configurations and offsets, not statuses.
    const bool committed_only =
        config.exactly_once_source == ExactlyOnceSource::Enabled && role.setting != "status.storage.topic";
    auto options = cluster::internal_log_options(config, topic.name, suffix, logger, committed_only);
    options.prepare = [topic, role, logger](Admin& admin) {
        cluster::ensure_internal_topic(admin, topic, role, topic_timeout, logger);
    };
    return options;
}

/// Only one leader at a time writes to the config topic, once the group is on its way to exactly-once.
std::optional<ClientConfig> leader_producer(const WorkerConfig& config) {
    if (config.exactly_once_source == ExactlyOnceSource::Disabled) return std::nullopt;
    auto settings = internal_client_settings(ClientKind::Producer, config.settings(), "configs-leader");
    return translate(ClientKind::Producer, transactional(std::move(settings), "connect-cluster-" + config.group_id));
}

}

struct DistributedWorker::State {
    explicit State(DistributedWorkerOptions o)
        : options(std::move(o)),
          logger(options.log, "org.apache.kafka.connect.cli.ConnectDistributed"),
          storage_logger(options.log, "org.apache.kafka.connect.util.KafkaBasedLog"),
          configs(context.get_executor(),
                  log_options(options.config, options.config.config_topic, cluster::config_topic_role, "configs",
                              storage_logger),
                  leader_producer(options.config)),
          statuses(context.get_executor(), log_options(options.config, options.config.status_topic,
                                                       cluster::status_topic_role, "statuses", storage_logger)),
          offsets(log_options(options.config, options.config.offset_topic, cluster::offset_topic_role, "offsets",
                              storage_logger),
                  {.like = options.config.offset_topic, .brokers = options.config.settings().at("bootstrap.servers")}),
          peers(configs),
          publisher(context.get_executor(), options.config.session_key.signature_algorithm, forwarding_tls()),
          herder(herder_dependencies()),
          worker({.config = options.config,
                  .plugins = options.plugins,
                  .offsets = offsets,
                  .listener = herder,
                  .logger = Logger(options.log, "org.apache.kafka.connect.runtime.Worker"),
                  .secrets = options.secrets}),
          rest(context.get_executor(), server_options(), services()),
          loop(context, rest, logger) {
        herder.set_worker(worker);
    }

    cluster::DistributedHerderDependencies herder_dependencies() {
        auto group = group_settings(options.config, options.address);
        group.fingerprint = identity.fingerprint();
        const auto context_text = "[Worker clientId=" + group.client_id + ", groupId=" + group.group_id + "] ";
        return {.executor = context.get_executor(),
                .config = options.config,
                .group = std::move(group),
                .worker_id = options.address.worker_id(),
                .kafka_cluster_id = options.kafka_cluster_id,
                .configs = configs,
                .statuses = statuses,
                .offsets = offsets,
                .leader_client = &publisher,
                .set_logger_level = level_setter(options.log),
                .logger = Logger(options.log, "org.apache.kafka.connect.runtime.distributed.DistributedHerder",
                                 context_text)};
    }
    rest::LeaderClientTls forwarding_tls() {
        auto tls = rest::forwarding_tls(options.config);
        tls.peers = &peers;
        tls.peer = identity.client();
        return tls;
    }
    rest::ServerOptions server_options() {
        auto made = rest::server_options(options.config, "Millrace/" MILLRACE_VERSION);
        made.peers = {.tls = identity.server(),
                      .trusted = [this](std::string fingerprint) { return peers.trusts(std::move(fingerprint)); }};
        return made;
    }
    rest::Services services() {
        return {
            .herder = herder,
            .validate = [this](const std::string& connector_class, Settings settings,
                               auto done) { worker.validate(connector_class, std::move(settings), std::move(done)); },
            .plugins = options.plugins,
            .config = options.config,
            .transformer = options.transformer,
            .log = *options.log,
            .users = rest::authentication(options.config, options.java_options, logger),
            .access = rest::access_control(options.config, logger),
            .logger = Logger(options.log, "org.apache.kafka.connect.runtime.rest.RestServer"),
            .commit = "millrace-" MILLRACE_VERSION,
            .leader_patience = options.config.session_timeout + election_time,
            .forwarding = forwarding_tls(),
            .collect_metrics = [this](MetricsPage& page) { collect_program(page, worker); }};
    }

    DistributedWorkerOptions options;
    asio::io_context context{1};
    Logger logger;
    Logger storage_logger;
    cluster::ConfigBackingStore configs;
    cluster::StatusBackingStore statuses;
    cluster::OffsetBackingStore offsets;
    cluster::PeerIdentity identity;
    cluster::ConfigTopicPeers peers;
    rest::TaskConfigPublisher publisher;
    cluster::DistributedHerder herder;
    Worker worker;
    rest::Application rest;
    ControlLoop loop;
};

DistributedWorker::DistributedWorker(DistributedWorkerOptions options)
    : state_(std::make_unique<State>(std::move(options))) {}
DistributedWorker::~DistributedWorker() = default;

int DistributedWorker::run() {
    State& s = *state_;
    const auto status = s.loop.run(s.herder.run());
    s.worker.stop_all();
    s.offsets.stop();
    s.configs.stop();
    s.statuses.stop();
    s.logger.info("Kafka Connect stopped");
    return status;
}

}
