/// What /metrics says of a Kafka client: librdkafka's statistics under the names that Kafka's own clients have.
///
/// Input    the JSON that librdkafka describes in its STATISTICS.md, every `interval`
/// Threads  any
#pragma once
#include "worker/metrics/page.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::worker {

class ClientMetrics {
public:
    enum class Role : std::uint8_t { Records, Admin };  ///< to librdkafka an admin client is a producer
    explicit ClientMetrics(Role role = Role::Records) noexcept : role_(role) {}
    static constexpr std::chrono::milliseconds interval{5000};

    /// Keeps the text only: it is read when somebody asks. `name`: rd_kafka_name() of the client.
    void update(std::string_view name, std::string_view client_id, std::string_view statistics);
    /// Of a consumer that sees committed transactions only: its lag ends where the first open one begins.
    void reads_committed();
    void collect(MetricsPage& page) const;

private:
    const Role role_;
    mutable std::mutex mutex_;
    std::string client_id_;
    std::string statistics_;  ///< empty before the first
    bool reads_committed_ = false;
};

/// The clients that belong to no task, such as those of the internal topics: for as long as they are held. Threads:
/// any.
class ClientMetricsList {
public:
    std::shared_ptr<ClientMetrics> add(ClientMetrics::Role role = ClientMetrics::Role::Records);
    void collect(MetricsPage& page) const;

private:
    mutable std::mutex mutex_;
    std::vector<std::weak_ptr<const ClientMetrics>> clients_;
};

}
