/// What REST needs of a worker, distributed or standalone.
#pragma once
#include "rest/resources/services.hpp"
#include "worker/main/start_up.hpp"

namespace millrace::worker {

/// What is referred to outlives the result. `client_ids`: whose app-info there is.
rest::Services rest_services(const StartUp& made, cluster::Herder& herder, Worker& worker,
                             std::vector<std::string> client_ids);

}
