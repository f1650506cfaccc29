#include "worker/metrics/task_metrics.hpp"

#include <utility>

namespace millrace::worker {

namespace {

constexpr std::string_view task_group = "connector-task-metrics";
constexpr std::string_view source_group = "source-task-metrics";
constexpr std::string_view sink_group = "sink-task-metrics";
constexpr std::string_view error_group = "task-error-metrics";

double milliseconds_of(SampledStat::Clock::duration time) {
    return std::chrono::duration<double, std::milli>(time).count();
}
double number(const TaskErrorCounters::Counter& counter) {
    return static_cast<double>(counter.load(std::memory_order_relaxed));
}

}

void TaskErrorCounters::given_up() noexcept {
    using std::chrono::system_clock;
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(system_clock::now().time_since_epoch());
    last_error_ms.store(now.count(), std::memory_order_relaxed);
}

TaskMetrics::TaskMetrics(std::string connector, int task, Sampling sampling)
    : connector_(std::move(connector)),
      task_(std::to_string(task)),
      batch_size_(sampling),
      commit_time_(sampling),
      commit_success_(sampling),
      taken_(sampling),
      given_(sampling),
      call_time_(sampling),
      active_(sampling),
      completions_(sampling),
      skips_(sampling),
      transaction_size_(sampling) {}

void TaskMetrics::status(std::string_view status) {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    if (status_ == "running") running_ += now - status_since_;
    if (status_ == "paused") paused_ += now - status_since_;
    status_ = status;
    status_since_ = now;
}

std::string TaskMetrics::status() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

void TaskMetrics::describe(TaskKind kind, std::vector<TextValue> texts) {
    const std::lock_guard lock(mutex_);
    kind_ = kind;
    texts_ = std::move(texts);
}

void TaskMetrics::plugin_metrics(MetricCollector collector) {
    const std::lock_guard lock(mutex_);
    plugin_ = std::move(collector);
}

void TaskMetrics::batch(SampledStat& which, std::size_t records, Clock::duration took) {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    const auto count = static_cast<double>(records);
    which.record(count, now);
    batch_size_.record(count, now);
    call_time_.record(milliseconds_of(took), now);
}

void TaskMetrics::polled(std::size_t records, Clock::duration took) { batch(taken_, records, took); }

void TaskMetrics::written(std::size_t records) {
    const std::lock_guard lock(mutex_);
    given_.record(static_cast<double>(records), Clock::now());
}

void TaskMetrics::read(std::size_t records) {
    const std::lock_guard lock(mutex_);
    taken_.record(static_cast<double>(records), Clock::now());
}

void TaskMetrics::put(std::size_t records, Clock::duration took) { batch(given_, records, took); }

void TaskMetrics::active(std::size_t records) {
    const std::lock_guard lock(mutex_);
    active_now_ = records;
    active_.record(static_cast<double>(records), Clock::now());
}

void TaskMetrics::partitions(std::size_t count) {
    const std::lock_guard lock(mutex_);
    partitions_ = count;
}

void TaskMetrics::commit_begun(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    commit_number_ = number;
}

void TaskMetrics::committed(Clock::duration took, bool success) {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    commit_success_.record(success ? 1 : 0, now);
    if (!success) return;
    commit_time_.record(milliseconds_of(took), now);
    completions_.record(1, now);
}

void TaskMetrics::commit_skipped() {
    const std::lock_guard lock(mutex_);
    skips_.record(1, Clock::now());
}

void TaskMetrics::transactional() {
    const std::lock_guard lock(mutex_);
    transactional_ = true;
}

void TaskMetrics::transaction(std::size_t records) {
    const std::lock_guard lock(mutex_);
    transaction_size_.record(static_cast<double>(records), Clock::now());
}

void TaskMetrics::collect_texts(MetricsPage& page, std::span<const MetricLabel> labels) const {
    for (const auto& value : texts_) {
        std::vector<MetricLabel> all(labels.begin(), labels.end());
        if (value.group == "connector-transform-metrics") all.push_back({"transform", value.alias});
        if (value.group == "connector-predicate-metrics") all.push_back({"predicate", value.alias});
        page.connect_text(value.group, value.attribute, value.text, all);
    }
}

void TaskMetrics::collect_task(MetricsPage& page, std::span<const MetricLabel> labels, Clock::time_point now) const {
    const auto life = milliseconds_of(now - made_);
    const auto here = now - status_since_;
    const auto share = [life](Clock::duration time) { return life > 0 ? milliseconds_of(time) / life : 0; };
    page.connect_text(task_group, "status", status_, labels);
    page.connect(task_group, "running-ratio", share(status_ == "running" ? running_ + here : running_), labels);
    page.connect(task_group, "pause-ratio", share(status_ == "paused" ? paused_ + here : paused_), labels);
    page.connect(task_group, "batch-size-max", batch_size_.max(now), labels);
    page.connect(task_group, "batch-size-avg", batch_size_.avg(now), labels);
    page.connect(task_group, "offset-commit-max-time-ms", commit_time_.max(now), labels);
    page.connect(task_group, "offset-commit-avg-time-ms", commit_time_.avg(now), labels);
    page.connect(task_group, "offset-commit-success-percentage", commit_success_.share_of(true, now), labels);
    page.connect(task_group, "offset-commit-failure-percentage", commit_success_.share_of(false, now), labels);
}

void TaskMetrics::collect_source(MetricsPage& page, std::span<const MetricLabel> labels, Clock::time_point now) const {
    page.connect(source_group, "source-record-poll-rate", taken_.rate(now), labels);
    page.connect(source_group, "source-record-poll-total", taken_.total(), labels);
    page.connect(source_group, "source-record-write-rate", given_.rate(now), labels);
    page.connect(source_group, "source-record-write-total", given_.total(), labels);
    page.connect(source_group, "poll-batch-max-time-ms", call_time_.max(now), labels);
    page.connect(source_group, "poll-batch-avg-time-ms", call_time_.avg(now), labels);
    page.connect(source_group, "source-record-active-count", static_cast<double>(active_now_), labels);
    page.connect(source_group, "source-record-active-count-max", active_.max(now), labels);
    page.connect(source_group, "source-record-active-count-avg", active_.avg(now), labels);
    if (!transactional_) return;
    page.connect(source_group, "transaction-size-min", transaction_size_.min(now), labels);
    page.connect(source_group, "transaction-size-max", transaction_size_.max(now), labels);
    page.connect(source_group, "transaction-size-avg", transaction_size_.avg(now), labels);
}

void TaskMetrics::collect_sink(MetricsPage& page, std::span<const MetricLabel> labels, Clock::time_point now) const {
    page.connect(sink_group, "sink-record-read-rate", taken_.rate(now), labels);
    page.connect(sink_group, "sink-record-read-total", taken_.total(), labels);
    page.connect(sink_group, "sink-record-send-rate", given_.rate(now), labels);
    page.connect(sink_group, "sink-record-send-total", given_.total(), labels);
    page.connect(sink_group, "put-batch-max-time-ms", call_time_.max(now), labels);
    page.connect(sink_group, "put-batch-avg-time-ms", call_time_.avg(now), labels);
    page.connect(sink_group, "partition-count", static_cast<double>(partitions_), labels);
    page.connect(sink_group, "offset-commit-seq-no", static_cast<double>(commit_number_), labels);
    page.connect(sink_group, "offset-commit-completion-rate", completions_.rate(now), labels);
    page.connect(sink_group, "offset-commit-completion-total", completions_.total(), labels);
    page.connect(sink_group, "offset-commit-skip-rate", skips_.rate(now), labels);
    page.connect(sink_group, "offset-commit-skip-total", skips_.total(), labels);
    page.connect(sink_group, "sink-record-active-count", static_cast<double>(active_now_), labels);
    page.connect(sink_group, "sink-record-active-count-max", active_.max(now), labels);
    page.connect(sink_group, "sink-record-active-count-avg", active_.avg(now), labels);
}

void TaskMetrics::collect_errors(MetricsPage& page, std::span<const MetricLabel> labels) const {
    page.connect(error_group, "total-record-failures", number(errors_.failures), labels);
    page.connect(error_group, "total-record-errors", number(errors_.errors), labels);
    page.connect(error_group, "total-records-skipped", number(errors_.skipped), labels);
    page.connect(error_group, "total-retries", number(errors_.retries), labels);
    page.connect(error_group, "total-errors-logged", number(errors_.logged), labels);
    page.connect(error_group, "deadletterqueue-produce-requests", number(errors_.dead_letters), labels);
    page.connect(error_group, "deadletterqueue-produce-failures", number(errors_.dead_letter_failures), labels);
    page.connect(error_group, "last-error-timestamp",
                 static_cast<double>(errors_.last_error_ms.load(std::memory_order_relaxed)), labels);
}

void TaskMetrics::collect(MetricsPage& page) const {
    for (const auto* client : {&client_, &admin_, &dead_letters_}) client->collect(page);
    const MetricLabel labels[] = {{"connector", connector_}, {"task", task_}};
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    collect_task(page, labels, now);
    collect_texts(page, labels);
    collect_errors(page, labels);
    if (kind_ == TaskKind::Source) collect_source(page, labels, now);
    if (kind_ == TaskKind::Sink) collect_sink(page, labels, now);
    if (!plugin_) return;
    TaskLabelWriter writer(page, labels);
    plugin_(writer);
}

}
