/// One worker of a Connect group, composed: stores, herder, worker, REST. run() turns the control thread.
#pragma once
#include "worker/main/start_up.hpp"

#include <memory>

namespace millrace::worker {

class DistributedWorker {
public:
    /// `made` outlives this.
    explicit DistributedWorker(const StartUp& made);
    ~DistributedWorker();
    /// Until SIGTERM or SIGINT (0), the herder's death (1), or because the REST server cannot start (3).
    int run();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}
