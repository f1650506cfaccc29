#include "worker/config/worker_config.hpp"

#include "connectors/support/text.hpp"
#include "worker/config/client_keys.hpp"
#include "worker/config/key_rows.hpp"
#include "worker/config/override_policy.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace millrace::worker {

namespace {

/// What stands under these belongs to clients, plugins or topics, which check it themselves.
constexpr auto open_prefixes = std::to_array<std::string_view>({"producer.",
                                                                "consumer.",
                                                                "admin.",
                                                                "key.converter.",
                                                                "value.converter.",
                                                                "header.converter.",
                                                                "config.providers.",
                                                                "config.storage.",
                                                                "offset.storage.",
                                                                "status.storage.",
                                                                "listeners.https.",
                                                                "admin.listeners.https.",
                                                                "metrics.context.",
                                                                "metrics.jmx.",
                                                                "internal.key.converter",
                                                                "internal.value.converter",
                                                                "ssl.",
                                                                "sasl.",
                                                                "topic.creation.",
                                                                "rest.extension."});

struct Removed {
    std::string_view name;
    std::string_view instead;
};
constexpr auto removed = std::to_array<Removed>({
    {"rest.host.name", "set listeners=http://<host>:<port>"},
    {"rest.port", "set listeners=http://<host>:<port>"},
    {"internal.key.converter", "internal topics always hold JSON without schemas"},
    {"internal.value.converter", "internal topics always hold JSON without schemas"},
});

bool open_ended(std::string_view name) {
    return std::ranges::any_of(open_prefixes, [&](std::string_view prefix) { return name.starts_with(prefix); });
}

/// The last word on a key that the table does not have: nothing, or a warning.
std::optional<std::string> complaint_about(std::string_view name, std::span<const std::string_view> known) {
    if (const auto old = std::ranges::find(removed, name, &Removed::name); old != removed.end()) {
        return fmt::format("'{}' has no effect since Kafka 3.0: {}.", name, old->instead);
    }
    if (open_ended(name) || is_java_client_key(name)) return std::nullopt;
    if (const auto near = nearest_name(name, known)) {
        return fmt::format("Unknown setting '{}' has no effect. Did you mean '{}'?", name, *near);
    }
    return fmt::format("Unknown setting '{}' has no effect.", name);
}

std::vector<std::string> unknown_key_warnings(const ConfigDef& def, const Settings& settings) {
    std::vector<std::string_view> known;
    for (const auto& key : def.keys()) known.push_back(key.name);
    known.insert(known.end(), java_client_key_names().begin(), java_client_key_names().end());
    std::vector<std::string> warnings;
    for (const auto& [name, value] : settings) {
        if (def.find(name)) continue;
        if (auto warning = complaint_about(name, known)) warnings.push_back(std::move(*warning));
    }
    return warnings;
}

/// What no single value shows.
void check_together(const ConfigDef& def, const Settings& settings, std::vector<std::string>& problems) {
    const Config values(def.keys(), settings);
    if (def.find("inter.worker.signature.algorithm")) {
        const auto algorithm = values.get_string("inter.worker.signature.algorithm");
        const auto accepted = values.get_list("inter.worker.verification.algorithms");
        if (std::ranges::find(accepted, algorithm) == accepted.end()) {
            problems.push_back(
                fmt::format("Invalid value {} for configuration inter.worker.signature.algorithm: Signature algorithm "
                            "must be present in inter.worker.verification.algorithms list",
                            algorithm));
        }
    }
    if (def.find("inter.worker.key.size") && values.find("inter.worker.key.size")) {
        constexpr std::int32_t least_bits = 40;
        const auto bits = values.get_int("inter.worker.key.size");
        if (bits < least_bits) {
            problems.push_back(
                fmt::format("Unable to create key generator with algorithm {} and key size {}: Key length must be at "
                            "least {} bits",
                            values.get_string("inter.worker.key.generation.algorithm"), bits, least_bits));
        }
    }
    try {
        OverridePolicy::from(values);
    } catch (const ConfigException& e) {
        problems.emplace_back(e.what());
    }
    if (const auto port = values.find("rest.advertised.port");
        port && (rows::whole(*port) < 1 || rows::whole(*port) > 65535)) {
        problems.push_back(fmt::format(
            "Invalid value {} for configuration rest.advertised.port: Value must be between 1 and 65535", *port));
    }
    if (const auto text = values.find("rest.advertised.listener"); text && !text->empty() &&
                                                                   !rows::equal_ignoring_case(*text, "http") &&
                                                                   !rows::equal_ignoring_case(*text, "https")) {
        problems.push_back(
            fmt::format("Invalid value {} for configuration rest.advertised.listener: Listener protocol "
                        "must be either \"http\" or \"https\".",
                        *text));
    }
}

InternalTopicConfig topic_of(const Config& values, std::string_view which) {
    const auto prefix = fmt::format("{}.storage.", which);
    InternalTopicConfig topic{.name = values.get_string(prefix + "topic")};
    if (which != "config") topic.partitions = values.get_int(prefix + "partitions");
    topic.replication_factor = values.get_int(prefix + "replication.factor");
    topic.settings = with_prefix_removed(values.settings(), prefix);
    for (const auto* own : {"topic", "partitions", "replication.factor", "cleanup.policy"}) topic.settings.erase(own);
    return topic;
}

void read_group_settings(const Config& values, WorkerConfig& config) {
    using std::chrono::milliseconds;
    config.group_id = values.get_string("group.id");
    config.client_id = values.get_string("client.id");
    config.config_topic = topic_of(values, "config");
    config.offset_topic = topic_of(values, "offset");
    config.status_topic = topic_of(values, "status");
    config.session_timeout = milliseconds(values.get_long("session.timeout.ms"));
    config.heartbeat_interval = milliseconds(values.get_long("heartbeat.interval.ms"));
    config.rebalance_timeout = milliseconds(values.get_long("rebalance.timeout.ms"));
    config.worker_sync_timeout = milliseconds(values.get_long("worker.sync.timeout.ms"));
    config.worker_unsync_backoff = milliseconds(values.get_long("worker.unsync.backoff.ms"));
    config.scheduled_rebalance_max_delay = milliseconds(values.get_long("scheduled.rebalance.max.delay.ms"));
    const auto protocol = lower_case(values.get_string("connect.protocol"));
    config.connect_protocol = protocol == "eager"        ? ConnectProtocol::Eager
                              : protocol == "compatible" ? ConnectProtocol::Compatible
                                                         : ConnectProtocol::Sessioned;
    const auto exactly_once = lower_case(values.get_string("exactly.once.source.support"));
    config.exactly_once_source = exactly_once == "enabled"     ? ExactlyOnceSource::Enabled
                                 : exactly_once == "preparing" ? ExactlyOnceSource::Preparing
                                                               : ExactlyOnceSource::Disabled;
    config.session_key.generation_algorithm = values.get_string("inter.worker.key.generation.algorithm");
    if (values.find("inter.worker.key.size")) config.session_key.size_bits = values.get_int("inter.worker.key.size");
    config.session_key.ttl = milliseconds(values.get_long("inter.worker.key.ttl.ms"));
    config.session_key.signature_algorithm = values.get_string("inter.worker.signature.algorithm");
    config.session_key.verification_algorithms = values.get_list("inter.worker.verification.algorithms");
}

WorkerConfig read(WorkerMode mode, const Config& values) {
    using std::chrono::milliseconds;
    WorkerConfig config{.mode = mode, .values = values};
    config.bootstrap_servers = values.get_list("bootstrap.servers");
    config.key_converter = values.get_string("key.converter");
    config.value_converter = values.get_string("value.converter");
    config.header_converter = values.get_string("header.converter");
    config.offset_flush_interval = milliseconds(values.get_long("offset.flush.interval.ms"));
    config.offset_flush_timeout = milliseconds(values.get_long("offset.flush.timeout.ms"));
    config.task_shutdown_graceful_timeout = milliseconds(values.get_long("task.shutdown.graceful.timeout.ms"));
    if (values.find("plugin.path")) config.plugin_path = values.get_list("plugin.path");
    config.topic_creation_enable = values.get_boolean("topic.creation.enable");
    config.topic_tracking_enable = values.get_boolean("topic.tracking.enable");
    config.topic_tracking_allow_reset = values.get_boolean("topic.tracking.allow.reset");
    config.listeners = listeners_of(values, "listeners");
    if (values.find("admin.listeners")) config.admin_listeners = listeners_of(values, "admin.listeners");
    config.advertised.listener = values.find("rest.advertised.listener");
    config.advertised.host = values.find("rest.advertised.host.name");
    if (values.find("rest.advertised.port")) {
        config.advertised.port = static_cast<std::uint16_t>(values.get_int("rest.advertised.port"));
    }
    config.log_format = lower_case(values.get_string("log.format")) == "json" ? LogOutput::Json : LogOutput::Text;
    config.metrics_window = milliseconds(std::max<std::int64_t>(values.get_long("metrics.sample.window.ms"), 1));
    config.metrics_samples = values.get_int("metrics.num.samples");
    if (mode == WorkerMode::Distributed) read_group_settings(values, config);
    return config;
}

}

