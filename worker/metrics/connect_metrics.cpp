#include "worker/metrics/connect_metrics.hpp"

#include "connectors/api/errors.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace millrace::worker {

namespace {

constexpr auto table = std::to_array<ConnectMetric>({
    {"connect-worker-metrics", "connector-count", "", "Connectors on this worker."},
    {"connect-worker-metrics", "task-count", "", "Tasks on this worker."},
    {"connect-worker-metrics", "connector-startup-attempts-total", "", "Starts of connectors."},
    {"connect-worker-metrics", "connector-startup-success-total", "", "Starts of connectors that succeeded."},
    {"connect-worker-metrics", "connector-startup-failure-total", "", "Starts of connectors that failed."},
    {"connect-worker-metrics", "connector-startup-success-percentage", "",
     "Share of the latest starts of connectors that succeeded, from 0 to 1."},
    {"connect-worker-metrics", "connector-startup-failure-percentage", "",
     "Share of the latest starts of connectors that failed, from 0 to 1."},
    {"connect-worker-metrics", "task-startup-attempts-total", "", "Starts of tasks."},
    {"connect-worker-metrics", "task-startup-success-total", "", "Starts of tasks that succeeded."},
    {"connect-worker-metrics", "task-startup-failure-total", "", "Starts of tasks that failed."},
    {"connect-worker-metrics", "task-startup-success-percentage", "",
     "Share of the latest starts of tasks that succeeded, from 0 to 1."},
    {"connect-worker-metrics", "task-startup-failure-percentage", "",
     "Share of the latest starts of tasks that failed, from 0 to 1."},
    {"connect-worker-metrics", "connector-total-task-count", "connector", "Tasks of the connector on this worker."},
    {"connect-worker-metrics", "connector-running-task-count", "connector",
     "Tasks of the connector on this worker that run."},
    {"connect-worker-metrics", "connector-paused-task-count", "connector",
     "Tasks of the connector on this worker that are paused."},
    {"connect-worker-metrics", "connector-failed-task-count", "connector",
     "Tasks of the connector on this worker that have failed."},
    {"connect-worker-metrics", "connector-unassigned-task-count", "connector",
     "Tasks of the connector on this worker that have not begun or have ended."},
    {"connect-worker-metrics", "connector-destroyed-task-count", "connector",
     "Tasks of the connector on this worker that were deleted."},
    {"connect-worker-metrics", "connector-restarting-task-count", "connector",
     "Tasks of the connector on this worker that are about to restart."},
    {"connect-worker-rebalance-metrics", "connect-protocol", "", "Protocol of the group.", true},
    {"connect-worker-rebalance-metrics", "leader-name", "", "URL of the group's leader.", true},
    {"connect-worker-rebalance-metrics", "epoch", "", "Generation of the group."},
    {"connect-worker-rebalance-metrics", "completed-rebalances-total", "",
     "Rebalances that this worker has completed."},
    {"connect-worker-rebalance-metrics", "rebalancing", "", "1 while work is given out anew, else 0."},
    {"connect-worker-rebalance-metrics", "rebalance-max-time-ms", "",
     "Longest of the latest rebalances, in milliseconds."},
    {"connect-worker-rebalance-metrics", "rebalance-avg-time-ms", "",
     "Mean time of the latest rebalances, in milliseconds."},
    {"connect-worker-rebalance-metrics", "time-since-last-rebalance-ms", "",
     "Time since the last rebalance was complete, in milliseconds; +Inf before the first."},
    {"connect-coordinator-metrics", "assigned-connectors", "clientId",
     "Connectors that the group has given to this worker."},
    {"connect-coordinator-metrics", "assigned-tasks", "clientId", "Tasks that the group has given to this worker."},
    {"connect-coordinator-metrics", "heartbeat-rate", "clientId", "Heartbeats a second."},
    {"connect-coordinator-metrics", "heartbeat-total", "clientId", "Heartbeats."},
    {"connect-coordinator-metrics", "heartbeat-response-time-max", "clientId",
     "Longest time to an answer to the latest heartbeats, in milliseconds."},
    {"connect-coordinator-metrics", "last-heartbeat-seconds-ago", "clientId",
     "Seconds since the last heartbeat was answered; -1 before the first."},
    {"connect-coordinator-metrics", "join-rate", "clientId", "Joins a second."},
    {"connect-coordinator-metrics", "join-total", "clientId", "Joins."},
    {"connect-coordinator-metrics", "join-time-avg", "clientId", "Mean time of the latest joins, in milliseconds."},
    {"connect-coordinator-metrics", "join-time-max", "clientId", "Longest of the latest joins, in milliseconds."},
    {"connect-coordinator-metrics", "sync-rate", "clientId", "Syncs a second."},
    {"connect-coordinator-metrics", "sync-total", "clientId", "Syncs."},
    {"connect-coordinator-metrics", "sync-time-avg", "clientId", "Mean time of the latest syncs, in milliseconds."},
    {"connect-coordinator-metrics", "sync-time-max", "clientId", "Longest of the latest syncs, in milliseconds."},
    {"connect-coordinator-metrics", "rebalance-total", "clientId",
     "Rebalances of the group that this worker took part in."},
    {"connect-coordinator-metrics", "rebalance-rate-per-hour", "clientId", "Rebalances an hour."},
    {"connect-coordinator-metrics", "rebalance-latency-avg", "clientId",
     "Mean time of the latest rounds from joining to the assignment, in milliseconds."},
    {"connect-coordinator-metrics", "rebalance-latency-max", "clientId",
     "Longest of the latest rounds from joining to the assignment, in milliseconds."},
    {"connect-coordinator-metrics", "rebalance-latency-total", "clientId",
     "Time from joining to the assignment, summed, in milliseconds."},
    {"connect-coordinator-metrics", "failed-rebalance-total", "clientId",
     "Rounds that began and led to no assignment."},
    {"connect-coordinator-metrics", "failed-rebalance-rate-per-hour", "clientId",
     "Rounds an hour that led to no assignment."},
    {"connect-coordinator-metrics", "last-rebalance-seconds-ago", "clientId",
     "Seconds since the last assignment; -1 before the first."},
    {"connect-metrics", "connection-count", "clientId", "Connections of the group's member to brokers that are open."},
    {"connect-metrics", "connection-creation-rate", "clientId", "Connections to brokers that were opened, a second."},
    {"connect-metrics", "connection-creation-total", "clientId", "Connections to brokers that were opened."},
    {"connect-metrics", "connection-close-rate", "clientId", "Connections to brokers that were closed, a second."},
    {"connect-metrics", "connection-close-total", "clientId", "Connections to brokers that were closed."},
    {"connect-metrics", "request-rate", "clientId", "Requests to brokers a second."},
    {"connect-metrics", "request-total", "clientId", "Requests to brokers."},
    {"connect-metrics", "response-rate", "clientId", "Answers of brokers a second."},
    {"connect-metrics", "response-total", "clientId", "Answers of brokers."},
    {"connect-metrics", "network-io-rate", "clientId", "Requests to brokers and their answers, a second."},
    {"connect-metrics", "network-io-total", "clientId", "Requests to brokers and their answers."},
    {"connect-metrics", "outgoing-byte-rate", "clientId", "Bytes sent to brokers a second."},
    {"connect-metrics", "outgoing-byte-total", "clientId", "Bytes sent to brokers."},
    {"connect-metrics", "incoming-byte-rate", "clientId", "Bytes received from brokers a second."},
    {"connect-metrics", "incoming-byte-total", "clientId", "Bytes received from brokers."},
    {"connect-metrics", "request-size-avg", "clientId", "Mean size of the latest requests, in bytes."},
    {"connect-metrics", "request-size-max", "clientId", "Largest of the latest requests, in bytes."},
    {"connect-metrics", "request-latency-avg", "clientId", "Mean time to the latest answers, in milliseconds."},
    {"connect-metrics", "request-latency-max", "clientId", "Longest time to the latest answers, in milliseconds."},
    {"connect-metrics", "successful-authentication-rate", "clientId", "Sign-ins that brokers accepted, a second."},
    {"connect-metrics", "successful-authentication-total", "clientId", "Sign-ins that brokers accepted."},
    {"connect-metrics", "successful-authentication-no-reauth-total", "clientId",
     "The same, as Kafka's clients count under this name too."},
    {"connect-metrics", "failed-authentication-rate", "clientId", "Sign-ins that brokers refused, a second."},
    {"connect-metrics", "failed-authentication-total", "clientId", "Sign-ins that brokers refused."},
    {"connect-metrics", "successful-reauthentication-rate", "clientId",
     "Renewed sign-ins that brokers accepted, a second."},
    {"connect-metrics", "successful-reauthentication-total", "clientId", "Renewed sign-ins that brokers accepted."},
    {"connect-metrics", "failed-reauthentication-rate", "clientId", "Renewed sign-ins that brokers refused, a second."},
    {"connect-metrics", "failed-reauthentication-total", "clientId", "Renewed sign-ins that brokers refused."},
    {"connect-metrics", "reauthentication-latency-avg", "clientId",
     "Mean time that renewing a sign-in took, in milliseconds."},
    {"connect-metrics", "reauthentication-latency-max", "clientId",
     "Longest time that renewing a sign-in took, in milliseconds."},
    {"connect-node-metrics", "request-rate", "clientId, nodeId", "Requests to the broker a second."},
    {"connect-node-metrics", "request-total", "clientId, nodeId", "Requests to the broker."},
    {"connect-node-metrics", "response-rate", "clientId, nodeId", "Answers of the broker a second."},
    {"connect-node-metrics", "response-total", "clientId, nodeId", "Answers of the broker."},
    {"connect-node-metrics", "outgoing-byte-rate", "clientId, nodeId", "Bytes sent to the broker a second."},
    {"connect-node-metrics", "outgoing-byte-total", "clientId, nodeId", "Bytes sent to the broker."},
    {"connect-node-metrics", "incoming-byte-rate", "clientId, nodeId", "Bytes received from the broker a second."},
    {"connect-node-metrics", "incoming-byte-total", "clientId, nodeId", "Bytes received from the broker."},
    {"connect-node-metrics", "request-size-avg", "clientId, nodeId", "Mean size of the latest requests, in bytes."},
    {"connect-node-metrics", "request-size-max", "clientId, nodeId", "Largest of the latest requests, in bytes."},
    {"connect-node-metrics", "request-latency-avg", "clientId, nodeId",
     "Mean time to the latest answers, in milliseconds."},
    {"connect-node-metrics", "request-latency-max", "clientId, nodeId",
     "Longest time to the latest answers, in milliseconds."},
    {"connector-metrics", "connector-type", "connector", "Whether the connector is a source or a sink.", true},
    {"connector-metrics", "connector-class", "connector", "Class of the connector.", true},
    {"connector-metrics", "connector-version", "connector", "Version of the connector.", true},
    {"connector-metrics", "status", "connector",
     "State of the connector: unassigned, running, paused, stopped or failed.", true},
    {"connector-task-metrics", "status", "connector, task", "State of the task: unassigned, running, paused or failed.",
     true},
    {"connector-task-metrics", "running-ratio", "connector, task",
     "Share of the task's life in which it ran, from 0 to 1."},
    {"connector-task-metrics", "pause-ratio", "connector, task",
     "Share of the task's life in which it was paused, from 0 to 1."},
    {"connector-task-metrics", "batch-size-max", "connector, task", "Largest of the latest batches, in records."},
    {"connector-task-metrics", "batch-size-avg", "connector, task", "Mean size of the latest batches, in records."},
    {"connector-task-metrics", "offset-commit-max-time-ms", "connector, task",
     "Longest of the latest commits of offsets that succeeded, in milliseconds."},
    {"connector-task-metrics", "offset-commit-avg-time-ms", "connector, task",
     "Mean time of the latest commits of offsets that succeeded, in milliseconds."},
    {"connector-task-metrics", "offset-commit-success-percentage", "connector, task",
     "Share of the latest commits of offsets that succeeded, from 0 to 1."},
    {"connector-task-metrics", "offset-commit-failure-percentage", "connector, task",
     "Share of the latest commits of offsets that failed, from 0 to 1."},
    {"connector-task-metrics", "connector-class", "connector, task", "Class of the task's connector.", true},
    {"connector-task-metrics", "connector-type", "connector, task", "Whether the task is a source or a sink.", true},
    {"connector-task-metrics", "connector-version", "connector, task", "Version of the task's connector.", true},
    {"connector-task-metrics", "task-class", "connector, task", "Class of the task.", true},
    {"connector-task-metrics", "task-version", "connector, task", "Version of the task.", true},
    {"connector-task-metrics", "key-converter-class", "connector, task", "Class that converts keys.", true},
    {"connector-task-metrics", "key-converter-version", "connector, task", "Version of the class that converts keys.",
     true},
    {"connector-task-metrics", "value-converter-class", "connector, task", "Class that converts values.", true},
    {"connector-task-metrics", "value-converter-version", "connector, task",
     "Version of the class that converts values.", true},
    {"connector-task-metrics", "header-converter-class", "connector, task", "Class that converts headers.", true},
    {"connector-task-metrics", "header-converter-version", "connector, task",
     "Version of the class that converts headers.", true},
    {"connector-transform-metrics", "transform-class", "connector, task, transform", "Class of the transformation.",
     true},
    {"connector-transform-metrics", "transform-version", "connector, task, transform", "Version of the transformation.",
     true},
    {"connector-predicate-metrics", "predicate-class", "connector, task, predicate", "Class of the predicate.", true},
    {"connector-predicate-metrics", "predicate-version", "connector, task, predicate", "Version of the predicate.",
     true},
    {"source-task-metrics", "source-record-poll-rate", "connector, task",
     "Records a second that the task produced, before transformations."},
    {"source-task-metrics", "source-record-poll-total", "connector, task",
     "Records that the task produced, before transformations."},
    {"source-task-metrics", "source-record-write-rate", "connector, task",
     "Records a second that Kafka has acknowledged."},
    {"source-task-metrics", "source-record-write-total", "connector, task", "Records that Kafka has acknowledged."},
    {"source-task-metrics", "poll-batch-max-time-ms", "connector, task",
     "Longest of the latest polls that brought records, in milliseconds."},
    {"source-task-metrics", "poll-batch-avg-time-ms", "connector, task",
     "Mean time of the latest polls that brought records, in milliseconds."},
    {"source-task-metrics", "source-record-active-count", "connector, task",
     "Records that were polled and are not acknowledged yet."},
    {"source-task-metrics", "source-record-active-count-max", "connector, task",
     "Most records that were polled and not acknowledged yet, lately."},
    {"source-task-metrics", "source-record-active-count-avg", "connector, task",
     "Mean number of records that were polled and not acknowledged yet, lately."},
    {"source-task-metrics", "transaction-size-min", "connector, task",
     "Fewest records of the latest transactions, with exactly-once."},
    {"source-task-metrics", "transaction-size-max", "connector, task",
     "Most records of the latest transactions, with exactly-once."},
    {"source-task-metrics", "transaction-size-avg", "connector, task",
     "Mean number of records of the latest transactions, with exactly-once."},
    {"sink-task-metrics", "sink-record-read-rate", "connector, task",
     "Records a second that were read from Kafka, before transformations."},
    {"sink-task-metrics", "sink-record-read-total", "connector, task",
     "Records that were read from Kafka, before transformations."},
    {"sink-task-metrics", "sink-record-send-rate", "connector, task", "Records a second that were given to the task."},
    {"sink-task-metrics", "sink-record-send-total", "connector, task", "Records that were given to the task."},
    {"sink-task-metrics", "put-batch-max-time-ms", "connector, task",
     "Longest of the latest calls of put, in milliseconds."},
    {"sink-task-metrics", "put-batch-avg-time-ms", "connector, task",
     "Mean time of the latest calls of put, in milliseconds."},
    {"sink-task-metrics", "partition-count", "connector, task", "Partitions that the task reads."},
    {"sink-task-metrics", "offset-commit-seq-no", "connector, task", "Number of the latest commit of offsets."},
    {"sink-task-metrics", "offset-commit-completion-rate", "connector, task",
     "Commits of offsets a second that succeeded."},
    {"sink-task-metrics", "offset-commit-completion-total", "connector, task", "Commits of offsets that succeeded."},
    {"sink-task-metrics", "offset-commit-skip-rate", "connector, task",
     "Commits of offsets a second whose answer came too late."},
    {"sink-task-metrics", "offset-commit-skip-total", "connector, task",
     "Commits of offsets whose answer came too late."},
    {"sink-task-metrics", "sink-record-active-count", "connector, task",
     "Records that were read and whose offsets are not committed yet."},
    {"sink-task-metrics", "sink-record-active-count-max", "connector, task",
     "Most records that were read and not committed yet, lately."},
    {"sink-task-metrics", "sink-record-active-count-avg", "connector, task",
     "Mean number of records that were read and not committed yet, lately."},
    {"task-error-metrics", "total-record-failures", "connector, task",
     "Operations on records that failed, those that were tried again included."},
    {"task-error-metrics", "total-record-errors", "connector, task", "Operations on records that finally failed."},
    {"task-error-metrics", "total-records-skipped", "connector, task", "Records that were left out because of errors."},
    {"task-error-metrics", "total-retries", "connector, task", "Operations on records that were tried again."},
    {"task-error-metrics", "total-errors-logged", "connector, task", "Errors in records that were logged."},
    {"task-error-metrics", "deadletterqueue-produce-requests", "connector, task",
     "Records that were sent to the dead letter queue."},
    {"task-error-metrics", "deadletterqueue-produce-failures", "connector, task",
     "Records that could not be sent to the dead letter queue."},
    {"task-error-metrics", "last-error-timestamp", "connector, task",
     "When an operation on a record failed last, in milliseconds since 1970; 0: never."},
    {"producer-metrics", "connection-count", "clientId", "Connections to brokers that are open."},
    {"producer-metrics", "connection-creation-total", "clientId", "Connections to brokers that were opened."},
    {"producer-metrics", "request-total", "clientId", "Requests to brokers."},
    {"producer-metrics", "response-total", "clientId", "Answers of brokers."},
    {"producer-metrics", "outgoing-byte-total", "clientId", "Bytes sent to brokers."},
    {"producer-metrics", "incoming-byte-total", "clientId", "Bytes received from brokers."},
    {"producer-metrics", "request-latency-avg", "clientId", "Mean time to a broker's answer, in milliseconds."},
    {"producer-metrics", "record-retry-total", "clientId", "Requests that were sent again."},
    {"producer-metrics", "record-queue-time-avg", "clientId",
     "Mean time that records wait before they are sent, in milliseconds."},
    {"producer-metrics", "batch-size-avg", "clientId", "Mean size of a partition's part of a request, in bytes."},
    {"producer-metrics", "buffer-total-bytes", "clientId", "Bytes of records that may wait."},
    {"producer-metrics", "buffer-available-bytes", "clientId", "Bytes of records that may still come to wait."},
    {"producer-node-metrics", "request-total", "clientId, nodeId", "Requests to the broker."},
    {"producer-node-metrics", "response-total", "clientId, nodeId", "Answers of the broker."},
    {"producer-node-metrics", "outgoing-byte-total", "clientId, nodeId", "Bytes sent to the broker."},
    {"producer-node-metrics", "incoming-byte-total", "clientId, nodeId", "Bytes received from the broker."},
    {"producer-node-metrics", "request-latency-avg", "clientId, nodeId",
     "Mean time to the latest answers, in milliseconds."},
    {"producer-topic-metrics", "record-send-total", "clientId, topic", "Records sent to the topic."},
    {"producer-topic-metrics", "byte-total", "clientId, topic", "Bytes of records sent to the topic."},
    {"consumer-metrics", "connection-count", "clientId", "Connections to brokers that are open."},
    {"consumer-metrics", "connection-creation-total", "clientId", "Connections to brokers that were opened."},
    {"consumer-metrics", "request-total", "clientId", "Requests to brokers."},
    {"consumer-metrics", "response-total", "clientId", "Answers of brokers."},
    {"consumer-metrics", "outgoing-byte-total", "clientId", "Bytes sent to brokers."},
    {"consumer-metrics", "incoming-byte-total", "clientId", "Bytes received from brokers."},
    {"consumer-metrics", "request-latency-avg", "clientId", "Mean time to a broker's answer, in milliseconds."},
    {"consumer-node-metrics", "request-total", "clientId, nodeId", "Requests to the broker."},
    {"consumer-node-metrics", "response-total", "clientId, nodeId", "Answers of the broker."},
    {"consumer-node-metrics", "outgoing-byte-total", "clientId, nodeId", "Bytes sent to the broker."},
    {"consumer-node-metrics", "incoming-byte-total", "clientId, nodeId", "Bytes received from the broker."},
    {"consumer-node-metrics", "request-latency-avg", "clientId, nodeId",
     "Mean time to the latest answers, in milliseconds."},
    {"consumer-fetch-manager-metrics", "records-lag", "clientId, topic, partition",
     "Records of the partition behind the one that the task reads next."},
    {"consumer-fetch-manager-metrics", "records-lag-max", "clientId", "The largest lag of the task's partitions."},
    {"consumer-fetch-manager-metrics", "records-consumed-total", "clientId, topic", "Records read from the topic."},
    {"consumer-fetch-manager-metrics", "bytes-consumed-total", "clientId, topic",
     "Bytes of records read from the topic."},
    {"admin-client-metrics", "connection-count", "clientId", "Connections to brokers that are open."},
    {"admin-client-metrics", "connection-creation-total", "clientId", "Connections to brokers that were opened."},
    {"admin-client-metrics", "request-total", "clientId", "Requests to brokers."},
    {"admin-client-metrics", "response-total", "clientId", "Answers of brokers."},
    {"admin-client-metrics", "outgoing-byte-total", "clientId", "Bytes sent to brokers."},
    {"admin-client-metrics", "incoming-byte-total", "clientId", "Bytes received from brokers."},
    {"admin-client-metrics", "request-latency-avg", "clientId", "Mean time to a broker's answer, in milliseconds."},
    {"admin-client-node-metrics", "request-total", "clientId, nodeId", "Requests to the broker."},
    {"admin-client-node-metrics", "response-total", "clientId, nodeId", "Answers of the broker."},
    {"admin-client-node-metrics", "outgoing-byte-total", "clientId, nodeId", "Bytes sent to the broker."},
    {"admin-client-node-metrics", "incoming-byte-total", "clientId, nodeId", "Bytes received from the broker."},
    {"admin-client-node-metrics", "request-latency-avg", "clientId, nodeId",
     "Mean time to the latest answers, in milliseconds."},
    {"app-info", "version", "clientId", "Version of Kafka Connect that the worker is compatible with.", true,
     "kafka_connect_version_info"},
    {"app-info", "commit-id", "clientId", "Build of the worker.", true, "kafka_connect_commit_id_info"},
    {"app-info", "start-time-ms", "clientId",
     "When the worker began, in milliseconds since 1970; in seconds with the names of Strimzi's rules.", false,
     "kafka_connect_start_time_seconds", 0.001},
    {"kafka-metrics-count", "count", "", "Metrics of kafka.connect that this page shows, this one included."},
});

std::string with_underscores(std::string_view text) {
    std::string name(text);
    std::ranges::replace(name, '-', '_');
    return name;
}

/// "connect-worker-rebalance-metrics" is "worker-rebalance" with the rules of Strimzi.
std::string_view short_group(std::string_view group) {
    constexpr std::string_view prefix = "connect-";
    constexpr std::string_view suffix = "-metrics";
    if (group.ends_with(suffix)) group.remove_suffix(suffix.size());
    if (group.starts_with(prefix)) group.remove_prefix(prefix.size());
    return group;
}

}

