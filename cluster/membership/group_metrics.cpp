#include "cluster/membership/group_metrics.hpp"

namespace millrace::cluster {

namespace {

constexpr std::string_view group = "connect-coordinator-metrics";
constexpr double seconds_an_hour = 3600;

double milliseconds_of(GroupMetrics::Clock::duration time) {
    return std::chrono::duration<double, std::milli>(time).count();
}
double seconds_since(const std::optional<GroupMetrics::Clock::time_point>& time, GroupMetrics::Clock::time_point now) {
    return time ? std::chrono::duration<double>(now - *time).count() : -1;
}

}

GroupMetrics::GroupMetrics(worker::Sampling sampling)
    : heartbeats_(sampling),
      heartbeat_count_(sampling),
      joins_(sampling),
      join_count_(sampling),
      syncs_(sampling),
      sync_count_(sampling),
      rebalances_(sampling),
      rebalance_count_(sampling),
      failures_(sampling) {}

void GroupMetrics::heartbeat(Clock::duration took) {
    const auto now = Clock::now();
    heartbeats_.record(milliseconds_of(took), now);
    heartbeat_count_.record(1, now);
    last_heartbeat_ = now;
}

void GroupMetrics::joined(Clock::duration took) {
    joins_.record(milliseconds_of(took), Clock::now());
    join_count_.record(1, Clock::now());
}

void GroupMetrics::synced(Clock::duration took) {
    syncs_.record(milliseconds_of(took), Clock::now());
    sync_count_.record(1, Clock::now());
}

void GroupMetrics::rebalanced(Clock::duration took) {
    const auto now = Clock::now();
    rebalances_.record(milliseconds_of(took), now);
    rebalance_count_.record(1, now);
    last_rebalance_ = now;
}

void GroupMetrics::rebalance_failed() { failures_.record(1, Clock::now()); }

void GroupMetrics::collect(worker::MetricsPage& page, const std::string& client_id, std::size_t connectors,
                           std::size_t tasks) const {
    const auto now = Clock::now();
    const MetricLabel labels[] = {{"clientId", client_id}};
    const auto write = [&](std::string_view attribute, double value) { page.connect(group, attribute, value, labels); };
    write("assigned-connectors", static_cast<double>(connectors));
    write("assigned-tasks", static_cast<double>(tasks));
    write("heartbeat-rate", heartbeat_count_.rate(now));
    write("heartbeat-total", heartbeat_count_.total());
    write("heartbeat-response-time-max", heartbeats_.max(now));
    write("last-heartbeat-seconds-ago", seconds_since(last_heartbeat_, now));
    write("join-rate", join_count_.rate(now));
    write("join-total", join_count_.total());
    write("join-time-avg", joins_.avg(now));
    write("join-time-max", joins_.max(now));
    write("sync-rate", sync_count_.rate(now));
    write("sync-total", sync_count_.total());
    write("sync-time-avg", syncs_.avg(now));
    write("sync-time-max", syncs_.max(now));
    write("rebalance-total", rebalance_count_.total());
    write("rebalance-rate-per-hour", rebalance_count_.rate(now) * seconds_an_hour);
    write("rebalance-latency-avg", rebalances_.avg(now));
    write("rebalance-latency-max", rebalances_.max(now));
    write("rebalance-latency-total", rebalances_.total());
    write("failed-rebalance-total", failures_.total());
    write("failed-rebalance-rate-per-hour", failures_.rate(now) * seconds_an_hour);
    write("last-rebalance-seconds-ago", seconds_since(last_rebalance_, now));
}

}
