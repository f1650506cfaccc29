/// The worker's security settings as its own Kafka client, the group member, takes them.
///
/// Input   security.protocol, sasl.mechanism, sasl.jaas.config, ssl.* of the worker (top level).
/// Throws  ConfigException naming the key and the way out.
#pragma once
#include "cluster/membership/group_settings.hpp"
#include "worker/config/worker_config.hpp"

namespace millrace::worker {

cluster::SecuritySettings group_security(const WorkerConfig& config);
/// Everything that membership needs, timings included.
cluster::GroupSettings group_settings(const WorkerConfig& config, const AdvertisedAddress& address);

}
