#include "worker/main/distributed_program.hpp"

#include "worker/main/command_line.hpp"
#include "worker/main/distributed_worker.hpp"
#include "worker/main/start_up.hpp"

namespace millrace::worker {

int run_connect_distributed(int argc, char** argv) {
    constexpr const char* program = "org.apache.kafka.connect.cli.ConnectDistributed";
    int status = 1;
    const auto line = parse_command_line(
        argc, argv,
        {.usage = "Usage: connect-distributed [--override key=value]... [--from-environment] [worker.properties]",
         .environment = true},
        status);
    if (!line) return status;
    return run_program(WorkerMode::Distributed, *line, program, [&](const GivenSettings& given) {
        const auto made = start_up(WorkerMode::Distributed, given, program);
        DistributedWorker worker(*made);
        return worker.run();
    });
}

}
