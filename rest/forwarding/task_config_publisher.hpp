/// Sends the internal requests of a worker that runs connectors and tasks to the leader: POST /connectors/{c}/tasks and
/// PUT /connectors/{c}/fence, signed with the group's session key.
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
    asio::awaitable<void> fence_zombies(std::string leader_url, std::string connector,
                                        std::optional<cluster::SessionKey> key) override;

private:
    asio::awaitable<void> ask(std::string leader_url, std::string method, std::string target, std::string body,
                              std::optional<cluster::SessionKey> key, std::string what);

    rest::LeaderClient client_;
    std::string algorithm_;
};

}
