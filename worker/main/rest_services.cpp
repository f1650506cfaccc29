#include "worker/main/rest_services.hpp"

#include "rest/resources/authentication.hpp"
#include "worker/main/version.hpp"
#include "worker/runtime/worker.hpp"

namespace millrace::worker {

rest::Services rest_services(const StartUp& made, cluster::Herder& herder, Worker& worker) {
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
        .commit = "millrace-" MILLRACE_VERSION,
        .collect_metrics = [&worker](MetricsPage& page) { collect_program(page, worker); }};
}

}
