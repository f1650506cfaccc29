/// One answer to GET /metrics: takes values, gives Prometheus' text.
#pragma once
#include "worker/metrics/connect_metrics.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
struct MetricFamily;
}

namespace millrace::worker {

class MetricsPage final : public MetricWriter {
public:
    explicit MetricsPage(MetricNames names);
    ~MetricsPage() override;
    MetricsPage(const MetricsPage&) = delete;
    MetricsPage& operator=(const MetricsPage&) = delete;

    static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

    void write(const MetricKey& metric, double value, std::span<const MetricLabel> labels) override;
    /// One of connect_metrics(); with the labels of `with` before its own.
    void connect(std::string_view group, std::string_view attribute, double value,
                 std::span<const MetricLabel> labels = {});
    void connect_text(std::string_view group, std::string_view attribute, std::string_view text,
                      std::span<const MetricLabel> labels = {});
    /// kafka-metrics-count, of what was written until now.
    void count_metrics();
    /// The format's text, version 0.0.4; families by their names.
    std::string text() const;

private:
    void add(std::string_view name, MetricKind kind, std::string_view help, double value,
             std::span<const MetricLabel> labels);

    MetricNames names_;
    std::map<std::string, prometheus::MetricFamily, std::less<>> families_;
    /// The names of Connect's metrics, made once a page.
    std::map<const ConnectMetric*, std::string> connect_names_;
    std::size_t of_connect_ = 0;  ///< series of the domain kafka.connect
};

/// Adds the labels connector and task to what a plugin writes.
class TaskLabelWriter final : public MetricWriter {
public:
    TaskLabelWriter(MetricWriter& to, std::span<const MetricLabel> labels) : to_(to), labels_(labels) {}
    void write(const MetricKey& metric, double value, std::span<const MetricLabel> labels) override;

private:
    MetricWriter& to_;
    std::span<const MetricLabel> labels_;
};

}
