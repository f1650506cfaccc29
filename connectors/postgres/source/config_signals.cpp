#include "connectors/http/public_address.hpp"
#include "connectors/postgres/source/config.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::postgres {
namespace {

using std::chrono::milliseconds;

bool has(const std::vector<std::string>& list, std::string_view name) { return std::ranges::count(list, name) > 0; }

void warn_of_channels(const std::vector<std::string>& channels, std::string_view key,
                      std::initializer_list<std::string_view> known, const Warn& warn) {
    for (const auto& channel : channels) {
        if (std::ranges::count(known, std::string_view(channel)) > 0) continue;
        warn(fmt::format("{} names the channel '{}', which there is none of here: known are {}", key, channel,
                         fmt::join(known, ", ")));
    }
}

void read_notifications(const Config& config, const Warn& warn, NotificationConfig& out) {
    constexpr std::string_view key = "notification.enabled.channels";
    auto channels = config.get_list(key);
    if (has(channels, "jmx")) {
        warn(fmt::format(
            "{} names the channel 'jmx', which needs a JVM: /metrics has the metrics of snapshots and counts "
            "notifications (millrace_postgres_notifications_total), and the channels sink, log and http have "
            "the notifications themselves",
            key));
        std::erase(channels, "jmx");
    }
    warn_of_channels(channels, key, {"sink", "log", "http"}, warn);
    out.sink = has(channels, "sink");
    out.log = has(channels, "log");
    out.http = has(channels, "http");
    out.topic = config.get_string("notification.sink.topic.name");
    out.url = trim(config.get_string("notification.http.url"));
    out.timeout = milliseconds(config.get_int("notification.http.timeout.ms"));
    out.retries = config.get_int("notification.http.retries");
    out.allow_private_networks = config.get_boolean("notification.http.allow.private.networks");
}

Settings consumer_settings(const Config& config) {
    constexpr std::string_view prefix = "signal.consumer.";
    Settings consumer = {{"bootstrap.servers", config.get_string("signal.kafka.bootstrap.servers")},
                         {"group.id", config.get_string("signal.kafka.groupId")},
                         {"auto.offset.reset", "earliest"}};
    for (const auto& [key, value] : config.settings()) {
        if (key.starts_with(prefix)) consumer[key.substr(prefix.size())] = value;
    }
    return consumer;
}

}

bool posts_notifications(const Settings& settings) {
    const auto channels = settings.find("notification.enabled.channels");
    return channels != settings.end() && has(split_list(channels->second), "http");
}

std::string notification_url_problem(const Settings& settings) {
    if (!posts_notifications(settings)) return {};
    const auto url = settings.find("notification.http.url");
    if (url == settings.end() || trim(url->second).empty()) {
        return "HTTP notification URL must be provided when the 'http' notification channel is enabled";
    }
    if (host_of_url(trim(url->second)).empty()) {
        return "HTTP notification URL must be a valid http(s) URL with a host";
    }
    return {};
}

void read_signals(const Config& config, const Warn& warn, SourceConfig& out) {
    auto& signals = out.signals;
    const auto channels = config.get_list("signal.enabled.channels");
    warn_of_channels(channels, "signal.enabled.channels", {"source", "kafka", "file"}, warn);
    signals.source = has(channels, "source");
    signals.kafka = has(channels, "kafka");
    signals.file = has(channels, "file");
    signals.table = config.get_string("signal.data.collection");
    signals.poll_interval = milliseconds(config.get_long("signal.poll.interval.ms"));
    signals.file_name = config.get_string("signal.file");
    signals.topic = config.get_string("signal.kafka.topic");
    if (signals.topic.empty()) signals.topic = out.topics.prefix + "-signal";
    signals.consumer = consumer_settings(config);
    signals.chunk_size = config.get_int("incremental.snapshot.chunk.size");
    signals.read_only = config.get_boolean("read.only");
    signals.emit_retries = config.get_int("signal.emit.failure.max.retries");
    signals.emit_back_off = milliseconds(config.get_long("signal.emit.failure.backoff.ms"));
    if (signals.kafka && trim(signals.consumer["bootstrap.servers"]).empty()) {
        throw ConfigException(
            "The 'signal.kafka.bootstrap.servers' value is invalid: A value is required by the signal channel 'kafka'");
    }
    read_notifications(config, warn, out.notifications);
}

}
