// Against a real broker, MILLRACE_TEST_KAFKA=host:port.
#include "cluster/herder/producer_fencing.hpp"
#include "cluster/wire/connection.hpp"
#include "tests/pch.hpp"
#include "tests/unit/cluster/async/run.hpp"
#include "tests/unit/environment.hpp"

#include <unistd.h>

using namespace millrace;
using namespace millrace::cluster;
using namespace std::chrono_literals;

namespace {

/// The epoch that a producer of this id gets now.
asio::awaitable<int> next_epoch(BrokerAddress broker, std::string id) {
    ConnectionSettings settings;
    settings.client_id = "test";
    const auto connection = co_await Connection::open(std::move(broker), std::move(settings));
    InitProducerIdRequest request;
    request.transactional_id = std::move(id);
    request.transaction_timeout_ms = 10'000;
    const auto answer = co_await connection->call(std::move(request));
    CHECK(answer.error_code == 0);
    co_return answer.producer_epoch;
}

asio::awaitable<void> fence_between(GroupSettings settings, std::string id) {
    const auto broker = settings.bootstrap_servers.front();
    std::vector<std::string> ids{id};
    const std::function<void()> wanted = [] {};
    co_await fence_producers(settings, ids, 60s, wanted);
    const auto before = co_await next_epoch(broker, id);
    co_await fence_producers(settings, ids, 60s, wanted);
    const auto after = co_await next_epoch(broker, id);
    CHECK(after == before + 2);  // one more for the fencing in between
}

}

TEST_CASE("fencing takes the epoch that an older producer writes with", "[herder][fencing]") {
    const auto brokers = from_environment("MILLRACE_TEST_KAFKA");
    if (!brokers) return;
    GroupSettings settings;
    settings.client_id = "test";
    settings.bootstrap_servers = parse_bootstrap_servers(*brokers);
    asio::io_context context;
    run(context, fence_between(settings, "millrace-fencing-" + std::to_string(::getpid())));
}
