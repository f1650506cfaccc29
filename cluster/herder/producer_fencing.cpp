#include "cluster/herder/producer_fencing.hpp"

#include "cluster/async/with_timeout.hpp"
#include "cluster/wire/connection.hpp"
#include "cluster/wire/error_code.hpp"

#include <fmt/format.h>

namespace millrace::cluster {

namespace {

constexpr std::chrono::milliseconds retry_pause{100};
constexpr std::int8_t transaction_key_type = 1;
/// What the new producer would be allowed; nothing is written with it.
constexpr std::int32_t transaction_timeout_ms = 90'000;

ConnectionSettings connection_settings(const GroupSettings& settings) {
    return {.client_id = settings.client_id,
            .security = settings.security,
            .connection_setup_timeout = settings.connection_setup_timeout,
            .request_timeout = settings.request_timeout};
}

[[noreturn]] void fail(const std::string& id, std::int16_t error) {
    const auto code = static_cast<ErrorCode>(error);
    const auto message = fmt::format("Failed to fence the producers of transactional id {}: {}", id, to_string(code));
    if (code != ErrorCode::TransactionalIdAuthorizationFailed) throw ConnectException(message);
    throw PermanentException(message +
                             ". Allow the principal of the connector's admin client to Describe and Write it");
}

bool passes(ErrorCode error) noexcept { return is_retriable(error) || error == ErrorCode::ConcurrentTransactions; }

/// The broker that coordinates this id's transactions; none when it is not known at the moment.
asio::awaitable<std::optional<BrokerAddress>> find_coordinator(BrokerAddress broker, ConnectionSettings settings,
                                                               std::string id) {
    const auto connection = co_await Connection::open(std::move(broker), std::move(settings));
    FindCoordinatorRequest request;
    request.key = id;
    request.key_type = transaction_key_type;
    request.coordinator_keys = {id};
    const auto answer = co_await connection->call(std::move(request));
    const auto found = answer.coordinator();
    if (found.error_code == 0) {
        co_return BrokerAddress{.host = found.host, .port = static_cast<std::uint16_t>(found.port)};
    }
    if (!passes(static_cast<ErrorCode>(found.error_code))) fail(id, found.error_code);
    co_return std::nullopt;
}

/// False when it has to be tried again.
asio::awaitable<bool> initialise(BrokerAddress coordinator, ConnectionSettings settings, std::string id,
                                 std::function<void()> still_wanted) {
    const auto connection = co_await Connection::open(std::move(coordinator), std::move(settings));
    still_wanted();
    InitProducerIdRequest request;
    request.transactional_id = id;
    request.transaction_timeout_ms = transaction_timeout_ms;
    const auto answer = co_await connection->call(std::move(request));
    if (answer.error_code == 0) co_return true;
    if (!passes(static_cast<ErrorCode>(answer.error_code))) fail(id, answer.error_code);
    co_return false;
}

asio::awaitable<bool> try_to_fence(BrokerAddress broker, ConnectionSettings settings, std::string id,
                                   std::function<void()> still_wanted) {
    try {
        auto coordinator = co_await find_coordinator(std::move(broker), settings, id);
        if (!coordinator) co_return false;
        co_return co_await initialise(std::move(*coordinator), settings, id, std::move(still_wanted));
    } catch (const DisconnectException&) {
        co_return false;
    }
}

asio::awaitable<void> fence_all(GroupSettings settings, std::vector<std::string> ids,
                                std::function<void()> still_wanted) {
    const auto connection = connection_settings(settings);
    std::size_t turn = 0;
    for (const auto& id : ids) {
        for (;;) {
            auto broker = settings.bootstrap_servers.at(turn++ % settings.bootstrap_servers.size());
            if (co_await try_to_fence(std::move(broker), connection, id, still_wanted)) break;
            co_await sleep_for(retry_pause);
        }
    }
}

}

FencingPlan plan_fencing(const ClusterConfigState& state, const std::string& group_id, const std::string& connector) {
    FencingPlan plan;
    if (!state.pending_fencing.contains(connector)) return plan;
    const auto tasks = state.task_counts.find(connector);
    plan.task_count = tasks == state.task_counts.end() ? 0 : tasks->second;
    const auto recorded = state.task_count_records.find(connector);
    if (recorded == state.task_count_records.end()) return plan;
    // One task before and after: its new producer fences the old one by itself.
    if (recorded->second == 1 && plan.task_count == 1) return plan;
    for (int task = 0; task < recorded->second; ++task) {
        plan.transactional_ids.push_back(fmt::format("{}-{}-{}", group_id, connector, task));
    }
    return plan;
}

asio::awaitable<void> fence_producers(GroupSettings settings, std::vector<std::string> transactional_ids,
                                      std::chrono::milliseconds limit, std::function<void()> still_wanted) {
    if (transactional_ids.empty()) co_return;
    auto all = fence_all(std::move(settings), std::move(transactional_ids), std::move(still_wanted));
    co_await with_timeout(limit, std::move(all), "Fencing the producers of earlier tasks");
}

}
