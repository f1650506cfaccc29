/// The program connect-distributed: one worker of a Connect group. The only place, with what stands beside it, that
/// sees every layer.
///
/// Exit status, as Kafka Connect's: 0 stopped by SIGTERM or SIGINT, 1 wrong usage or the herder's death, 2 settings
/// that will not do, 3 the REST server cannot start.
#pragma once

namespace millrace::worker {

int run_connect_distributed(int argc, char** argv);

}
