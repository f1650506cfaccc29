#include "worker/metrics/client_metrics.hpp"

#include "connectors/support/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace millrace::worker {

namespace {

constexpr double microseconds_in_ms = 1000;

double number(const json::Node& object, std::string_view name) {
    const auto* node = object.find(name);
    return node == nullptr ? 0 : node->as_double();
}

/// The mean of a window that each part of the client keeps for itself, over all of them.
class WindowMean {
public:
    void add(const json::Node& part, std::string_view name) {
        const auto* window = part.find(name);
        if (window == nullptr) return;
        sum_ += number(*window, "sum");
        count_ += number(*window, "cnt");
    }
    double value(double unit = 1) const {
        return count_ > 0 ? sum_ / count_ / unit : std::numeric_limits<double>::quiet_NaN();
    }

private:
    double sum_ = 0;
    double count_ = 0;
};

std::span<const json::Member> members(const json::Node& object, std::string_view name) {
    const auto* node = object.find(name);
    return node != nullptr && node->is_object() ? node->members() : std::span<const json::Member>{};
}

/// Brokers as connections go: librdkafka also counts those that it knows of only.
struct Network {
    explicit Network(const json::Node& client) {
        for (const auto& [name, broker] : members(client, "brokers")) {
            const auto* state = broker.find("state");
            open += state != nullptr && state->text() == "UP" ? 1 : 0;
            opened += number(broker, "connects");
            retries += number(broker, "txretries");
            round_trip.add(broker, "rtt");
            queued.add(broker, "int_latency");
        }
    }
    double open = 0;
    double opened = 0;
    double retries = 0;
    WindowMean round_trip;
    WindowMean queued;
};

void collect_network(MetricsPage& page, std::string_view group, const json::Node& client, const Network& network,
                     std::span<const MetricLabel> labels) {
    page.connect(group, "connection-count", network.open, labels);
    page.connect(group, "connection-creation-total", network.opened, labels);
    page.connect(group, "request-total", number(client, "tx"), labels);
    page.connect(group, "response-total", number(client, "rx"), labels);
    page.connect(group, "outgoing-byte-total", number(client, "tx_bytes"), labels);
    page.connect(group, "incoming-byte-total", number(client, "rx_bytes"), labels);
    page.connect(group, "request-latency-avg", network.round_trip.value(microseconds_in_ms), labels);
}

void collect_nodes(MetricsPage& page, std::string_view group, const json::Node& client,
                   std::span<const MetricLabel> labels) {
    for (const auto& [name, broker] : members(client, "brokers")) {
        const auto id = number(broker, "nodeid");
        if (id < 0 || number(broker, "connects") == 0) continue;
        const auto node = fmt::format("node-{:.0f}", id);
        const MetricLabel all[] = {labels[0], {"nodeId", node}};
        WindowMean round_trip;
        round_trip.add(broker, "rtt");
        page.connect(group, "request-total", number(broker, "tx"), all);
        page.connect(group, "response-total", number(broker, "rx"), all);
        page.connect(group, "outgoing-byte-total", number(broker, "txbytes"), all);
        page.connect(group, "incoming-byte-total", number(broker, "rxbytes"), all);
        page.connect(group, "request-latency-avg", round_trip.value(microseconds_in_ms), all);
    }
}

void collect_admin(MetricsPage& page, const json::Node& client, std::span<const MetricLabel> labels) {
    collect_network(page, "admin-client-metrics", client, Network(client), labels);
    collect_nodes(page, "admin-client-node-metrics", client, labels);
}

void collect_producer(MetricsPage& page, const json::Node& client, std::span<const MetricLabel> labels) {
    constexpr std::string_view group = "producer-metrics";
    constexpr std::string_view topic_group = "producer-topic-metrics";
    const Network network(client);
    collect_network(page, group, client, network, labels);
    collect_nodes(page, "producer-node-metrics", client, labels);
    WindowMean batches;
    for (const auto& [topic, about] : members(client, "topics")) {
        batches.add(about, "batchsize");
        const MetricLabel all[] = {labels[0], {"topic", topic}};
        double records = 0;
        double bytes = 0;
        for (const auto& [id, partition] : members(about, "partitions")) {
            records += number(partition, "txmsgs");
            bytes += number(partition, "txbytes");
        }
        page.connect(topic_group, "record-send-total", records, all);
        page.connect(topic_group, "byte-total", bytes, all);
    }
    page.connect(group, "record-retry-total", network.retries, labels);
    page.connect(group, "record-queue-time-avg", network.queued.value(microseconds_in_ms), labels);
    page.connect(group, "batch-size-avg", batches.value(), labels);
    page.connect(group, "buffer-total-bytes", number(client, "msg_size_max"), labels);
    page.connect(group, "buffer-available-bytes", number(client, "msg_size_max") - number(client, "msg_size"), labels);
}

/// As in Kafka's consumer: what is between the record that the task reads next and the end of the partition.
/// librdkafka's own consumer_lag begins at the last commit of this client, so it is unknown for a sink that cannot
/// commit.
double lag_of(const json::Node& partition, std::string_view end) {
    const auto next = number(partition, "app_offset");
    const auto last = number(partition, end);
    return next < 0 || last < 0 ? -1 : std::max(last - next, 0.0);
}

void collect_consumer(MetricsPage& page, const json::Node& client, std::string_view end,
                      std::span<const MetricLabel> labels) {
    constexpr std::string_view group = "consumer-fetch-manager-metrics";
    collect_network(page, "consumer-metrics", client, Network(client), labels);
    collect_nodes(page, "consumer-node-metrics", client, labels);
    double most = 0;
    for (const auto& [topic, about] : members(client, "topics")) {
        double records = 0;
        double bytes = 0;
        for (const auto& [id, partition] : members(about, "partitions")) {
            const auto* wanted = partition.find("desired");
            // -1 is the internal partition of records without one; a lag below 0 is not known yet.
            if (id == "-1" || wanted == nullptr || !wanted->as_boolean()) continue;
            records += number(partition, "rxmsgs");
            bytes += number(partition, "rxbytes");
            const auto lag = lag_of(partition, end);
            if (lag < 0) continue;
            const MetricLabel all[] = {labels[0], {"topic", topic}, {"partition", id}};
            page.connect(group, "records-lag", lag, all);
            most = std::max(most, lag);
        }
        const MetricLabel all[] = {labels[0], {"topic", topic}};
        page.connect(group, "records-consumed-total", records, all);
        page.connect(group, "bytes-consumed-total", bytes, all);
    }
    page.connect(group, "records-lag-max", most, labels);
}

}

