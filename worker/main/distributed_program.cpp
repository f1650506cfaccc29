#include "worker/main/distributed_program.hpp"

#include "worker/main/command_line.hpp"
#include "worker/main/distributed_worker.hpp"
#include "worker/main/start_up.hpp"

namespace millrace::worker {

int run_connect_distributed(int argc, char** argv) {
    constexpr const char* program = "org.apache.kafka.connect.cli.ConnectDistributed";
    int status = 1;
    const auto line = parse_command_line(
        argc, argv, {.usage = "Usage: connect-distributed [--override key=value]... worker.properties"}, status);
    if (!line) return status;
    return run_program(program, [&](const std::shared_ptr<LogControl>& log) {
        const auto made = start_up(WorkerMode::Distributed, line->file, line->overrides, log, program);
        DistributedWorker worker({.config = made->config,
                                  .plugins = made->plugins,
                                  .transformer = made->transformer,
                                  .address = made->address,
                                  .kafka_cluster_id = made->kafka_cluster_id,
                                  .log = made->log,
                                  .secrets = made->secrets,
                                  .java_options = made->java_options});
        return worker.run();
    });
}

}
