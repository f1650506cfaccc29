#include "cluster/membership/coordinator.hpp"

#include "cluster/async/with_timeout.hpp"
#include "cluster/membership/reactions.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <random>
#include <utility>

namespace millrace::cluster {

namespace {

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

ConnectionSettings Coordinator::connection_settings() const {
    return {.client_id = settings_.client_id,
            .security = settings_.security,
            .connection_setup_timeout = settings_.connection_setup_timeout,
            .request_timeout = settings_.request_timeout,
            .listener = connections_};
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

asio::awaitable<bool> Coordinator::attempt() {
    std::vector<BrokerAddress> candidates = settings_.bootstrap_servers;
    for (const auto& broker : brokers_)
        if (std::find(candidates.begin(), candidates.end(), broker) == candidates.end()) candidates.push_back(broker);
    const auto address = candidates.at(turn_++ % candidates.size());

    const auto searching = co_await Connection::open(address, connection_settings());
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
    connection_ = co_await Connection::open(coordinator, connection_settings());
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
        brokers_.push_back({.host = broker.host, .port = static_cast<std::uint16_t>(broker.port)});
}

}
