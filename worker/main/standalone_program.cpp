#include "worker/main/standalone_program.hpp"

#include "worker/main/command_line.hpp"
#include "worker/main/standalone_worker.hpp"
#include "worker/main/start_up.hpp"

namespace millrace::worker {

int run_connect_standalone(int argc, char** argv) {
    constexpr const char* program = "org.apache.kafka.connect.cli.ConnectStandalone";
    int status = 1;
    const auto line = parse_command_line(
        argc, argv,
        {.usage = "Usage: connect-standalone [--override key=value]... worker.properties [connector1.properties "
                  "connector2.json ...]",
         .connectors = true},
        status);
    if (!line) return status;
    return run_program(WorkerMode::Standalone, *line, program, [&](const GivenSettings& given) {
        const auto made = start_up(WorkerMode::Standalone, given, program);
        StandaloneWorker worker(*made);
        return worker.run(line->connectors);
    });
}

}
