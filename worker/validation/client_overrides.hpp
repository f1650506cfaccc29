/// Settings of Kafka clients that a connector's configuration overrides, and the policy that allows or refuses them.
///
/// Facts   Kafka Connect 4.3, connector.client.config.override.policy (KIP-458, KIP-1188); only the overrides of
/// clients
///         that the connector will use are looked at.
#pragma once
#include "connectors/api/errors.hpp"
#include "connectors/api/plugin.hpp"
#include "worker/validation/config_infos.hpp"

#include <vector>

namespace millrace::worker {

struct WorkerConfig;

/// A value is not of its setting's type. Kafka Connect ends the whole validation then, with a 500.
struct UnreadableOverrideException : ConnectException {
    using ConnectException::ConnectException;
};

/// Throws UnreadableOverrideException.
std::vector<ConfigInfo> check_client_overrides(const Settings& settings, const WorkerConfig& worker,
                                               PluginType connector_type);

}
