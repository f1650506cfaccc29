/// What /metrics says of a task's Kafka client: librdkafka's statistics under the names that Kafka's own clients have.
///
/// Input    the JSON that librdkafka describes in its STATISTICS.md, every `interval`
/// Threads  any
#pragma once
#include "worker/metrics/page.hpp"

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

namespace millrace::worker {

class ClientMetrics {
public:
    static constexpr std::chrono::milliseconds interval{5000};

    /// Keeps the text only: it is read when somebody asks.
    void update(std::string_view statistics);
    /// Of a consumer that sees committed transactions only: its lag ends where the first open one begins.
    void reads_committed();
    void collect(MetricsPage& page) const;

private:
    mutable std::mutex mutex_;
    std::string statistics_;  ///< empty before the first
    bool reads_committed_ = false;
};

}
