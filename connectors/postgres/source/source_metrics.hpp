/// What the MBeans debezium.postgres:type=connector-metrics tell of a connector, for the worker's /metrics, and what
/// the replication slot keeps back.
///
/// Threads  The decoder's thread writes, a batch at a time; whoever asks for metrics reads.
/// Facts    Debezium 3.7, "Monitoring"; names and labels as the rules for the JMX exporter in its examples make them.
#pragma once
#include "connectors/api/metrics.hpp"
#include "connectors/postgres/source/batch_queue.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::postgres {

/// What a stream has shown since it began. Plain numbers: they belong to the decoder's thread.
struct EventCounts {
    std::int64_t creates = 0;
    std::int64_t updates = 0;
    std::int64_t deletes = 0;
    std::int64_t truncates = 0;
    std::int64_t messages = 0;
    std::int64_t filtered = 0;   ///< of tables that are not captured
    std::int64_t unchanged = 0;  ///< left out by skip.messages.without.change
    std::int64_t erroneous = 0;
    std::int64_t transactions = 0;
    std::uint32_t last_transaction = 0;
    std::optional<std::int64_t> last_event_usec = {};  ///< commit time of the last event, since 1970
    std::uint64_t lsn = 0;                             ///< where it stands
};

class SourceMetrics {
public:
    using Clock = std::chrono::steady_clock;
    using Data = std::vector<std::pair<std::string, std::string>>;

    /// `server` is topic.prefix; `now` gives nanoseconds since 1970; `tags` become labels, and have names of their own.
    /// The queue outlives this object.
    SourceMetrics(std::string server, const BatchQueue& queue, std::int64_t (*now)(), Data tags = {});

    /// The counts of one session so far.
    void streamed(const EventCounts& counts);
    /// A session begins (true), whose counts begin at 0, or has ended.
    void connected(bool now);
    /// Any notification: its aggregate and type.
    void notified(std::string_view aggregate, std::string_view type);
    /// A notification of a snapshot: its type and what it says.
    void snapshot(std::string_view type, const Data& data);
    /// Rows of a snapshot that were handed over.
    void read(std::size_t rows);
    /// Rows of a table that the snapshot has read so far.
    void scanned(const std::string& table, std::int64_t rows);
    /// A row that the snapshot cannot convert.
    void bad_row();
    void retained_wal(std::int64_t bytes);

    void collect(MetricWriter& writer) const;

private:
    struct Scan {
        std::vector<std::string> tables;
        std::map<std::string, std::int64_t> rows;  ///< of each table, as far as it is read
        std::size_t done = 0;                      ///< tables
        bool running = false;
        bool completed = false;
        bool aborted = false;
        bool skipped = false;
        Clock::time_point began{};
        Clock::duration took{};
    };
    struct Lag {
        double last_ms = 0;
        std::vector<double> recent = {};  ///< of the latest batches, in a ring
        std::size_t next = 0;
    };
    class Context;
    EventCounts total() const;
    void remember_lag(std::int64_t event_usec);
    void collect_snapshot(MetricWriter& writer) const;
    void collect_streaming(MetricWriter& writer) const;
    void collect_lag(const Context& streaming) const;
    void collect_notifications(MetricWriter& writer) const;
    void collect_both(const Context& context, const EventCounts& counts, std::int64_t reads) const;

    const std::string server_;
    const Data tags_;
    const BatchQueue& queue_;
    std::int64_t (*now_)();
    mutable std::mutex mutex_;  ///< guards what follows
    EventCounts before_;        ///< of the sessions that have ended
    EventCounts session_;
    bool connected_ = false;
    std::optional<Clock::time_point> last_event_;
    std::optional<Clock::time_point> last_row_;
    std::int64_t rows_read_ = 0;
    std::int64_t bad_rows_ = 0;
    std::map<std::pair<std::string, std::string>, std::int64_t> notifications_;  ///< by aggregate and type
    Scan scan_;
    Lag lag_;
    std::optional<std::int64_t> retained_bytes_;
};

/// The table that the reference page is made from.
std::span<const MetricKey> source_metric_keys() noexcept;

}
