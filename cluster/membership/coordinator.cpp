#include "cluster/membership/coordinator.hpp"

#include "cluster/async/with_timeout.hpp"
#include "cluster/membership/reactions.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <random>
#include <utility>

namespace millrace::cluster {

namespace {

/// Kafka's clients keep a connection of its own to the coordinator, under this number less the broker's.
constexpr auto id_of_coordinators = std::numeric_limits<std::int32_t>::max();

/// Doubles from attempt to attempt, ±20 %, so that workers that lost the same broker do not return in step.
std::chrono::milliseconds backoff(const GroupSettings& settings, int attempt) {
    const auto exponential = settings.retry_backoff * (1 << std::min(attempt, 10));
    const auto limited = std::min(exponential, settings.retry_backoff_max);
    std::uniform_real_distribution<> jitter{0.8, 1.2};
    std::random_device random;
    return std::chrono::milliseconds{
        static_cast<std::chrono::milliseconds::rep>(static_cast<double>(limited.count()) * jitter(random))};
}

}

Coordinator::Coordinator(const GroupSettings& settings, Logger logger, std::shared_ptr<ConnectionListener> connections)
    : settings_(settings), logger_(std::move(logger)), connections_(std::move(connections)) {}

ConnectionSettings Coordinator::connection_settings(std::int32_t node_id) const {
    return {.client_id = settings_.client_id,
            .security = settings_.security,
            .connection_setup_timeout = settings_.connection_setup_timeout,
            .request_timeout = settings_.request_timeout,
            .listener = connections_,
            .node = fmt::format("node-{}", node_id)};
}

void Coordinator::warn_once(const std::string& message) {
    if (message == last_warning_)
        logger_.debug("{}", message);
    else
        logger_.warn("{}", message);
    last_warning_ = message;
}

void Coordinator::forget(const std::string& cause) {
    if (!connection_) return;
    logger_.info("Group coordinator {} is unavailable or invalid due to cause: {}. Rediscovery will be attempted.",
                 name_, cause);
    connection_->close();
    connection_.reset();
}

asio::awaitable<bool> Coordinator::discover(std::chrono::milliseconds limit) {
    const auto deadline = Event::Clock::now() + limit;
    for (int tries = 0;; ++tries) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Event::Clock::now());
        if (left <= std::chrono::milliseconds{0}) co_return false;
        std::string why;
        try {
            if (co_await with_timeout(left, attempt(), "finding the group coordinator")) co_return true;
        } catch (const TimeoutException& e) {
            why = e.what();
        } catch (const DisconnectException& e) {
            why = e.what();
        }
        if (!why.empty()) warn_once(why);
        co_await sleep_for(std::min(backoff(settings_, tries), left));
    }
}

/// The next to be asked. Those of bootstrap.servers have the numbers that Kafka's clients give them.
Coordinator::Broker Coordinator::next_broker() {
    std::vector<Broker> candidates;
    for (const auto& address : settings_.bootstrap_servers) {
        candidates.push_back({address, -1 - static_cast<std::int32_t>(candidates.size())});
    }
    for (const auto& broker : brokers_) {
        if (std::ranges::find(candidates, broker.address, &Broker::address) == candidates.end()) {
            candidates.push_back(broker);
        }
    }
    return candidates.at(turn_++ % candidates.size());
}

asio::awaitable<bool> Coordinator::attempt() {
    const auto broker = next_broker();
    const auto searching = co_await Connection::open(broker.address, connection_settings(broker.id));
    auto request = FindCoordinatorRequest::for_group(settings_.group_id);
    const auto answer = co_await searching->call(std::move(request));
    const auto found = answer.coordinator();
    const auto error = static_cast<ErrorCode>(found.error_code);
    switch (reaction_to(GroupRequest::FindCoordinator, error)) {
    case Reaction::Proceed:
        break;
    case Reaction::Fatal:
        if (error == ErrorCode::GroupAuthorizationFailed)
            throw ConnectException(fmt::format("Not authorized to access group: {}", settings_.group_id));
        throw ConnectException(fmt::format("Finding the coordinator of group {} failed: {}", settings_.group_id,
                                           found.error_message.value_or(to_string(error))));
    default:
        logger_.debug("Group coordinator lookup failed: {}", to_string(error));
        co_return false;
    }
    co_await learn_brokers(searching.get());
    const BrokerAddress coordinator{.host = found.host, .port = static_cast<std::uint16_t>(found.port)};
    connection_ = co_await Connection::open(coordinator, connection_settings(id_of_coordinators - found.node_id));
    name_ = fmt::format("{}:{} (id: {})", found.host, found.port, found.node_id);
    last_warning_.clear();
    logger_.info("Discovered group coordinator {}", name_);
    co_return true;
}

asio::awaitable<void> Coordinator::learn_brokers(Connection* connection) {
    MetadataRequest brokers_only;
    const auto metadata = co_await connection->call(std::move(brokers_only));
    brokers_.clear();
    for (const auto& broker : metadata.brokers)
        brokers_.push_back({{.host = broker.host, .port = static_cast<std::uint16_t>(broker.port)}, broker.node_id});
}

}
