/// Security settings of Kafka's clients as our own client, for group membership and fencing, takes them.
///
/// Input   security.protocol, sasl.mechanism, sasl.jaas.config, ssl.*: the worker's (top level), or another client's.
/// Throws  ConfigException naming the key and the way out.
#pragma once
#include "cluster/membership/group_settings.hpp"
#include "worker/config/worker_config.hpp"

namespace millrace::worker {

cluster::SecuritySettings wire_security(const Settings& client);
/// Everything that membership needs, timings included.
cluster::GroupSettings group_settings(const WorkerConfig& config, const AdvertisedAddress& address);
/// The same with another client's brokers, name and credentials.
cluster::GroupSettings with_client(cluster::GroupSettings group, const Settings& client);

}
