#include "worker/metrics/page.hpp"

#include "tests/pch.hpp"
#include "worker/metrics/client_metrics.hpp"
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
    CHECK(name("app-info", "version") == "kafka_connect_version_info");
    CHECK(name("app-info", "start-time-ms") == "kafka_connect_start_time_seconds");
    CHECK(name("kafka-metrics-count", "count") == "kafka_connect_kafka_metrics_count_count");
    CHECK(name("admin-client-metrics", "connection-count") == "kafka_admin_client_connection_count");
    CHECK(name("admin-client-node-metrics", "request-total") == "kafka_admin_client_node_request_total");
    const auto jmx_name = [](std::string_view group, std::string_view attribute) {
        return prometheus_name(connect_metric(group, attribute), MetricNames::Jmx);
    };
    CHECK(jmx_name("source-task-metrics", "source-record-poll-total") ==
          "kafka_connect_source_task_metrics_source_record_poll_total");
    CHECK(jmx_name("app-info", "start-time-ms") == "kafka_connect_app_info_start_time_ms");
    CHECK(jmx_name("admin-client-metrics", "connection-count") ==
          "kafka_admin_client_admin_client_metrics_connection_count");
}

TEST_CASE("No two metrics have one name", "[metrics]") {
    for (const auto names : {MetricNames::Strimzi, MetricNames::Jmx}) {
        std::set<std::string> seen;
        for (const auto& metric : connect_metrics()) CHECK(seen.insert(prometheus_name(metric, names)).second);
        for (const auto& metric : own_metrics::all) CHECK(seen.insert(std::string(metric.name)).second);
    }
}

namespace {

/// The value of the first series of that name.
double value_of(const std::string& text, const std::string& name) {
    const auto at = text.find("\n" + name);
    REQUIRE(at != std::string::npos);
    return std::stod(text.substr(text.find_last_of(' ', text.find('\n', at + 1)) + 1));
}

}

TEST_CASE("app-info has version, build and start, in milliseconds or, as Strimzi's rules have it, seconds",
          "[metrics]") {
    MetricsPage strimzi(MetricNames::Strimzi), jmx(MetricNames::Jmx);
    for (auto* page : {&strimzi, &jmx}) {
        collect_app_info(*page, {.client_id = "w:8083", .version = "4.3.1", .commit_id = "abc"});
        collect_process(*page);
    }
    CHECK(strimzi.text().find("kafka_connect_version_info{clientId=\"w:8083\",version=\"4.3.1\"} 1\n") !=
          std::string::npos);
    CHECK(strimzi.text().find("kafka_connect_commit_id_info{clientId=\"w:8083\",commit_id=\"abc\"} 1\n") !=
          std::string::npos);
    const auto began = value_of(strimzi.text(), std::string(own_metrics::start_time.name) + " ");
    CHECK(value_of(strimzi.text(), "kafka_connect_start_time_seconds{") == Approx(began).epsilon(1e-9));
    CHECK(value_of(jmx.text(), "kafka_connect_app_info_start_time_ms{") == Approx(began * 1000).epsilon(1e-9));
}

TEST_CASE("kafka-metrics-count counts the series of kafka.connect, itself too, and none of its clients", "[metrics]") {
    MetricsPage page(MetricNames::Strimzi);
    const MetricLabel client[] = {{"clientId", "c"}};
    page.connect("connect-worker-metrics", "task-count", 2);
    page.connect("connect-metrics", "connection-count", 1, client);
    page.connect("producer-metrics", "connection-count", 1, client);
    page.connect("admin-client-metrics", "connection-count", 1, client);
    page.write(own_metrics::threads, 4, {});
    page.count_metrics();
    CHECK(value_of(page.text(), "kafka_connect_kafka_metrics_count_count ") == 3);
}

namespace {

constexpr std::string_view statistics =
    R"({ "name": "shared#producer-1", "client_id": "shared", "type":"producer","tx":12,"tx_bytes":900,"rx":11,
"rx_bytes":800,"msg_size_max":1,"msg_size":0,"brokers":{"b:1/1":{"nodeid":1,"state":"UP","connects":2,"tx":7,"rx":6,
"txbytes":400,"rxbytes":300,"txretries":0,"rtt":{"sum":3000,"cnt":2}},
"boot":{"nodeid":-1,"state":"INIT","connects":0}},"topics":{}})";

}

TEST_CASE("An admin client has its own names, whatever librdkafka makes it of", "[metrics]") {
    ClientMetrics admin(ClientMetrics::Role::Admin);
    MetricsPage before(MetricNames::Strimzi);
    admin.collect(before);
    CHECK(before.text().empty());  // nothing is known before the first statistics
    admin.update("shared#producer-1", "shared", statistics);
    MetricsPage page(MetricNames::Strimzi);
    admin.collect(page);
    const auto text = page.text();
    CHECK(value_of(text, "kafka_admin_client_connection_count{clientId=\"shared\"}") == 1);
    CHECK(value_of(text, "kafka_admin_client_connection_creation_total{") == 2);
    CHECK(value_of(text, "kafka_admin_client_request_total{") == 12);
    CHECK(value_of(text, "kafka_admin_client_incoming_byte_total{") == 800);
    CHECK(value_of(text, "kafka_admin_client_request_latency_avg{") == 1.5);
    CHECK(value_of(text, "kafka_admin_client_node_request_total{clientId=\"shared\",nodeId=\"node-1\"}") == 7);
    CHECK(text.find("kafka_producer") == std::string::npos);
}

TEST_CASE("A client may have any name", "[metrics]") {
    const std::string id = R"(odd "one\ 東京)";
    const auto name = id + "#producer-1";
    ClientMetrics client;
    client.update(name, id,
                  R"({ "name": ")" + name + R"(", "client_id": ")" + id + R"(", "type": "producer", "tx": 12 })");
    MetricsPage page(MetricNames::Strimzi);
    client.collect(page);
    CHECK(value_of(page.text(), R"(kafka_producer_request_total{clientId="odd \"one\\ 東京"})") == 12);
}

TEST_CASE("A client's metrics are listed as long as it is there", "[metrics]") {
    ClientMetricsList list;
    auto client = list.add(ClientMetrics::Role::Admin);
    const auto other = list.add();
    client->update("shared#producer-1", "shared", statistics);
    other->update("shared#producer-1", "shared", statistics);
    const auto has_admin = [&] {
        MetricsPage page(MetricNames::Strimzi);
        list.collect(page);
        CHECK(page.text().find("kafka_producer_request_total") != std::string::npos);
        return page.text().find("kafka_admin_client_request_total") != std::string::npos;
    };
    CHECK(has_admin());
    client.reset();
    CHECK(!has_admin());
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
