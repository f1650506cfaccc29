/// What a follower asks of the leader for the work that it runs: to write task configurations, and to fence producers.
#pragma once
#include "cluster/storage/cluster_config_state.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace millrace::cluster {

class LeaderClient {
public:
    virtual ~LeaderClient() = default;
    /// POST <leader_url>connectors/<connector>/tasks, signed with the key unless there is none. Throws
    /// SignatureException with status 403 if the leader refused the signature, ConnectException for whatever else.
    virtual boost::asio::awaitable<void> put_task_configs(std::string leader_url, std::string connector,
                                                          std::vector<Settings> configs,
                                                          std::optional<SessionKey> key) = 0;
    /// PUT <leader_url>connectors/<connector>/fence, signed likewise; the same errors.
    virtual boost::asio::awaitable<void> fence_zombies(std::string leader_url, std::string connector,
                                                       std::optional<SessionKey> key) = 0;
};

}
