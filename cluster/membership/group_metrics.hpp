/// What a member's requests to its coordinator took. Belongs to the control thread.
///
/// Facts   Kafka, ConsumerCoordinatorMetrics and WorkerCoordinatorMetrics: connect-coordinator-metrics.
#pragma once
#include "worker/metrics/page.hpp"
#include "worker/metrics/sampled_stat.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace millrace::cluster {

class GroupMetrics {
public:
    using Clock = worker::SampledStat::Clock;

    explicit GroupMetrics(worker::Sampling sampling = {});

    void heartbeat(Clock::duration took);
    void joined(Clock::duration took);
    void synced(Clock::duration took);
    /// A round from its beginning to the assignment.
    void rebalanced(Clock::duration took);
    void rebalance_failed();
    void collect(worker::MetricsPage& page, const std::string& client_id, std::size_t connectors,
                 std::size_t tasks) const;

private:
    worker::SampledStat heartbeats_;
    worker::SampledStat heartbeat_count_;
    worker::SampledStat joins_;
    worker::SampledStat join_count_;
    worker::SampledStat syncs_;
    worker::SampledStat sync_count_;
    worker::SampledStat rebalances_;
    worker::SampledStat rebalance_count_;
    worker::SampledStat failures_;
    std::optional<Clock::time_point> last_heartbeat_;
    std::optional<Clock::time_point> last_rebalance_;
};

}
