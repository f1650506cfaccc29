/// What REST needs of a worker, distributed or standalone.
#pragma once
#include "rest/resources/services.hpp"
#include "worker/main/start_up.hpp"

namespace millrace::worker {

/// All three outlive the result.
rest::Services rest_services(const StartUp& made, cluster::Herder& herder, Worker& worker);

}
