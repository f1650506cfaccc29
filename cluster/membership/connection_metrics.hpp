/// What the group member's connections to brokers have carried. Belongs to the control thread.
///
/// Facts   Kafka, SelectorMetrics and KafkaMetricsGroup of its network client: connect-metrics.
#pragma once
#include "cluster/wire/connection.hpp"
#include "worker/metrics/page.hpp"
#include "worker/metrics/sampled_stat.hpp"

namespace millrace::cluster {

class ConnectionMetrics final : public ConnectionListener {
public:
    explicit ConnectionMetrics(worker::Sampling sampling = {});

    void opened() override;
    void closed() override;
    void sent(std::size_t bytes) override;
    void received(std::size_t bytes, Clock::duration took) override;
    void authenticated(bool accepted) override;
    void collect(worker::MetricsPage& page, const std::string& client_id) const;

private:
    int open_ = 0;
    worker::SampledStat opened_;
    worker::SampledStat closed_;
    worker::SampledStat requests_;  ///< their sizes
    worker::SampledStat request_count_;
    worker::SampledStat responses_;  ///< their sizes
    worker::SampledStat response_count_;
    worker::SampledStat latencies_;  ///< in milliseconds
    worker::SampledStat accepted_;
    worker::SampledStat refused_;
};

}
