#include "worker/metrics/page.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>

namespace millrace::worker {

namespace {

/// In alphabetical order, so that a series has one text.
std::vector<prometheus::ClientMetric::Label> sorted(std::span<const MetricLabel> labels) {
    std::vector<prometheus::ClientMetric::Label> made;
    made.reserve(labels.size());
    for (const auto& label : labels) made.push_back({std::string(label.name), std::string(label.value)});
    std::sort(made.begin(), made.end());
    return made;
}

std::string label_name(std::string_view attribute) {
    std::string name(attribute);
    std::ranges::replace(name, '-', '_');
    return name;
}

}

MetricsPage::MetricsPage(MetricNames names) : names_(names) {}
MetricsPage::~MetricsPage() = default;

void MetricsPage::add(std::string_view name, MetricKind kind, std::string_view help, double value,
                      std::span<const MetricLabel> labels) {
    auto found = families_.find(name);
    if (found == families_.end()) {
        const auto type = kind == MetricKind::Counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
        found = families_
                    .emplace(name,
                             prometheus::MetricFamily{
                                 .name = std::string(name), .help = std::string(help), .type = type, .metric = {}})
                    .first;
    }
    auto& series = found->second.metric.emplace_back();
    series.label = sorted(labels);
    if (found->second.type == prometheus::MetricType::Counter) {
        series.counter.value = value;
    } else {
        series.gauge.value = value;
    }
}

void MetricsPage::write(const MetricKey& metric, double value, std::span<const MetricLabel> labels) {
    add(metric.name, metric.kind, metric.help, value, labels);
}

void MetricsPage::connect(std::string_view group, std::string_view attribute, double value,
                          std::span<const MetricLabel> labels) {
    const auto& metric = connect_metric(group, attribute);
    auto& name = connect_names_[&metric];
    if (name.empty()) name = prometheus_name(metric, names_);
    if (!is_of_client(metric)) ++of_connect_;
    const double factor = names_ == MetricNames::Strimzi ? metric.strimzi_factor : 1;
    add(name, kind_of(metric), metric.help, value * factor, labels);
}

void MetricsPage::count_metrics() { connect("kafka-metrics-count", "count", static_cast<double>(of_connect_ + 1)); }

void MetricsPage::connect_text(std::string_view group, std::string_view attribute, std::string_view text,
                               std::span<const MetricLabel> labels) {
    const auto name = label_name(attribute);
    std::vector<MetricLabel> all(labels.begin(), labels.end());
    all.push_back({name, text});
    connect(group, attribute, 1, all);
}

std::string MetricsPage::text() const {
    std::vector<prometheus::MetricFamily> all;
    all.reserve(families_.size());
    for (const auto& [name, family] : families_) all.push_back(family);
    return prometheus::TextSerializer().Serialize(all);
}

void TaskLabelWriter::write(const MetricKey& metric, double value, std::span<const MetricLabel> labels) {
    std::vector<MetricLabel> all(labels_.begin(), labels_.end());
    all.insert(all.end(), labels.begin(), labels.end());
    to_.write(metric, value, all);
}

}
