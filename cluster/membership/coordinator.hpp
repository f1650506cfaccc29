/// The broker that coordinates the group: found, connected to, forgotten and found again.
///
/// State   A dedicated connection, apart from those that search: a broker answers nothing else on a connection while a
///         JoinGroup waits on it. Belongs to one executor thread.
/// Throws  from requests: DisconnectException, after which the coordinator is unknown; from discover(): see there.
#pragma once
#include "cluster/membership/group_settings.hpp"
#include "cluster/wire/connection.hpp"
#include "connectors/api/log.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace millrace::cluster {

class Coordinator {
public:
    Coordinator(const GroupSettings& settings, Logger logger, std::shared_ptr<ConnectionListener> connections);

    bool known() const noexcept { return connection_ && connection_->is_open(); }
    /// Searches, with back-off, for at most `limit`. False: not found in that time. Throws AuthenticationException,
    /// UnsupportedVersionException, or ConnectException when the group is forbidden to this user.
    asio::awaitable<bool> discover(std::chrono::milliseconds limit);
    void forget(const std::string& cause);

    /// A request to the known coordinator; a broken connection makes it unknown.
    template <class Request>
    asio::awaitable<typename Request::Response> call(Request request, std::chrono::milliseconds limit);

    std::string name() const { return name_; }

private:
    struct Broker {
        BrokerAddress address;
        std::int32_t id;
    };
    Broker next_broker();
    asio::awaitable<bool> attempt();
    asio::awaitable<void> learn_brokers(Connection* connection);
    ConnectionSettings connection_settings(std::int32_t node_id) const;
    void warn_once(const std::string& message);

    const GroupSettings& settings_;
    Logger logger_;
    std::shared_ptr<ConnectionListener> connections_;
    std::shared_ptr<Connection> connection_;  ///< shared with requests that are under way
    std::string name_ = "unknown";
    std::vector<Broker> brokers_;  ///< learned from metadata, besides the bootstrap servers
    std::size_t turn_ = 0;
    std::string last_warning_;
};

template <class Request>
asio::awaitable<typename Request::Response> Coordinator::call(Request request, std::chrono::milliseconds limit) {
    const auto connection = connection_;
    if (!connection) throw DisconnectException("the group coordinator is not known");
    std::string cause;
    try {
        co_return co_await connection->call(std::move(request), limit);
    } catch (const DisconnectException& e) {
        cause = e.what();
    }
    if (connection == connection_) forget(cause);
    throw DisconnectException(cause);
}

}
