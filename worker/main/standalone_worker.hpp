/// A worker without a group, composed: offsets in a file, herder, worker, REST. run() turns the control thread.
#pragma once
#include "worker/main/connector_file.hpp"
#include "worker/main/start_up.hpp"

#include <memory>
#include <string>
#include <vector>

namespace millrace::worker {

class StandaloneWorker {
public:
    /// Throws ConfigException for an offsets file that will not do. `made` outlives this.
    explicit StandaloneWorker(const StartUp& made);
    ~StandaloneWorker();
    /// Creates the connectors of these files one after the other. Until a signal (0), the herder's death (1), or
    /// because the REST server cannot start or a file's connector cannot be created (3).
    int run(std::vector<std::string> files);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}
