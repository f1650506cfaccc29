#include "worker/config/client_keys.hpp"
#include "worker/config/key_rows.hpp"
#include "worker/config/restart_policy.hpp"
#include "worker/config/worker_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace millrace::worker {

namespace {

using namespace rows;

constexpr std::array<std::string_view, 4> discoveries{"ONLY_SCAN", "SERVICE_LOAD", "HYBRID_WARN", "HYBRID_FAIL"};
constexpr std::array<std::string_view, 2> dns_lookups{"use_all_dns_ips", "resolve_canonical_bootstrap_servers_only"};
constexpr std::array<std::string_view, 2> recording_levels{"INFO", "DEBUG"};
constexpr std::array<std::string_view, 3> client_auths{"required", "requested", "none"};
constexpr std::array<std::string_view, 2> log_formats{"text", "json"};
constexpr std::array<std::string_view, 2> metric_names{"strimzi", "jmx"};
constexpr std::array<std::string_view, 6> mac_algorithms{"HmacMD5",    "HmacSHA1",   "HmacSHA224",
                                                         "HmacSHA256", "HmacSHA384", "HmacSHA512"};
constexpr std::array<std::string_view, 3> connect_protocols{"eager", "compatible", "sessioned"};
constexpr std::array<std::string_view, 3> exactly_once{"DISABLED", "ENABLED", "PREPARING"};
constexpr std::array<std::string_view, 2> recoveries{"REBOOTSTRAP", "NONE"};

std::string filled_list(std::string_view value) {
    return split_list(value).empty() ? "must not be empty. Valid values include: any non-empty value"
                                     : no_blanks(value);
}
std::string listener_list(std::string_view value) {
    if (auto complaint = no_blanks(value); !complaint.empty()) return complaint;
    try {
        for (const auto& part : split_list(value)) parse_listener(part);
        return "";
    } catch (const ConfigException& e) {
        return e.what();
    }
}
std::string filled_listener_list(std::string_view value) {
    const auto parts = split_list(value);
    if (parts.empty()) {
        return whole_message + std::string(
                                   "Invalid value for listeners, at least one URL is expected, ex: "
                                   "http://localhost:8080,https://localhost:8443.");
    }
    if (std::ranges::find(parts, "") != parts.end()) {
        return whole_message + std::string("Empty URL found when parsing listeners list.");
    }
    return listener_list(value);
}
std::string connect_protocol(std::string_view value) {
    return one_of_any_case<connect_protocols>(value).empty() ? "" : "Invalid Connect protocol compatibility";
}
std::string mac_algorithm(std::string_view value) {
    if (std::ranges::find(mac_algorithms, value) != mac_algorithms.end()) return "";
    return fmt::format("the algorithm is not supported; the supported algorithms are: [{}]",
                       fmt::join(mac_algorithms, ", "));
}
std::string mac_algorithm_list(std::string_view value) {
    const auto parts = split_list(value);
    if (parts.empty()) return "At least one signature verification algorithm must be provided";
    for (const auto& part : parts) {
        if (auto complaint = mac_algorithm(part); !complaint.empty()) {
            return fmt::format("{}Invalid value {} for configuration inter.worker.verification.algorithms: {}",
                               whole_message, part, complaint);
        }
    }
    return "";
}

constexpr auto both_modes = std::to_array<ConfigKey>({
    row("bootstrap.servers", List, required, High,
        "Brokers to ask first, as host:port; the others are found through them.", filled_list),
    row("client.dns.lookup", String, "use_all_dns_ips", Medium, "How a broker's name becomes addresses.",
        one_of<dns_lookups>),
    row("key.converter", Class, required, High, "Converter of record keys, for connectors that name none."),
    row("value.converter", Class, required, High, "Converter of record values, for connectors that name none."),
    row("header.converter", Class, "org.apache.kafka.connect.storage.SimpleHeaderConverter", Low,
        "Converter of record headers, for connectors that name none."),
    row("key.converter.plugin.version", String, null, Low, "Version of the key converter; absent: the newest."),
    row("value.converter.plugin.version", String, null, Low, "Version of the value converter; absent: the newest."),
    row("header.converter.plugin.version", String, null, Low, "Version of the header converter; absent: the newest."),
    row("task.shutdown.graceful.timeout.ms", Long, "5000", Low,
        "Time that all tasks which stop together have, in milliseconds; then they are abandoned."),
    row("offset.flush.interval.ms", Long, "60000", Low, "Time between two commits of source offsets, in milliseconds."),
    row("offset.flush.timeout.ms", Long, "5000", Low,
        "Time that a commit of source offsets may take, in milliseconds, before it is tried again later."),
    row("listeners", List, "http://:8083", Low,
        "Where the REST API listens: http://host:port or https://host:port; no host: everywhere.",
        filled_listener_list),
    row("rest.advertised.host.name", String, null, Low, "Host name that other workers reach this one by."),
    row("rest.advertised.port", Int, null, Low, "Port that other workers reach this one at."),
    row("rest.advertised.listener", String, null, Low,
        "Protocol that other workers use to reach this one: http or https."),
    row("access.control.allow.origin", String, "", Low,
        "Origins that browsers may call the REST API from, as regular expressions; empty: none."),
    row("access.control.allow.methods", String, "", Low,
        "Methods that browsers of other origins may use; empty: GET, POST and HEAD."),
    row("admin.listeners", List, null, Low, "Where /admin endpoints listen; absent: with the others; empty: nowhere.",
        listener_list),
    row("plugin.path", List, null, Low, "Directories with plugin libraries, besides the installation's own.",
        filled_list),
    row("plugin.discovery", String, "hybrid_warn", Low, "How Java finds plugins; here each library says what it holds.",
        one_of_any_case<discoveries>),
    row("config.providers", List, "", Low,
        "Names of config providers, each set up by config.providers.<name>.class and .param.*.", no_blanks),
    row("connector.client.config.override.policy", String, "All", Medium,
        "Which client settings connectors may override: All, None, Principal or Allowlist."),
    row("connector.client.config.override.allowlist", List, "", Medium,
        "Client settings that connectors may override under the policy Allowlist."),
    row("rest.extension.classes", List, "", Low, "REST extensions, in the order in which they are called.", no_blanks),
    row("ssl.client.auth", String, "none", Low,
        "Whether https clients must show a certificate: required, requested or none.", one_of<client_auths>),
    row("topic.creation.enable", Boolean, "true", Low,
        "Allow source connectors to create topics by topic.creation.* settings."),
    row("topic.tracking.enable", Boolean, "true", Low, "Keep track of the topics that each connector uses."),
    row("topic.tracking.allow.reset", Boolean, "true", Low,
        "Allow users to reset the topics that a connector is known to use."),
    row("response.http.headers.config", String, "", Low,
        "Headers for every REST answer: [set|add|setDate|addDate] name: value, ..."),
    row("metric.reporters", List, "org.apache.kafka.common.metrics.JmxReporter", Low,
        "Java metrics reporters; here metrics are at /metrics.", no_blanks),
    row("metrics.sample.window.ms", Long, "30000", Low, "Length of a metrics sample, in milliseconds.", at_least<0>),
    row("metrics.num.samples", Int, "2", Low, "Number of samples that metrics are computed from.", at_least<1>),
    row("metrics.recording.level", String, "INFO", Low, "Which metrics are recorded: INFO or DEBUG.",
        one_of<recording_levels>),
    row("millrace.rest.htpasswd.file", String, null, Medium,
        "File of users of the REST API, as htpasswd -B makes it; absent: nobody is asked who he is, or the JAAS file "
        "of "
        "rest.extension.classes has them."),
    row("millrace.rest.roles.file", String, null, Medium,
        "File of what users may do, user=role[:pattern of connector names] ... with the roles read-only, operate and "
        "edit, and * for all other users; absent: everything."),
    row("millrace.rest.max.header.bytes", Int, "8192", Low,
        "Longest request line with its headers that is read, in bytes; longer ones are answered with 431.",
        at_least<256>),
    row("millrace.rest.max.body.bytes", Int, "16777216", Low,
        "Longest body of a request that is read, in bytes; longer ones are answered with 413.", at_least<1024>),
    row("millrace.rest.max.connections", Int, "1024", Low,
        "Connections of clients at one time; one more takes the place of the one that is idle longest.", at_least<1>),
    row("millrace.rest.idle.timeout.ms", Int, "90000", Low,
        "Time that a connection may stay open without a request, in milliseconds.", at_least<1>),
    row("millrace.rest.transfer.timeout.ms", Int, "90000", Low,
        "Time that one header, one body or one answer may take on its way, in milliseconds.", at_least<1>),
    row("millrace.endpoints.directory", String, null, Low,
        "Folder of integration endpoints: files <name>.properties whose settings a connector takes with "
        "millrace.endpoint=<name>; absent: there are none."),
    row("millrace.metrics.names", String, "strimzi", Low,
        "How /metrics names Connect's metrics: as Strimzi's rules for the JMX exporter do (strimzi) or as the exporter "
        "does without rules (jmx).",
        one_of<metric_names>),
    row("log.format", String, "text", Low, "Form of log lines: text or json.", one_of_any_case<log_formats>),
});

constexpr auto distributed_only = std::to_array<ConfigKey>({
    row("group.id", String, required, High, "Name of the group of workers; no consumer group may have it."),
    row("session.timeout.ms", Int, "10000", High,
        "Time without heartbeats after which a worker counts as lost, in milliseconds."),
    row("heartbeat.interval.ms", Int, "3000", High, "Time between two heartbeats, in milliseconds."),
    row("rebalance.timeout.ms", Int, "60000", High,
        "Time that workers have to join after a rebalance began, in milliseconds."),
    row("worker.sync.timeout.ms", Int, "3000", Medium, "Time to catch up with the config topic, in milliseconds."),
    row("worker.unsync.backoff.ms", Int, "300000", Medium,
        "Time to stay out of the group after failing to catch up, in milliseconds."),
    row("connect.protocol", String, "sessioned", Low, "Group protocol: eager, compatible or sessioned.",
        connect_protocol),
    row("scheduled.rebalance.max.delay.ms", Int, "300000", Low,
        "Time that the work of a lost worker waits for its return, in milliseconds.", at_least<0>),
    row("exactly.once.source.support", String, "disabled", High,
        "Exactly-once for source connectors: disabled, preparing or enabled.", one_of_any_case<exactly_once>),
    row("inter.worker.key.generation.algorithm", String, "HmacSHA256", Low, "Algorithm that session keys are made for.",
        mac_algorithm),
    row("inter.worker.key.size", Int, null, Low, "Size of session keys in bits; absent: the algorithm's own."),
    row("inter.worker.key.ttl.ms", Int, "3600000", Low, "Lifetime of a session key, in milliseconds; 0: no end.",
        at_least<0>),
    row("inter.worker.signature.algorithm", String, "HmacSHA256", Low, "Algorithm that signs requests between workers.",
        mac_algorithm),
    row("inter.worker.verification.algorithms", List, "HmacSHA256", Low,
        "Algorithms that are accepted of requests between workers.", mac_algorithm_list),
    row("config.storage.topic", String, required, High,
        "Topic that holds connector and task configurations: one partition, compacted.", not_empty),
    row("config.storage.replication.factor", Short, "3", Low,
        "Replication factor of the config topic when it is created; -1: the broker's default.", replication_factor),
    row("offset.storage.topic", String, required, High, "Topic that holds source offsets: compacted.", not_empty),
    row("offset.storage.partitions", Int, "25", Low,
        "Number of partitions of the offsets topic when it is created; -1: the broker's default.", partitions),
    row("offset.storage.replication.factor", Short, "3", Low,
        "Replication factor of the offsets topic when it is created; -1: the broker's default.", replication_factor),
    row("status.storage.topic", String, required, High,
        "Topic that holds the state of connectors and tasks: compacted.", not_empty),
    row("status.storage.partitions", Int, "5", Low,
        "Number of partitions of the status topic when it is created; -1: the broker's default.", partitions),
    row("status.storage.replication.factor", Short, "3", Low,
        "Replication factor of the status topic when it is created; -1: the broker's default.", replication_factor),
    row("client.id", String, "", Low, "Name of this worker towards brokers; part of its clients' names."),
    row("metadata.max.age.ms", Long, "300000", Low,
        "Age at which knowledge of the cluster is renewed, in milliseconds.", at_least<0>),
    row("metadata.recovery.strategy", String, "rebootstrap", Low,
        "What to do when no known broker answers: rebootstrap or none.", one_of_any_case<recoveries>),
    row("metadata.recovery.rebootstrap.trigger.ms", Long, "300000", Low,
        "Time without any answer after which bootstrap.servers are asked again, in milliseconds.", at_least<0>),
    row("request.timeout.ms", Int, "40000", Medium, "Time that a broker has to answer, in milliseconds.", at_least<0>),
    row("connections.max.idle.ms", Long, "540000", Medium,
        "Time after which an unused connection is closed, in milliseconds."),
    row("retry.backoff.ms", Long, "100", Low, "First wait before a failed request is sent again, in milliseconds.",
        at_least<0>),
    row("retry.backoff.max.ms", Long, "1000", Low,
        "Longest wait before a failed request is sent again, in milliseconds.", at_least<0>),
    row("reconnect.backoff.ms", Long, "50", Low, "First wait before a broker is connected to again, in milliseconds.",
        at_least<0>),
    row("reconnect.backoff.max.ms", Long, "1000", Low,
        "Longest wait before a broker is connected to again, in milliseconds.", at_least<0>),
    row("socket.connection.setup.timeout.ms", Long, "10000", Low, "Time to set up a connection, in milliseconds.",
        at_least<0>),
    row("socket.connection.setup.timeout.max.ms", Long, "30000", Low,
        "Longest time to set up a connection after failures, in milliseconds.", at_least<0>),
    row("send.buffer.bytes", Int, "131072", Medium, "Size of the TCP send buffer; -1: the system's.", at_least<-1>),
    row("receive.buffer.bytes", Int, "32768", Medium, "Size of the TCP receive buffer; -1: the system's.",
        at_least<-1>),
});

constexpr auto standalone_only = std::to_array<ConfigKey>({
    row("offset.storage.file.filename", String, required, High, "File that holds source offsets.", not_empty),
});

/// The tables of the two modes. Security keys are declared in distributed mode alone; standalone hands them to clients.
const std::vector<ConfigKey>& distributed_keys() {
    static const auto all = [] {
        std::vector<ConfigKey> keys(both_modes.begin(), both_modes.end());
        keys.insert(keys.end(), distributed_only.begin(), distributed_only.end());
        keys.insert(keys.end(), worker_restart_keys().begin(), worker_restart_keys().end());
        keys.insert(keys.end(), security_keys().begin(), security_keys().end());
        return keys;
    }();
    return all;
}
const std::vector<ConfigKey>& standalone_keys() {
    static const auto all = [] {
        std::vector<ConfigKey> keys(both_modes.begin(), both_modes.end());
        keys.insert(keys.end(), standalone_only.begin(), standalone_only.end());
        keys.insert(keys.end(), worker_restart_keys().begin(), worker_restart_keys().end());
        return keys;
    }();
    return all;
}

}

std::span<const ConfigKey> worker_config_keys(WorkerMode mode) noexcept {
    if (mode == WorkerMode::Standalone) return standalone_keys();
    return distributed_keys();
}

}