void ClientMetrics::update(std::string_view name, std::string_view client_id, std::string_view statistics) {
    // librdkafka does not escape the names that its text begins with, and they may hold anything: group.id, for one.
    const auto names = fmt::format(R"({{ "name": "{}", "client_id": "{}", )", name, client_id);
    const bool has_names = statistics.starts_with(names);
    const std::lock_guard lock(mutex_);
    client_id_ = client_id;
    statistics_ = has_names ? fmt::format("{{{}", statistics.substr(names.size())) : std::string(statistics);
}

void ClientMetrics::reads_committed() {
    const std::lock_guard lock(mutex_);
    reads_committed_ = true;
}

void ClientMetrics::collect(MetricsPage& page) const {
    const std::lock_guard lock(mutex_);
    if (statistics_.empty()) return;
    const json::Document client(statistics_);
    const auto* type = client.root().find("type");
    if (type == nullptr) return;
    const MetricLabel labels[] = {{"clientId", client_id_}};
    if (role_ == Role::Admin) return collect_admin(page, client.root(), labels);
    if (type->text() == "producer") collect_producer(page, client.root(), labels);
    const auto* end = reads_committed_ ? "ls_offset" : "hi_offset";
    if (type->text() == "consumer") collect_consumer(page, client.root(), end, labels);
}

std::shared_ptr<ClientMetrics> ClientMetricsList::add(ClientMetrics::Role role) {
    auto made = std::make_shared<ClientMetrics>(role);
    const std::lock_guard lock(mutex_);
    std::erase_if(clients_, [](const auto& client) { return client.expired(); });
    clients_.push_back(made);
    return made;
}

void ClientMetricsList::collect(MetricsPage& page) const {
    std::vector<std::shared_ptr<const ClientMetrics>> alive;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& client : clients_) {
            if (auto held = client.lock()) alive.push_back(std::move(held));
        }
    }
    for (const auto& client : alive) client->collect(page);
}

}
