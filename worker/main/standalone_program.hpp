/// The program connect-standalone: a worker without a group.
///
/// Exit status, as Kafka Connect's: 0 stopped by SIGTERM or SIGINT, 1 wrong usage or the herder's death, 2 settings
/// that will not do, 3 the REST server cannot start or a connector's file fails.
#pragma once

namespace millrace::worker {

int run_connect_standalone(int argc, char** argv);

}