std::span<const ConnectMetric> connect_metrics() noexcept { return table; }

const ConnectMetric& connect_metric(std::string_view group, std::string_view attribute) noexcept {
    using Name = std::pair<std::string_view, std::string_view>;
    static const auto rows = [] {
        std::map<Name, const ConnectMetric*> all;
        for (const auto& row : table) all.emplace(Name{row.group, row.attribute}, &row);
        return all;
    }();
    const auto found = rows.find({group, attribute});
    MILLRACE_ASSERT(found != rows.end());
    return *found->second;
}

MetricKind kind_of(const ConnectMetric& metric) noexcept {
    const auto name = metric.attribute;
    const bool errors = metric.group == "task-error-metrics" && name != "last-error-timestamp";
    return errors || name.ends_with("-total") ? MetricKind::Counter : MetricKind::Gauge;
}

bool is_of_client(const ConnectMetric& metric) noexcept {
    const auto first = metric.group.substr(0, metric.group.find('-'));
    return first == "producer" || first == "consumer" || first == "admin";
}

std::string prometheus_name(const ConnectMetric& metric, MetricNames names) {
    const bool of_client = is_of_client(metric);
    const bool of_admin = metric.group.starts_with("admin-client-");
    std::string domain = "kafka_connect_";
    if (of_client)
        domain = fmt::format("kafka_{}_", of_admin ? "admin_client" : metric.group.substr(0, metric.group.find('-')));
    if (names == MetricNames::Strimzi) {
        if (!metric.strimzi_name.empty()) return std::string(metric.strimzi_name);
        if (of_client || metric.group == "connect-metrics") domain = "kafka_";
        return domain + with_underscores(short_group(metric.group)) + "_" + with_underscores(metric.attribute);
    }
    return domain + with_underscores(metric.group) + "_" + with_underscores(metric.attribute);
}

}
