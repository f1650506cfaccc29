#include "worker/main/standalone_worker.hpp"

#include "cluster/herder/standalone_herder.hpp"
#include "cluster/storage/file_offset_store.hpp"
#include "rest/resources/application.hpp"
#include "rest/resources/listener_options.hpp"
#include "rest/resources/validate_config.hpp"
#include "worker/main/control_loop.hpp"
#include "worker/main/rest_services.hpp"
#include "worker/main/version.hpp"
#include "worker/runtime/worker.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>

namespace millrace::worker {

namespace asio = boost::asio;

struct StandaloneWorker::State {
    explicit State(const StartUp& m)
        : made(m),
          logger(m.logger),
          offsets(m.config.values.get_string("offset.storage.file.filename"),
                  Logger(m.log, "org.apache.kafka.connect.storage.FileOffsetBackingStore")),
          herder(herder_dependencies()),
          worker({.config = m.config,
                  .plugins = m.plugins,
                  .offsets = offsets,
                  .listener = herder,
                  .logger = Logger(m.log, "org.apache.kafka.connect.runtime.Worker"),
                  .secrets = m.secrets}),
          services(rest_services(m, herder, worker, {m.address.worker_id()})),
          rest(context.get_executor(), rest::server_options(m.config, "Millrace/" MILLRACE_VERSION, m.ports), services),
          loop(context, rest, m, logger) {
        herder.set_worker(worker);
    }

    cluster::StandaloneHerderDependencies herder_dependencies() {
        return {.executor = context.get_executor(),
                .config = made.config,
                .worker_id = made.address.worker_id(),
                .kafka_cluster_id = made.kafka_cluster_id,
                .set_logger_level = level_setter(made.log),
                .logger = Logger(made.log, "org.apache.kafka.connect.runtime.standalone.StandaloneHerder")};
    }

    asio::awaitable<void> create(std::string path) {
        auto file = read_connector_file(path);
        co_await rest::require_valid(services, file.config);
        auto settings = file.config.settings;
        const auto made_connector =
            co_await herder.put_connector(file.name, std::move(settings), file.initial_state, false);
        logger.info("Created connector {}", made_connector.info.name);
    }
    asio::awaitable<void> create_all(std::vector<std::string> paths) {
        for (const auto& path : paths) {
            std::string failure;
            try {
                co_await create(path);
            } catch (const boost::system::system_error& e) {
                if (e.code() == asio::error::operation_aborted) throw;  // the worker ends before it has made them all
                failure = e.what();
            } catch (const std::exception& e) {
                failure = e.what();
            }
            if (failure.empty()) continue;
            const bool says_where = failure.find(path) != std::string::npos;
            logger.error("Stopping after connector error: {}{}", says_where ? "" : path + ": ", failure);
            loop.end(3);
            co_return;
        }
        herder.set_ready();
    }
    /// Begins nothing before the REST server listens: a worker that cannot start has nothing to end.
    asio::awaitable<void> work(std::vector<std::string> paths) {
        herder.spawn(create_all(std::move(paths)));
        co_await herder.run();
    }

    const StartUp& made;
    asio::io_context context{1};
    Logger logger;
    cluster::FileOffsetStore offsets;
    cluster::StandaloneHerder herder;
    Worker worker;
    rest::Services services;
    rest::Application rest;
    ControlLoop loop;
};

StandaloneWorker::StandaloneWorker(const StartUp& made) : state_(std::make_unique<State>(made)) {}
StandaloneWorker::~StandaloneWorker() = default;

int StandaloneWorker::run(std::vector<std::string> files) {
    State& s = *state_;
    const auto status = s.loop.run(s.work(std::move(files)));
    s.worker.stop_all();
    s.logger.info("Kafka Connect stopped");
    return status;
}

}
