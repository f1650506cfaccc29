#include "worker/main/distributed_worker.hpp"

#include "cluster/async/peer_identity.hpp"
#include "cluster/herder/distributed_herder.hpp"
#include "cluster/herder/peer_directory.hpp"
#include "cluster/storage/topic_creation.hpp"
#include "rest/forwarding/task_config_publisher.hpp"
#include "rest/resources/application.hpp"
#include "rest/resources/listener_options.hpp"
#include "worker/main/control_loop.hpp"
#include "worker/main/group_security.hpp"
#include "worker/main/rest_services.hpp"
#include "worker/main/version.hpp"
#include "worker/runtime/worker.hpp"

#include <boost/asio/io_context.hpp>

namespace millrace::worker {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds topic_timeout{60};
constexpr std::chrono::seconds election_time{10};  ///< for a new leader, once the old one's session is over

/// Only one leader at a time writes to the config topic, once the group is on its way to exactly-once.
std::optional<ClientConfig> leader_producer(const WorkerConfig& config) {
    if (config.exactly_once_source == ExactlyOnceSource::Disabled) return std::nullopt;
    auto settings = internal_client_settings(ClientKind::Producer, config.settings(), "configs-leader");
    return translate(ClientKind::Producer, transactional(std::move(settings), "connect-cluster-" + config.group_id));
}

}

struct DistributedWorker::State {
    explicit State(const StartUp& m)
        : made(m),
          logger(made.log, "org.apache.kafka.connect.cli.ConnectDistributed"),
          storage_logger(made.log, "org.apache.kafka.connect.util.KafkaBasedLog"),
          configs(context.get_executor(), log_options(made.config.config_topic, cluster::config_topic_role, "configs"),
                  leader_producer(made.config)),
          statuses(context.get_executor(),
                   log_options(made.config.status_topic, cluster::status_topic_role, "statuses")),
          offsets(log_options(made.config.offset_topic, cluster::offset_topic_role, "offsets"),
                  {.like = made.config.offset_topic, .brokers = made.config.settings().at("bootstrap.servers")}),
          peers(configs),
          publisher(context.get_executor(), made.config.session_key.signature_algorithm, forwarding_tls()),
          herder(herder_dependencies()),
          worker({.config = made.config,
                  .plugins = made.plugins,
                  .offsets = offsets,
                  .listener = herder,
                  .logger = Logger(made.log, "org.apache.kafka.connect.runtime.Worker"),
                  .secrets = made.secrets,
                  .lease = lease}),
          rest(context.get_executor(), server_options(), services()),
          loop(context, rest, m, logger) {
        herder.set_worker(worker);
    }

    cluster::TopicLogOptions log_options(const InternalTopicConfig& topic, const cluster::InternalTopicRole& role,
                                         const std::string& suffix) const {
        // What a transaction holds back must not be acted on: configurations and offsets, not statuses.
        const bool committed_only =
            made.config.exactly_once_source == ExactlyOnceSource::Enabled && role.setting != "status.storage.topic";
        auto options = cluster::internal_log_options(made.config, topic.name, suffix, storage_logger, committed_only);
        options.prepare = [topic, role, logger = storage_logger](Admin& admin) {
            cluster::ensure_internal_topic(admin, topic, role, topic_timeout, logger);
        };
        options.lease = lease;
        options.clients = made.clients;
        return options;
    }
    cluster::DistributedHerderDependencies herder_dependencies() {
        auto group = group_settings(made.config, made.address);
        group.fingerprint = identity.fingerprint();
        const auto context_text = "[Worker clientId=" + group.client_id + ", groupId=" + group.group_id + "] ";
        return {
            .executor = context.get_executor(),
            .config = made.config,
            .group = std::move(group),
            .worker_id = made.address.worker_id(),
            .kafka_cluster_id = made.kafka_cluster_id,
            .configs = configs,
            .statuses = statuses,
            .offsets = offsets,
            .admin_connection = [like = group_settings(made.config, made.address)](
                                    const Settings& client) { return with_client(like, client); },
            .leader_client = &publisher,
            .set_logger_level = level_setter(made.log),
            .logger = Logger(made.log, "org.apache.kafka.connect.runtime.distributed.DistributedHerder", context_text)};
    }
    rest::LeaderClientTls forwarding_tls() {
        auto tls = rest::forwarding_tls(made.config);
        tls.peers = &peers;
        tls.peer = identity.client();
        return tls;
    }
    rest::ServerOptions server_options() {
        auto server = rest::server_options(made.config, "Millrace/" MILLRACE_VERSION, made.ports);
        server.peers = {.tls = identity.server(),
                        .trusted = [this](std::string fingerprint) { return peers.trusts(std::move(fingerprint)); }};
        return server;
    }
    rest::Services services() {
        auto all = rest_services(made, herder, worker,
                                 {made.address.worker_id(), group_settings(made.config, made.address).client_id});
        all.leader_patience = made.config.session_timeout + election_time;
        all.forwarding = forwarding_tls();
        return all;
    }

    const StartUp& made;
    asio::io_context context{1};
    Logger logger;
    Logger storage_logger;
    std::shared_ptr<Lease> lease = std::make_shared<Lease>();
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

DistributedWorker::DistributedWorker(const StartUp& made) : state_(std::make_unique<State>(made)) {}
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
