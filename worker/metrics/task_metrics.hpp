/// What /metrics says of one task. The task's thread records a batch at a time; whoever asks reads.
///
/// Cost     A lock that nobody else wants, once a batch; nothing a record.
/// Threads  Any.
#pragma once
#include "worker/metrics/client_metrics.hpp"
#include "worker/metrics/page.hpp"
#include "worker/metrics/sampled_stat.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::worker {

/// Errors in a task's records, counted where they happen.
struct TaskErrorCounters {
    using Counter = std::atomic<std::uint64_t>;
    Counter failures{0};
    Counter errors{0};
    Counter skipped{0};
    Counter retries{0};
    Counter logged{0};
    Counter dead_letters{0};
    Counter dead_letter_failures{0};
    std::atomic<std::int64_t> last_error_ms{0};

    static void count(Counter& counter) noexcept { counter.fetch_add(1, std::memory_order_relaxed); }
    /// Sets last_error_ms: a failure that is not tried again.
    void given_up() noexcept;
};

enum class TaskKind : std::uint8_t { Unknown, Source, Sink };

class TaskMetrics {
public:
    using Clock = SampledStat::Clock;
    struct TextValue {
        std::string_view group;
        std::string attribute;
        std::string text;
        std::string alias = {};  ///< of a transformation or predicate
    };

    TaskMetrics(std::string connector, int task, Sampling sampling);

    /// `status` in small letters.
    void status(std::string_view status);
    std::string status() const;
    void describe(TaskKind kind, std::vector<TextValue> texts);
    /// The plugin's own; an empty one ends it. Waits for a collection that is running.
    void plugin_metrics(MetricCollector collector);

    void polled(std::size_t records, Clock::duration took);
    void written(std::size_t records);
    void read(std::size_t records);
    void put(std::size_t records, Clock::duration took);
    /// Records that are not finished yet: polled and not acknowledged, or between what was read and what is committed.
    void active(std::size_t records);
    void partitions(std::size_t count);
    void commit_begun(std::uint64_t number);
    /// Also one that had nothing to commit, which succeeds, and one that the task itself failed.
    void committed(Clock::duration took, bool success);
    void commit_skipped();
    /// The task writes exactly once.
    void transactional();
    /// One that was committed, with exactly-once; 0 if it held offsets alone.
    void transaction(std::size_t records);
    /// The producer of a source's records, the consumer of a sink's.
    ClientMetrics& client() noexcept { return client_; }
    /// The admin client of a source that makes its topics.
    ClientMetrics& admin() noexcept { return admin_; }
    /// The producer of a sink's dead letter queue.
    ClientMetrics& dead_letters() noexcept { return dead_letters_; }
    TaskErrorCounters& errors() noexcept { return errors_; }

    void collect(MetricsPage& page) const;

private:
    /// Records that a call of the plugin gave or took.
    void batch(SampledStat& which, std::size_t records, Clock::duration took);
    void collect_task(MetricsPage& page, std::span<const MetricLabel> labels, Clock::time_point now) const;
    void collect_source(MetricsPage& page, std::span<const MetricLabel> labels, Clock::time_point now) const;
    void collect_sink(MetricsPage& page, std::span<const MetricLabel> labels, Clock::time_point now) const;
    void collect_errors(MetricsPage& page, std::span<const MetricLabel> labels) const;
    void collect_texts(MetricsPage& page, std::span<const MetricLabel> labels) const;

    const std::string connector_;
    const std::string task_;
    TaskErrorCounters errors_;
    ClientMetrics client_;
    ClientMetrics dead_letters_;
    ClientMetrics admin_{ClientMetrics::Role::Admin};
    mutable std::mutex mutex_;  ///< guards what follows
    std::string status_ = "unassigned";
    TaskKind kind_ = TaskKind::Unknown;
    std::vector<TextValue> texts_;
    MetricCollector plugin_;
    Clock::time_point made_ = Clock::now();
    Clock::time_point status_since_ = made_;
    Clock::duration running_{};
    Clock::duration paused_{};
    SampledStat batch_size_;
    SampledStat commit_time_;
    SampledStat commit_success_;
    SampledStat taken_;      ///< records polled or read
    SampledStat given_;      ///< records written or put
    SampledStat call_time_;  ///< of poll or put
    SampledStat active_;
    std::size_t active_now_ = 0;
    std::size_t partitions_ = 0;
    std::uint64_t commit_number_ = 0;
    SampledStat completions_;
    SampledStat skips_;
    bool transactional_ = false;
    SampledStat transaction_size_;
};

}
