/// Whether a worker on this host is ready, for HEALTHCHECK of images and probes that have no other program.
#pragma once
#include "worker/config/listener.hpp"

#include <span>
#include <string>

namespace millrace::worker {

/// "http://127.0.0.1:8083/health" of the first listener, the plain ones before those of TLS. Throws ConfigException if
/// there is none.
std::string health_url(std::span<const Listener> listeners);

/// Asks, for at most five seconds, and prints the answer. 0 if it is 200, or 401 of a worker that has users, else
/// 1. Certificates are not checked: this is
/// no other host.
int check_health(const std::string& url);

}
