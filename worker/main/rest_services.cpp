#include "worker/main/rest_services.hpp"

#include "rest/resources/authentication.hpp"
#include "worker/main/version.hpp"
#include "worker/metrics/process_metrics.hpp"
#include "worker/runtime/worker.hpp"

namespace millrace::worker {

namespace {

constexpr std::string_view commit = "millrace-" MILLRACE_VERSION;

}

rest::Services rest_services(const StartUp& made, cluster::Herder& herder, Worker& worker,
                             std::vector<std::string> client_ids) {
    return {
        .herder = herder,
        .validate = [&worker](const std::string& connector_class, Settings settings,
                              auto done) { worker.validate(connector_class, std::move(settings), std::move(done)); },
        .plugins = made.plugins,
        .config = made.config,
        .transformer = made.transformer,
        .log = *made.log,
        .users = rest::authentication(made.config, made.java_options, made.logger),
        .access = rest::access_control(made.config, made.logger),
        .logger = Logger(made.log, "org.apache.kafka.connect.runtime.rest.RestServer"),
        .commit = std::string(commit),
        .collect_metrics =
            [&made, &worker, clients = std::move(client_ids)](MetricsPage& page) {
                for (const auto& id : clients) {
                    collect_app_info(page, {.client_id = id, .version = rest::compatible_version, .commit_id = commit});
                }
                collect_program(page, made, worker);
            }};
}

}