std::vector<Listener> listeners_of(const Config& values, std::string_view key) {
    std::vector<Listener> all;
    for (const auto& part : values.get_list(key)) all.push_back(parse_listener(part));
    return all;
}

ParsedWorkerConfig parse_worker_config(WorkerMode mode, Settings settings) {
    const ConfigDef def(worker_config_keys(mode));
    std::vector<std::string> problems;
    for (auto& value : def.validate(settings)) {
        std::ranges::move(value.errors, std::back_inserter(problems));
    }
    if (problems.empty()) check_together(def, settings, problems);
    if (!problems.empty()) {
        std::string text;
        for (const auto& problem : problems) text += (text.empty() ? "" : "\n") + problem;
        throw ConfigException(text);
    }
    auto warnings = unknown_key_warnings(def, settings);
    if (settings.contains("config.storage.partitions")) {
        warnings.emplace_back("'config.storage.partitions' has no effect: the config topic always has one partition.");
    }
    for (const auto& name : Config(def.keys(), settings).get_list("config.providers")) {
        if (settings.contains(fmt::format("config.providers.{}.class", name))) continue;
        warnings.push_back(
            fmt::format("There is no config provider '{0}': config.providers names it, but config.providers.{0}.class "
                        "is not set. References to it stay as they are.",
                        name));
    }
    for (const auto* which : {"config", "offset", "status"}) {
        const auto name = fmt::format("{}.storage.cleanup.policy", which);
        if (settings.contains(name)) warnings.push_back(fmt::format("'{}' has no effect: it is always compact.", name));
    }
    return {.config = read(mode, Config(def.keys(), std::move(settings))), .warnings = std::move(warnings)};
}

Settings with_overrides(Settings settings, std::span<const std::string> overrides) {
    for (const auto& text : overrides) {
        const auto equals = text.find('=');
        const auto name = trim(std::string_view(text).substr(0, std::min(equals, text.size())));
        if (equals == std::string::npos || name.empty()) {
            throw ConfigException(fmt::format("--override takes key=value, not '{}'.",
                                              equals == std::string::npos ? text : text.substr(0, equals + 1)));
        }
        settings.insert_or_assign(std::string(name), text.substr(equals + 1));
    }
    return settings;
}

}
