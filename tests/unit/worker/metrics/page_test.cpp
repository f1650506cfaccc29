#include "worker/metrics/page.hpp"

#include "tests/pch.hpp"
#include "worker/metrics/process_metrics.hpp"

#include <set>

namespace millrace::worker {

TEST_CASE("A page has a family for each name, with its help and type", "[metrics]") {
    MetricsPage page(MetricNames::Strimzi);
    const MetricLabel first[] = {{"task", "0"}, {"connector", "a"}};
    const MetricLabel second[] = {{"connector", "say \"b\\c\""}, {"task", "1"}};
    page.connect("source-task-metrics", "source-record-poll-total", 7, first);
    page.connect("source-task-metrics", "source-record-poll-total", 8, second);
    page.connect("connect-worker-metrics", "task-count", 2);
    CHECK(page.text() ==
          "# HELP kafka_connect_source_task_source_record_poll_total Records that the task produced, before "
          "transformations.\n"
          "# TYPE kafka_connect_source_task_source_record_poll_total counter\n"
          "kafka_connect_source_task_source_record_poll_total{connector=\"a\",task=\"0\"} 7\n"
          "kafka_connect_source_task_source_record_poll_total{connector=\"say \\\"b\\\\c\\\"\",task=\"1\"} 8\n"
          "# HELP kafka_connect_worker_task_count Tasks on this worker.\n"
          "# TYPE kafka_connect_worker_task_count gauge\n"
          "kafka_connect_worker_task_count 2\n");
}

TEST_CASE("A text becomes a label", "[metrics]") {
    MetricsPage page(MetricNames::Jmx);
    const MetricLabel labels[] = {{"connector", "a"}};
    page.connect_text("connector-metrics", "connector-class", "org.example.Source", labels);
    CHECK(page.text().find("kafka_connect_connector_metrics_connector_class{connector=\"a\",connector_class=\"org."
                           "example.Source\"} 1\n") != std::string::npos);
}

TEST_CASE("Names are those of the rules that people have for the JMX exporter", "[metrics]") {
    const auto name = [](std::string_view group, std::string_view attribute) {
        return prometheus_name(connect_metric(group, attribute), MetricNames::Strimzi);
    };
    CHECK(name("connect-worker-metrics", "connector-startup-failure-total") ==
          "kafka_connect_worker_connector_startup_failure_total");
    CHECK(name("connect-worker-rebalance-metrics", "completed-rebalances-total") ==
          "kafka_connect_worker_rebalance_completed_rebalances_total");
    CHECK(name("connect-coordinator-metrics", "assigned-tasks") == "kafka_connect_coordinator_assigned_tasks");
    CHECK(name("connect-metrics", "request-total") == "kafka_connect_request_total");
    CHECK(name("connector-metrics", "status") == "kafka_connect_connector_status");
    CHECK(name("connector-task-metrics", "offset-commit-avg-time-ms") ==
          "kafka_connect_connector_task_offset_commit_avg_time_ms");
    CHECK(name("task-error-metrics", "total-record-failures") == "kafka_connect_task_error_total_record_failures");
    CHECK(prometheus_name(connect_metric("source-task-metrics", "source-record-poll-total"), MetricNames::Jmx) ==
          "kafka_connect_source_task_metrics_source_record_poll_total");
}

TEST_CASE("No two metrics have one name", "[metrics]") {
    for (const auto names : {MetricNames::Strimzi, MetricNames::Jmx}) {
        std::set<std::string> seen;
        for (const auto& metric : connect_metrics()) CHECK(seen.insert(prometheus_name(metric, names)).second);
        for (const auto& metric : own_metrics::all) CHECK(seen.insert(std::string(metric.name)).second);
    }
}

TEST_CASE("The process tells of its memory, time, threads and files", "[metrics]") {
    MetricsPage page(MetricNames::Strimzi);
    collect_process(page);
    const auto text = page.text();
    for (const auto& key : {own_metrics::cpu_seconds, own_metrics::resident_bytes, own_metrics::virtual_bytes,
                            own_metrics::threads, own_metrics::open_files, own_metrics::most_files}) {
        const auto at = text.find("\n" + std::string(key.name) + " ");
        INFO(key.name);
        REQUIRE(at != std::string::npos);
        CHECK(std::stod(text.substr(at + key.name.size() + 2)) > 0);
    }
}

}
