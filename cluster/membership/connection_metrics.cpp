#include "cluster/membership/connection_metrics.hpp"

#include <fmt/core.h>

namespace millrace::cluster {

namespace {

constexpr std::string_view connections_group = "connect-metrics";
constexpr std::string_view nodes_group = "connect-node-metrics";

double milliseconds(ConnectionListener::Clock::duration took) {
    return std::chrono::duration<double, std::milli>(took).count();
}

void collect_meter(worker::MetricsPage& page, std::string_view group, std::string_view name,
                   const worker::SampledStat& stat, std::span<const MetricLabel> labels) {
    page.connect(group, fmt::format("{}-rate", name), stat.rate(ConnectionListener::Clock::now()), labels);
    page.connect(group, fmt::format("{}-total", name), stat.total(), labels);
}

void collect_window(worker::MetricsPage& page, std::string_view group, std::string_view name,
                    const worker::SampledStat& stat, std::span<const MetricLabel> labels) {
    const auto now = ConnectionListener::Clock::now();
    page.connect(group, fmt::format("{}-avg", name), stat.avg(now), labels);
    page.connect(group, fmt::format("{}-max", name), stat.max(now), labels);
}

}

ConnectionMetrics::Traffic::Traffic(worker::Sampling sampling)
    : requests(sampling), request_count(sampling), responses(sampling), response_count(sampling), latencies(sampling) {}

ConnectionMetrics::ConnectionMetrics(worker::Sampling sampling)
    : sampling_(sampling),
      opened_(sampling),
      closed_(sampling),
      operations_(sampling),
      all_(sampling),
      accepted_(sampling),
      refused_(sampling),
      accepted_again_(sampling),
      refused_again_(sampling),
      renewals_(sampling) {}

void ConnectionMetrics::opened() {
    ++open_;
    opened_.record(1, Clock::now());
}

void ConnectionMetrics::closed() {
    --open_;
    closed_.record(1, Clock::now());
}

void ConnectionMetrics::sent(const std::string& node, std::size_t bytes) {
    const auto now = Clock::now();
    operations_.record(1, now);
    for (auto* traffic : {&all_, &nodes_.try_emplace(node, sampling_).first->second}) {
        traffic->requests.record(static_cast<double>(bytes), now);
        traffic->request_count.record(1, now);
    }
}

void ConnectionMetrics::received(const std::string& node, std::size_t bytes, Clock::duration took) {
    const auto now = Clock::now();
    operations_.record(1, now);
    for (auto* traffic : {&all_, &nodes_.try_emplace(node, sampling_).first->second}) {
        traffic->responses.record(static_cast<double>(bytes), now);
        traffic->response_count.record(1, now);
        traffic->latencies.record(milliseconds(took), now);
    }
}

void ConnectionMetrics::authenticated(bool accepted) { (accepted ? accepted_ : refused_).record(1, Clock::now()); }

void ConnectionMetrics::authenticated_again(bool accepted, Clock::duration took) {
    const auto now = Clock::now();
    (accepted ? accepted_again_ : refused_again_).record(1, now);
    if (accepted) renewals_.record(milliseconds(took), now);
}

void ConnectionMetrics::collect_traffic(worker::MetricsPage& page, std::string_view group, const Traffic& traffic,
                                        std::span<const MetricLabel> labels) {
    collect_meter(page, group, "request", traffic.request_count, labels);
    collect_meter(page, group, "response", traffic.response_count, labels);
    collect_meter(page, group, "outgoing-byte", traffic.requests, labels);
    collect_meter(page, group, "incoming-byte", traffic.responses, labels);
    collect_window(page, group, "request-size", traffic.requests, labels);
    collect_window(page, group, "request-latency", traffic.latencies, labels);
}

void ConnectionMetrics::collect(worker::MetricsPage& page, const std::string& client_id) const {
    const MetricLabel labels[] = {{"clientId", client_id}};
    page.connect(connections_group, "connection-count", open_, labels);
    collect_meter(page, connections_group, "connection-creation", opened_, labels);
    collect_meter(page, connections_group, "connection-close", closed_, labels);
    collect_meter(page, connections_group, "network-io", operations_, labels);
    collect_traffic(page, connections_group, all_, labels);
    collect_meter(page, connections_group, "successful-authentication", accepted_, labels);
    page.connect(connections_group, "successful-authentication-no-reauth-total", accepted_.total(), labels);
    collect_meter(page, connections_group, "failed-authentication", refused_, labels);
    collect_meter(page, connections_group, "successful-reauthentication", accepted_again_, labels);
    collect_meter(page, connections_group, "failed-reauthentication", refused_again_, labels);
    collect_window(page, connections_group, "reauthentication-latency", renewals_, labels);
    for (const auto& [node, traffic] : nodes_) {
        const MetricLabel of_node[] = {labels[0], {"nodeId", node}};
        collect_traffic(page, nodes_group, traffic, of_node);
    }
}

}
