/// Sends a connector's task configurations from the worker that runs it to the leader: POST /connectors/{c}/tasks,
/// signed with the group's session key.
#pragma once
#include "cluster/herder/leader_client.hpp"
#include "rest/forwarding/leader_client.hpp"

namespace millrace::rest {

class TaskConfigPublisher : public cluster::LeaderClient {
public:
    /// `algorithm` is the worker's inter.worker.signature.algorithm.
    TaskConfigPublisher(asio::any_io_executor executor, std::string algorithm, LeaderClientTls tls = {})
        : client_(std::move(executor), std::move(tls)), algorithm_(std::move(algorithm)) {}

    asio::awaitable<void> put_task_configs(std::string leader_url, std::string connector, std::vector<Settings> configs,
                                           std::optional<cluster::SessionKey> key) override;

private:
    rest::LeaderClient client_;
    std::string algorithm_;
};

}
