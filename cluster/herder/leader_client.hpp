/// How a follower gives the task configurations of a connector that it runs to the leader, who alone writes them.
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
};

}
