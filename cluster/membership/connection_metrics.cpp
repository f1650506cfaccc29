#include "cluster/membership/connection_metrics.hpp"

#include <fmt/core.h>

namespace millrace::cluster {

namespace {

constexpr std::string_view connections_group = "connect-metrics";

}

ConnectionMetrics::ConnectionMetrics(worker::Sampling sampling)
    : opened_(sampling),
      closed_(sampling),
      requests_(sampling),
      request_count_(sampling),
      responses_(sampling),
      response_count_(sampling),
      latencies_(sampling),
      accepted_(sampling),
      refused_(sampling) {}

void ConnectionMetrics::opened() {
    ++open_;
    opened_.record(1, Clock::now());
}

void ConnectionMetrics::closed() {
    --open_;
    closed_.record(1, Clock::now());
}

void ConnectionMetrics::sent(std::size_t bytes) {
    const auto now = Clock::now();
    requests_.record(static_cast<double>(bytes), now);
    request_count_.record(1, now);
}

void ConnectionMetrics::received(std::size_t bytes, Clock::duration took) {
    const auto now = Clock::now();
    responses_.record(static_cast<double>(bytes), now);
    response_count_.record(1, now);
    latencies_.record(std::chrono::duration<double, std::milli>(took).count(), now);
}

void ConnectionMetrics::authenticated(bool accepted) { (accepted ? accepted_ : refused_).record(1, Clock::now()); }

void ConnectionMetrics::collect(worker::MetricsPage& page, const std::string& client_id) const {
    const auto now = Clock::now();
    const MetricLabel labels[] = {{"clientId", client_id}};
    const auto write = [&](std::string_view attribute, double value) {
        page.connect(connections_group, attribute, value, labels);
    };
    const auto meter = [&](std::string_view name, const worker::SampledStat& stat) {
        write(fmt::format("{}-rate", name), stat.rate(now));
        write(fmt::format("{}-total", name), stat.total());
    };
    write("connection-count", open_);
    meter("connection-creation", opened_);
    meter("connection-close", closed_);
    meter("request", request_count_);
    meter("response", response_count_);
    meter("outgoing-byte", requests_);
    meter("incoming-byte", responses_);
    write("request-size-avg", requests_.avg(now));
    write("request-size-max", requests_.max(now));
    write("request-latency-avg", latencies_.avg(now));
    write("request-latency-max", latencies_.max(now));
    meter("successful-authentication", accepted_);
    meter("failed-authentication", refused_);
}

}
