#include "cluster/herder/rebalance_metrics.hpp"

#include <limits>

namespace millrace::cluster {

namespace {

double milliseconds_of(RebalanceMetrics::Clock::duration time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

}

void RebalanceMetrics::begin() {
    if (!began_) began_ = Clock::now();
}

void RebalanceMetrics::complete() {
    if (!began_) return;
    completed_ = Clock::now();
    times_.record(milliseconds_of(*completed_ - *began_), *completed_);
    began_.reset();
}

void RebalanceMetrics::collect(worker::MetricsPage& page, const Group& group) const {
    constexpr std::string_view name = "connect-worker-rebalance-metrics";
    const auto now = Clock::now();
    page.connect_text(name, "connect-protocol", group.protocol);
    page.connect_text(name, "leader-name", group.leader_url);
    page.connect(name, "epoch", group.generation);
    page.connect(name, "completed-rebalances-total", static_cast<double>(times_.count()));
    page.connect(name, "rebalancing", began_ ? 1 : 0);
    page.connect(name, "rebalance-max-time-ms", times_.max(now));
    page.connect(name, "rebalance-avg-time-ms", times_.avg(now));
    page.connect(name, "time-since-last-rebalance-ms",
                 completed_ ? milliseconds_of(now - *completed_) : std::numeric_limits<double>::infinity());
}

}
