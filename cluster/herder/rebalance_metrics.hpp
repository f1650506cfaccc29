/// How long this worker takes from an assignment until its work runs. Belongs to the control thread.
///
/// Facts   Kafka Connect, DistributedHerder: connect-worker-rebalance-metrics.
#pragma once
#include "worker/metrics/page.hpp"
#include "worker/metrics/sampled_stat.hpp"

#include <optional>
#include <string>

namespace millrace::cluster {

class RebalanceMetrics {
public:
    using Clock = worker::SampledStat::Clock;

    explicit RebalanceMetrics(worker::Sampling sampling) : times_(sampling) {}

    void begin();
    /// Nothing if none has begun.
    void complete();

    struct Group {
        std::string protocol;    ///< "SESSIONED"
        std::string leader_url;  ///< empty: not known
        int generation = -1;
    };
    void collect(worker::MetricsPage& page, const Group& group) const;

private:
    worker::SampledStat times_;
    std::optional<Clock::time_point> began_;
    std::optional<Clock::time_point> completed_;
};

}
