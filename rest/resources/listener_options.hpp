/// What the HTTP server needs to know of a worker's settings.
#pragma once
#include "rest/forwarding/leader_client.hpp"
#include "rest/http/server.hpp"

#include <string>

namespace millrace::worker {
struct WorkerConfig;
}

namespace millrace::rest {

/// `listeners`, and for https ones the settings listeners.https.ssl.*, or ssl.* where none of those is given; then
/// `admin.listeners` with admin.listeners.https.ssl.* likewise; and the limits of millrace.rest.*. Throws
/// ConfigException for key stores that cannot be read. `held`: ports of theirs that were taken before.
ServerOptions server_options(const worker::WorkerConfig& config, std::string product, const HeldPorts& held = {});

/// Takes a free port for every listener whose port is 0, and puts it there. Throws ConnectException.
HeldPorts hold_free_ports(worker::WorkerConfig& config);

/// How other workers' https URLs are asked, by the same settings. Peers are the caller's to add.
LeaderClientTls forwarding_tls(const worker::WorkerConfig& config);

}
