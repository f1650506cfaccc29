/// What a member must know of its group and its brokers, with the defaults of Kafka Connect's worker properties.
#pragma once
#include "cluster/assignment/work.hpp"
#include "cluster/wire/connection.hpp"
#include "cluster/wire/security.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace millrace::cluster {

struct GroupSettings {
    using Millis = std::chrono::milliseconds;

    std::string group_id;           ///< group.id
    std::string client_id;          ///< client.id, else "connect-<host:port>"; member ids begin with it
    std::string advertised_url;     ///< of this worker's REST API, with trailing slash
    std::string fingerprint = {};   ///< of the certificate that this worker shows to its peers; "": none
    std::string config_topic = {};  ///< config.storage.topic: tells one cluster from another; "": do not tell
    std::vector<BrokerAddress> bootstrap_servers;
    SecuritySettings security = {};
    Protocol protocol = Protocol::Sessioned;  ///< connect.protocol
    Millis session_timeout{10'000};
    Millis heartbeat_interval{3'000};
    Millis rebalance_timeout{60'000};
    Millis retry_backoff{100};
    Millis retry_backoff_max{1'000};
    Millis request_timeout{40'000};
    Millis connection_setup_timeout{10'000};
    Millis scheduled_rebalance_max_delay{300'000};
};

}
