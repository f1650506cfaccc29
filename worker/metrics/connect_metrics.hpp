/// Kafka Connect's metrics, and Millrace's own: what /metrics may say, and what the reference page is made from.
///
/// Facts   Kafka 4.3: groups and attributes of the MBeans kafka.connect:type=<group>.
#pragma once
#include "connectors/api/metrics.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace millrace::worker {

/// How the names of Connect's MBeans become names of Prometheus.
enum class MetricNames : std::uint8_t {
    Strimzi,  ///< the rules that Strimzi ships: kafka_connect_source_task_source_record_poll_total
    Jmx,      ///< the JMX exporter without rules: kafka_connect_source_task_metrics_source_record_poll_total
};

struct ConnectMetric {
    std::string_view group;      ///< "source-task-metrics"
    std::string_view attribute;  ///< "source-record-poll-total"
    std::string_view labels;     ///< parted by commas
    std::string_view help;
    bool text = false;  ///< the value is a text: it becomes a label named as the attribute, with the value 1
    std::string_view strimzi_name = {};  ///< where Strimzi's rules have one of its own
    double strimzi_factor = 1;
};

/// Every metric that a worker itself has, in the order of the reference page.
std::span<const ConnectMetric> connect_metrics() noexcept;
/// Aborts for one that is not in the table.
const ConnectMetric& connect_metric(std::string_view group, std::string_view attribute) noexcept;

/// Those whose attributes end in -total and its like only grow.
MetricKind kind_of(const ConnectMetric& metric) noexcept;
/// The MBeans of a worker are in the domain kafka.connect, those of its clients in kafka.producer, kafka.consumer and
/// kafka.admin.client.
bool is_of_client(const ConnectMetric& metric) noexcept;
std::string prometheus_name(const ConnectMetric& metric, MetricNames names);

/// Millrace's own: the process and its REST server.
namespace own_metrics {
using enum MetricKind;
inline constexpr MetricKey cpu_seconds{"process_cpu_seconds_total", Counter,
                                       "Processor time of the worker, in seconds."};
inline constexpr MetricKey resident_bytes{"process_resident_memory_bytes", Gauge, "Memory that is in RAM, in bytes."};
inline constexpr MetricKey virtual_bytes{"process_virtual_memory_bytes", Gauge, "Address space in use, in bytes."};
inline constexpr MetricKey threads{"process_threads", Gauge, "Threads of the worker."};
inline constexpr MetricKey open_files{"process_open_fds", Gauge, "Open files and sockets."};
inline constexpr MetricKey most_files{"process_max_fds", Gauge, "Files and sockets that may be open."};
inline constexpr MetricKey start_time{"process_start_time_seconds", Gauge,
                                      "When the worker began, in seconds since 1970."};
inline constexpr MetricKey build{"millrace_build_info", Gauge, "1, with the version of this worker as a label."};
inline constexpr MetricKey requests{"millrace_rest_requests_total", Counter,
                                    "Requests that were answered, by method and status."};
inline constexpr MetricKey request_seconds{
    "millrace_rest_request_seconds_total", Counter,
    "Time from a request's first byte to the end of its answer, summed, in seconds."};
inline constexpr MetricKey connections{"millrace_rest_connections", Gauge,
                                       "Connections to the REST API that are open."};
inline constexpr MetricKey restarts{
    "millrace_restarts_total", Counter,
    "Restarts of what had failed, by millrace.restart.on.failure; the label task is empty for the connector itself."};
inline constexpr MetricKey strangers{"millrace_group_strangers", Gauge,
                                     "Members of the group that are another cluster's, as the leader sees it; on a "
                                     "worker that is one itself, 1. Two clusters have the same group.id."};
inline constexpr MetricKey all[] = {restarts, strangers,       cpu_seconds, resident_bytes, virtual_bytes,
                                    threads,  open_files,      most_files,  start_time,     build,
                                    requests, request_seconds, connections};
}

}
