/// What a plugin publishes at the worker's GET /metrics, besides what every connector and task has there.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace millrace {

enum class MetricKind : std::uint8_t {
    Counter,  ///< only grows while its object lives
    Gauge
};

/// One metric: a row in a plugin's table of them.
struct MetricKey {
    std::string_view name;  ///< as it is published; letters, digits and '_'
    MetricKind kind = MetricKind::Gauge;
    std::string_view help = {};  ///< one sentence: meaning and unit
};

struct MetricLabel {
    std::string_view name;
    std::string_view value;
};

class MetricWriter {
public:
    virtual ~MetricWriter() = default;
    virtual void write(const MetricKey& metric, double value, std::span<const MetricLabel> labels) = 0;
};

/// Called on a thread of the worker whenever somebody asks for metrics: reads what is there and does not wait.
using MetricCollector = std::function<void(MetricWriter&)>;

}
