/// What the group member's connections to brokers have carried. Belongs to the control thread.
///
/// Facts   Kafka, the Selector of its network client: connect-metrics, and for each broker connect-node-metrics.
#pragma once
#include "cluster/wire/connection.hpp"
#include "worker/metrics/page.hpp"
#include "worker/metrics/sampled_stat.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace millrace::cluster {

class ConnectionMetrics final : public ConnectionListener {
public:
    explicit ConnectionMetrics(worker::Sampling sampling = {});

    void opened() override;
    void closed() override;
    void sent(const std::string& node, std::size_t bytes) override;
    void received(const std::string& node, std::size_t bytes, Clock::duration took) override;
    void authenticated(bool accepted) override;
    void authenticated_again(bool accepted, Clock::duration took) override;
    void collect(worker::MetricsPage& page, const std::string& client_id) const;

private:
    struct Traffic {
        explicit Traffic(worker::Sampling sampling);
        worker::SampledStat requests;  ///< their sizes
        worker::SampledStat request_count;
        worker::SampledStat responses;  ///< their sizes
        worker::SampledStat response_count;
        worker::SampledStat latencies;  ///< in milliseconds
    };
    static void collect_traffic(worker::MetricsPage& page, std::string_view group, const Traffic& traffic,
                                std::span<const MetricLabel> labels);

    worker::Sampling sampling_;
    int open_ = 0;
    worker::SampledStat opened_;
    worker::SampledStat closed_;
    worker::SampledStat operations_;  ///< on the network: requests sent, answers received
    Traffic all_;
    std::map<std::string, Traffic> nodes_;
    worker::SampledStat accepted_;
    worker::SampledStat refused_;
    worker::SampledStat accepted_again_;
    worker::SampledStat refused_again_;
    worker::SampledStat renewals_;  ///< in milliseconds
};

}
