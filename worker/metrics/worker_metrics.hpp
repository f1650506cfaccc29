/// How starts of connectors and tasks went on this worker. Threads: any.
#pragma once
#include "worker/metrics/page.hpp"
#include "worker/metrics/sampled_stat.hpp"

#include <mutex>

namespace millrace::worker {

class WorkerMetrics {
public:
    explicit WorkerMetrics(Sampling sampling) : connectors_(sampling), tasks_(sampling) {}

    void connector_start(bool success);
    void task_start(bool success);
    void collect(MetricsPage& page, std::size_t connectors, std::size_t tasks) const;

private:
    mutable std::mutex mutex_;
    SampledStat connectors_;  ///< 1 for a success, 0 for a failure
    SampledStat tasks_;
};

}
