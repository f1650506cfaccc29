#include "connectors/postgres/source/source_metrics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <numeric>

namespace millrace::postgres {
namespace {

using enum MetricKind;

/// Batches whose lag the percentiles come from.
constexpr std::size_t lags_kept = 1024;

namespace keys {
constexpr MetricKey since_event{"debezium_metrics_MilliSecondsSinceLastEvent", Gauge,
                                "Milliseconds since the last event; -1 before the first."};
constexpr MetricKey events{"debezium_metrics_TotalNumberOfEventsSeen", Counter, "Events, filtered ones included."};
constexpr MetricKey creates{"debezium_metrics_TotalNumberOfCreateEventsSeen", Counter, "Inserted rows."};
constexpr MetricKey updates{"debezium_metrics_TotalNumberOfUpdateEventsSeen", Counter, "Updated rows."};
constexpr MetricKey deletes{"debezium_metrics_TotalNumberOfDeleteEventsSeen", Counter, "Deleted rows."};
constexpr MetricKey reads{"debezium_metrics_TotalNumberOfReadEventsSeen", Counter, "Rows that snapshots read."};
constexpr MetricKey messages{"debezium_metrics_TotalNumberOfLogicalMessageEventsSeen", Counter,
                             "Messages of pg_logical_emit_message."};
constexpr MetricKey filtered{"debezium_metrics_NumberOfEventsFiltered", Counter,
                             "Rows of tables that are not captured."};
constexpr MetricKey erroneous{"debezium_metrics_NumberOfErroneousEvents", Counter, "Events that could not be decoded."};
constexpr MetricKey queue_capacity{"debezium_metrics_QueueTotalCapacity", Gauge,
                                   "Records that the queue between decoder and task takes."};
constexpr MetricKey queue_room{"debezium_metrics_QueueRemainingCapacity", Gauge, "Records that it takes now."};
constexpr MetricKey queue_bytes_most{"debezium_metrics_MaxQueueSizeInBytes", Gauge, "Bytes that the queue takes."};
constexpr MetricKey queue_bytes{"debezium_metrics_CurrentQueueSizeInBytes", Gauge, "Bytes that are in the queue."};
constexpr MetricKey tables{"debezium_metrics_TotalTableCount", Gauge, "Tables of the latest snapshot."};
constexpr MetricKey remaining{"debezium_metrics_RemainingTableCount", Gauge,
                              "Tables that the latest snapshot has not read yet."};
constexpr MetricKey running{"debezium_metrics_SnapshotRunning", Gauge, "1 while a snapshot runs."};
constexpr MetricKey paused{"debezium_metrics_SnapshotPaused", Gauge, "Always 0: a snapshot is not paused."};
constexpr MetricKey completed{"debezium_metrics_SnapshotCompleted", Gauge, "1 after a snapshot that is complete."};
constexpr MetricKey aborted{"debezium_metrics_SnapshotAborted", Gauge, "1 after a snapshot that was broken off."};
constexpr MetricKey skipped{"debezium_metrics_SnapshotSkipped", Gauge, "1 if there was no snapshot to take."};
constexpr MetricKey duration{"debezium_metrics_SnapshotDurationInSeconds", Gauge,
                             "Time that the latest snapshot took so far, in seconds."};
constexpr MetricKey paused_time{"debezium_metrics_SnapshotPausedDurationInSeconds", Gauge, "Always 0."};
constexpr MetricKey rows{"debezium_metrics_RowsScanned", Gauge,
                         "Rows of each table that the latest snapshot has read."};
constexpr MetricKey captured{"debezium_metrics_CapturedTables", Gauge, "1 for each table of the latest snapshot."};
constexpr MetricKey is_connected{"debezium_metrics_Connected", Gauge, "1 while the connector streams."};
constexpr MetricKey lag{"debezium_metrics_MilliSecondsBehindSource", Gauge,
                        "Time from the commit of the last event until it was read, in milliseconds."};
constexpr MetricKey lag_min{"debezium_metrics_MilliSecondsBehindSourceMinValue", Gauge,
                            "Least of the latest such times."};
constexpr MetricKey lag_max{"debezium_metrics_MilliSecondsBehindSourceMaxValue", Gauge,
                            "Most of the latest such times."};
constexpr MetricKey lag_avg{"debezium_metrics_MilliSecondsBehindSourceAverageValue", Gauge,
                            "Mean of the latest such times."};
constexpr MetricKey lag_p50{"debezium_metrics_MilliSecondsBehindSourceP50", Gauge, "Median of the latest such times."};
constexpr MetricKey lag_p95{"debezium_metrics_MilliSecondsBehindSourceP95", Gauge,
                            "95th percentile of the latest such times."};
constexpr MetricKey lag_p99{"debezium_metrics_MilliSecondsBehindSourceP99", Gauge,
                            "99th percentile of the latest such times."};
constexpr MetricKey position{"debezium_metrics_SourceEventPosition", Gauge,
                             "Where the stream was read up to: the LSN as a number, in the label key as lsn, and the "
                             "transaction's number, as transaction_id."};
constexpr MetricKey transactions{"debezium_metrics_NumberOfCommittedTransactions", Counter,
                                 "Transactions that committed."};
constexpr MetricKey last_transaction{"debezium_metrics_LastTransactionId", Gauge, "Number of the last transaction."};
constexpr MetricKey unchanged{"debezium_metrics_NumberOfUnchangedEventsSkipped", Counter,
                              "Updates without a change that were left out."};
constexpr MetricKey notifications{"millrace_postgres_notifications_total", Counter,
                                  "Notifications of snapshots, by aggregate_type and type, whatever channels are on."};
constexpr MetricKey retained{"millrace_postgres_slot_retained_wal_bytes", Gauge,
                             "WAL that the server keeps for the replication slot, in bytes."};
}

constexpr std::array all_keys{
    keys::since_event, keys::events,           keys::creates,     keys::updates,      keys::deletes,
    keys::reads,       keys::messages,         keys::filtered,    keys::erroneous,    keys::queue_capacity,
    keys::queue_room,  keys::queue_bytes_most, keys::queue_bytes, keys::tables,       keys::remaining,
    keys::running,     keys::paused,           keys::completed,   keys::aborted,      keys::skipped,
    keys::duration,    keys::paused_time,      keys::rows,        keys::captured,     keys::is_connected,
    keys::lag,         keys::lag_min,          keys::lag_max,     keys::lag_avg,      keys::lag_p50,
    keys::lag_p95,     keys::lag_p99,          keys::position,    keys::transactions, keys::last_transaction,
    keys::unchanged,   keys::notifications,    keys::retained};

double milliseconds_since(const std::optional<SourceMetrics::Clock::time_point>& time) {
    if (!time) return -1;
    return std::chrono::duration<double, std::milli>(SourceMetrics::Clock::now() - *time).count();
}

std::string_view value_of(const SourceMetrics::Data& data, std::string_view name) {
    const auto found = std::ranges::find(data, name, [](const auto& entry) { return std::string_view(entry.first); });
    return found == data.end() ? std::string_view() : std::string_view(found->second);
}

std::vector<std::string> split(std::string_view list) {
    std::vector<std::string> parts;
    while (!list.empty()) {
        const auto part = list.substr(0, list.find(','));
        parts.emplace_back(part);
        list.remove_prefix(std::min(part.size() + 1, list.size()));
    }
    return parts;
}

double percentile(const std::vector<double>& sorted, double share) {
    if (sorted.empty()) return 0;
    const auto last = static_cast<double>(sorted.size() - 1);
    return sorted[static_cast<std::size_t>(std::lround(last * share))];
}

}

/// Writes with the labels of one MBean.
class SourceMetrics::Context {
public:
    Context(MetricWriter& writer, std::string_view context, std::string_view server, const Data& tags)
        : writer_(writer), labels_{{"plugin", "postgres"}, {"name", server}, {"context", context}} {
        for (const auto& [name, value] : tags) labels_.push_back({name, value});
    }
    template <std::same_as<MetricLabel>... More>
    void write(const MetricKey& key, double value, More... more) const {
        auto all = labels_;
        (all.push_back(more), ...);
        writer_.write(key, value, all);
    }

private:
    MetricWriter& writer_;
    std::vector<MetricLabel> labels_;
};

SourceMetrics::SourceMetrics(std::string server, const BatchQueue& queue, std::int64_t (*now)(), Data tags)
    : server_(std::move(server)), tags_(std::move(tags)), queue_(queue), now_(now) {}

EventCounts SourceMetrics::total() const {
    auto sum = session_;
    sum.creates += before_.creates;
    sum.updates += before_.updates;
    sum.deletes += before_.deletes;
    sum.truncates += before_.truncates;
    sum.messages += before_.messages;
    sum.filtered += before_.filtered;
    sum.unchanged += before_.unchanged;
    sum.erroneous += before_.erroneous;
    sum.transactions += before_.transactions;
    return sum;
}

void SourceMetrics::streamed(const EventCounts& counts) {
    const std::lock_guard lock(mutex_);
    const auto events = [](const EventCounts& c) {
        return c.creates + c.updates + c.deletes + c.truncates + c.messages;
    };
    if (events(counts) != events(session_)) {
        last_event_ = Clock::now();
        if (counts.last_event_usec) remember_lag(*counts.last_event_usec);
    }
    session_ = counts;
}

void SourceMetrics::remember_lag(std::int64_t event_usec) {
    lag_.last_ms = static_cast<double>(now_() / 1000 - event_usec) / 1000;
    if (lag_.recent.size() < lags_kept) {
        lag_.recent.push_back(lag_.last_ms);
    } else {
        lag_.recent[lag_.next] = lag_.last_ms;
    }
    lag_.next = (lag_.next + 1) % lags_kept;
}

void SourceMetrics::connected(bool now) {
    const std::lock_guard lock(mutex_);
    connected_ = now;
    before_ = total();
    session_ = {.last_transaction = session_.last_transaction, .lsn = session_.lsn};
}

void SourceMetrics::notified(std::string_view aggregate, std::string_view type) {
    const std::lock_guard lock(mutex_);
    ++notifications_[{std::string(aggregate), std::string(type)}];
}

void SourceMetrics::snapshot(std::string_view type, const Data& data) {
    const std::lock_guard lock(mutex_);
    if (type == "STARTED") {
        scan_ = {};
        scan_.running = true;
        scan_.began = Clock::now();
    }
    if (type == "SKIPPED") scan_.skipped = true;
    if (type == "DATA_COLLECTIONS_RESOLVED") scan_.tables = split(value_of(data, "data_collections"));
    if (type == "TABLE_SCAN_COMPLETED") {
        const std::string rows(value_of(data, "total_rows_scanned"));
        scan_.rows[std::string(value_of(data, "scanned_collection"))] = rows.empty() ? 0 : std::stoll(rows);
        ++scan_.done;
    }
    if (type != "COMPLETED" && type != "ABORTED") return;
    (type == "COMPLETED" ? scan_.completed : scan_.aborted) = true;
    scan_.running = false;
    scan_.took = Clock::now() - scan_.began;
}

void SourceMetrics::read(std::size_t rows) {
    const std::lock_guard lock(mutex_);
    rows_read_ += static_cast<std::int64_t>(rows);
    last_row_ = Clock::now();
}

void SourceMetrics::scanned(const std::string& table, std::int64_t rows) {
    const std::lock_guard lock(mutex_);
    scan_.rows[table] = rows;
}

void SourceMetrics::bad_row() {
    const std::lock_guard lock(mutex_);
    ++bad_rows_;
}

void SourceMetrics::retained_wal(std::int64_t bytes) {
    const std::lock_guard lock(mutex_);
    retained_bytes_ = bytes;
}

void SourceMetrics::collect_both(const Context& context, const EventCounts& counts, std::int64_t row_reads) const {
    const auto n = [](std::int64_t count) { return static_cast<double>(count); };
    const auto events =
        counts.creates + counts.updates + counts.deletes + counts.truncates + counts.messages + counts.filtered;
    context.write(keys::events, n(events + row_reads));
    context.write(keys::creates, n(counts.creates));
    context.write(keys::updates, n(counts.updates));
    context.write(keys::deletes, n(counts.deletes));
    context.write(keys::reads, n(row_reads));
    context.write(keys::filtered, n(counts.filtered));
    context.write(keys::erroneous, n(counts.erroneous));
    const auto fill = queue_.fill();
    context.write(keys::queue_capacity, n(static_cast<std::int64_t>(fill.limits.records)));
    context.write(keys::queue_room,
                  n(static_cast<std::int64_t>(fill.limits.records - std::min(fill.limits.records, fill.records))));
    context.write(keys::queue_bytes_most, n(static_cast<std::int64_t>(fill.limits.bytes)));
    context.write(keys::queue_bytes, n(static_cast<std::int64_t>(fill.bytes)));
    for (const auto& table : scan_.tables) context.write(keys::captured, 1, MetricLabel{"table", table});
}

void SourceMetrics::collect_snapshot(MetricWriter& writer) const {
    const Context context(writer, "snapshot", server_, tags_);
    collect_both(context, {.erroneous = bad_rows_}, rows_read_);
    const auto took = scan_.running ? Clock::now() - scan_.began : scan_.took;
    context.write(keys::since_event, milliseconds_since(last_row_));
    context.write(keys::tables, static_cast<double>(scan_.tables.size()));
    // The signal table is in the list, and is not read.
    const auto done = scan_.completed ? scan_.tables.size() : std::min(scan_.tables.size(), scan_.done);
    context.write(keys::remaining, static_cast<double>(scan_.tables.size() - done));
    context.write(keys::running, scan_.running ? 1 : 0);
    context.write(keys::paused, 0);
    context.write(keys::completed, scan_.completed ? 1 : 0);
    context.write(keys::aborted, scan_.aborted ? 1 : 0);
    context.write(keys::skipped, scan_.skipped ? 1 : 0);
    context.write(keys::duration, std::chrono::duration<double>(took).count());
    context.write(keys::paused_time, 0);
    for (const auto& [table, rows] : scan_.rows)
        context.write(keys::rows, static_cast<double>(rows), MetricLabel{"table", table});
}

void SourceMetrics::collect_lag(const Context& streaming) const {
    auto sorted = lag_.recent;
    std::ranges::sort(sorted);
    const auto sum = std::accumulate(sorted.begin(), sorted.end(), 0.0);
    streaming.write(keys::lag, lag_.last_ms);
    streaming.write(keys::lag_min, percentile(sorted, 0));
    streaming.write(keys::lag_max, percentile(sorted, 1));
    streaming.write(keys::lag_avg, sorted.empty() ? 0 : sum / static_cast<double>(sorted.size()));
    streaming.write(keys::lag_p50, percentile(sorted, 0.5));
    streaming.write(keys::lag_p95, percentile(sorted, 0.95));
    streaming.write(keys::lag_p99, percentile(sorted, 0.99));
}

void SourceMetrics::collect_streaming(MetricWriter& writer) const {
    const Context context(writer, "streaming", server_, tags_);
    const auto counts = total();
    collect_both(context, counts, 0);
    collect_lag(context);
    context.write(keys::since_event, milliseconds_since(last_event_));
    context.write(keys::messages, static_cast<double>(counts.messages));
    context.write(keys::is_connected, connected_ ? 1 : 0);
    context.write(keys::position, static_cast<double>(counts.lsn), MetricLabel{"key", "lsn"});
    context.write(keys::position, counts.last_transaction, MetricLabel{"key", "transaction_id"});
    context.write(keys::transactions, static_cast<double>(counts.transactions));
    context.write(keys::last_transaction, counts.last_transaction);
    context.write(keys::unchanged, static_cast<double>(counts.unchanged));
    if (retained_bytes_) context.write(keys::retained, static_cast<double>(*retained_bytes_));
}

void SourceMetrics::collect_notifications(MetricWriter& writer) const {
    const Context context(writer, "notifications", server_, tags_);
    for (const auto& [kind, count] : notifications_) {
        context.write(keys::notifications, static_cast<double>(count), MetricLabel{"aggregate_type", kind.first},
                      MetricLabel{"type", kind.second});
    }
}

void SourceMetrics::collect(MetricWriter& writer) const {
    const std::lock_guard lock(mutex_);
    collect_snapshot(writer);
    collect_streaming(writer);
    collect_notifications(writer);
}

std::span<const MetricKey> source_metric_keys() noexcept { return all_keys; }

}
