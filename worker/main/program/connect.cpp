#include "worker/main/distributed_program.hpp"
#include "worker/main/standalone_program.hpp"
#include "worker/runtime/heap.hpp"

#include <string_view>

/// One executable with two names, which are those of Kafka's scripts.
int main(int argc, char** argv) {
    millrace::worker::keep_working_memory();
    if (argc > 0 && std::string_view(argv[0]).ends_with("connect-standalone")) {
        return millrace::worker::run_connect_standalone(argc, argv);
    }
    return millrace::worker::run_connect_distributed(argc, argv);
}
