#include "worker/metrics/worker_metrics.hpp"

#include <string>

namespace millrace::worker {

namespace {

constexpr std::string_view group = "connect-worker-metrics";

void collect_starts(MetricsPage& page, const std::string& what, const SampledStat& starts) {
    const auto attempts = static_cast<double>(starts.count());
    const auto now = SampledStat::Clock::now();
    page.connect(group, what + "-startup-attempts-total", attempts);
    page.connect(group, what + "-startup-success-total", starts.total());
    page.connect(group, what + "-startup-failure-total", attempts - starts.total());
    page.connect(group, what + "-startup-success-percentage", starts.share_of(true, now));
    page.connect(group, what + "-startup-failure-percentage", starts.share_of(false, now));
}

}

void WorkerMetrics::connector_start(bool success) {
    const std::lock_guard lock(mutex_);
    connectors_.record(success ? 1 : 0, SampledStat::Clock::now());
}

void WorkerMetrics::task_start(bool success) {
    const std::lock_guard lock(mutex_);
    tasks_.record(success ? 1 : 0, SampledStat::Clock::now());
}

void WorkerMetrics::collect(MetricsPage& page, std::size_t connectors, std::size_t tasks) const {
    const std::lock_guard lock(mutex_);
    page.connect(group, "connector-count", static_cast<double>(connectors));
    page.connect(group, "task-count", static_cast<double>(tasks));
    collect_starts(page, "connector", connectors_);
    collect_starts(page, "task", tasks_);
}

}
