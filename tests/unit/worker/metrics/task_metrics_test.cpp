#include "worker/metrics/task_metrics.hpp"

#include "tests/pch.hpp"

namespace millrace::worker {

using namespace std::chrono_literals;

namespace {

/// The value of one of the task's metrics as it stands on the page; "" if it is not there.
std::string value_of(const TaskMetrics& metrics, const std::string& name) {
    MetricsPage page(MetricNames::Strimzi);
    metrics.collect(page);
    const auto text = page.text();
    const auto series = "\nkafka_connect_" + name + "{connector=\"c\",task=\"0\"} ";
    const auto at = text.find(series);
    if (at == std::string::npos) return "";
    const auto value = at + series.size();
    return text.substr(value, text.find('\n', value) - value);
}

}

TEST_CASE("Shares of commits are 0 before the first, means are not a number", "[metrics]") {
    TaskMetrics metrics("c", 0, {});
    metrics.describe(TaskKind::Source, {});
    CHECK(value_of(metrics, "connector_task_offset_commit_success_percentage") == "0");
    CHECK(value_of(metrics, "connector_task_offset_commit_failure_percentage") == "0");
    CHECK(value_of(metrics, "connector_task_offset_commit_avg_time_ms") == "Nan");
    metrics.committed(2ms, true);
    metrics.committed(1h, false);
    CHECK(value_of(metrics, "connector_task_offset_commit_success_percentage") == "0.5");
    CHECK(value_of(metrics, "connector_task_offset_commit_failure_percentage") == "0.5");
    CHECK(value_of(metrics, "connector_task_offset_commit_max_time_ms") == "2");
}

TEST_CASE("Only a task that writes exactly once tells of transactions", "[metrics]") {
    TaskMetrics metrics("c", 0, {});
    metrics.describe(TaskKind::Source, {});
    CHECK(value_of(metrics, "source_task_transaction_size_max").empty());
    metrics.transactional();
    CHECK(value_of(metrics, "source_task_transaction_size_max") == "Nan");
    metrics.transaction(3);
    metrics.transaction(0);
    CHECK(value_of(metrics, "source_task_transaction_size_max") == "3");
    CHECK(value_of(metrics, "source_task_transaction_size_min") == "0");
    CHECK(value_of(metrics, "source_task_transaction_size_avg") == "1.5");
}

TEST_CASE("A put without records is a batch too", "[metrics]") {
    TaskMetrics metrics("c", 0, {});
    metrics.describe(TaskKind::Sink, {});
    metrics.put(4, 3ms);
    metrics.put(0, 1ms);
    CHECK(value_of(metrics, "connector_task_batch_size_max") == "4");
    CHECK(value_of(metrics, "connector_task_batch_size_avg") == "2");
    CHECK(value_of(metrics, "sink_task_put_batch_avg_time_ms") == "2");
    CHECK(value_of(metrics, "sink_task_sink_record_send_total") == "4");
}

}
