/// Whether a server's certificate must be for the name that the server was asked by.
///
/// Errors  ConfigException naming the setting and its value, if it is none that Java knows: there each handshake fails.
/// Facts   javax.net.ssl.SSLParameters: HTTPS and LDAPS, in any case of the letters, or none.
#pragma once
#include "connectors/api/config_def.hpp"

namespace millrace {

/// From ssl.endpoint.identification.algorithm, of a connection that uses TLS: without TLS it may be anything.
bool checks_host_name(const Settings& settings);

}
