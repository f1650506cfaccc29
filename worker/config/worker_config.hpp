/// The settings of a worker, checked.
///
/// Input   raw settings: a properties file's, with `--override` applied and ${provider:path:key} resolved.
/// Output  WorkerConfig; warnings, one for each key that nobody knows, with the nearest known name.
/// Throws  ConfigException with every problem, a line each.
/// Facts   Kafka 4.3, Connect's DistributedConfig, StandaloneConfig and WorkerConfig.
#pragma once
#include "connectors/support/settings.hpp"
#include "worker/config/listener.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::worker {

enum class WorkerMode : std::uint8_t { Distributed, Standalone };
enum class ConnectProtocol : std::uint8_t { Eager, Compatible, Sessioned };
enum class ExactlyOnceSource : std::uint8_t { Disabled, Preparing, Enabled };
enum class LogOutput : std::uint8_t { Text, Json };

/// One of the topics that a Connect group keeps its state in.
struct InternalTopicConfig {
    std::string name;
    std::int32_t partitions = 1;
    std::int32_t replication_factor = 3;  ///< -1: the broker's default
    Settings settings = {};               ///< topic settings at creation; cleanup.policy is not among them
};

struct SessionKeyConfig {
    std::string generation_algorithm = "HmacSHA256";
    std::optional<std::int32_t> size_bits = {};  ///< none: the algorithm's own
    std::chrono::milliseconds ttl{3'600'000};    ///< 0: never renewed
    std::string signature_algorithm = "HmacSHA256";
    std::vector<std::string> verification_algorithms = {"HmacSHA256"};
};

struct WorkerConfig {
    WorkerMode mode = WorkerMode::Distributed;
    /// Every setting by its name, those without a member below included; see worker_config_keys().
    Config values{{}, {}};

    std::vector<std::string> bootstrap_servers = {};
    std::string group_id = {};
    std::string client_id = {};  ///< empty: none given
    InternalTopicConfig config_topic = {};
    InternalTopicConfig offset_topic = {};
    InternalTopicConfig status_topic = {};

    std::string key_converter = {};
    std::string value_converter = {};
    std::string header_converter = {};

    std::chrono::milliseconds session_timeout{10'000};
    std::chrono::milliseconds heartbeat_interval{3'000};
    std::chrono::milliseconds rebalance_timeout{60'000};
    std::chrono::milliseconds worker_sync_timeout{3'000};
    std::chrono::milliseconds worker_unsync_backoff{300'000};
    std::chrono::milliseconds scheduled_rebalance_max_delay{300'000};
    ConnectProtocol connect_protocol = ConnectProtocol::Sessioned;
    ExactlyOnceSource exactly_once_source = ExactlyOnceSource::Disabled;
    SessionKeyConfig session_key = {};

    std::chrono::milliseconds offset_flush_interval{60'000};
    std::chrono::milliseconds offset_flush_timeout{5'000};
    std::chrono::milliseconds task_shutdown_graceful_timeout{5'000};

    std::optional<std::vector<std::string>> plugin_path = {};  ///< none: the installation's own plugins
    bool topic_creation_enable = true;
    bool topic_tracking_enable = true;
    bool topic_tracking_allow_reset = true;

    std::vector<Listener> listeners = {};
    std::optional<std::vector<Listener>> admin_listeners = {};  ///< none: on the main ones; empty: no admin endpoints
    AdvertisedSettings advertised = {};
    LogOutput log_format = LogOutput::Text;
    std::chrono::milliseconds metrics_window{30'000};  ///< of the samples that rates and means come from
    int metrics_samples = 2;

    /// All settings as given, unknown ones included: what clients are configured from.
    const Settings& settings() const noexcept { return values.settings(); }
};

/// The table of settings, for the reference pages too.
std::span<const ConfigKey> worker_config_keys(WorkerMode mode) noexcept;

struct ParsedWorkerConfig {
    WorkerConfig config;
    std::vector<std::string> warnings;
};
ParsedWorkerConfig parse_worker_config(WorkerMode mode, Settings settings);

/// What `listeners` or `admin.listeners` say. Throws ConfigException.
std::vector<Listener> listeners_of(const Config& values, std::string_view key);

/// `overrides` are "key=value" texts, the last of a key wins. Throws ConfigException for one without a key or '='.
Settings with_overrides(Settings settings, std::span<const std::string> overrides);

}
