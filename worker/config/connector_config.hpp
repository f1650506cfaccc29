/// The settings that Connect itself defines for every connector; a connector's own come from its config_keys().
///
/// Facts   Kafka 4.3, ConnectorConfig, SourceConnectorConfig, SinkConnectorConfig: names, defaults, groups, orders,
///         widths and display names are what validation answers show.
#pragma once
#include "connectors/api/config_def.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace millrace::worker {

std::span<const ConfigKey> common_connector_keys() noexcept;
std::span<const ConfigKey> source_connector_keys() noexcept;  ///< those of sources alone, to follow the common ones
std::span<const ConfigKey> sink_connector_keys() noexcept;    ///< those of sinks alone, to follow the common ones

enum class Tolerance : std::uint8_t { None, All };

/// errors.*: what to do about a record that a stage refuses.
struct ErrorHandling {
    std::chrono::milliseconds retry_timeout{0};  ///< negative: for ever
    std::chrono::milliseconds retry_delay_max{60'000};
    Tolerance tolerance = Tolerance::None;
    bool log_enable = false;
    bool log_include_messages = false;
};
/// Throws ConfigException for values that do not parse.
ErrorHandling error_handling(const Settings& connector);

/// A connector's name, class and number of tasks. Throws ConfigException where one is missing or does not parse.
struct ConnectorBasics {
    std::string name;
    std::string connector_class;
    std::int32_t tasks_max = 1;
    bool tasks_max_enforce = true;
};
ConnectorBasics connector_basics(const Settings& connector);

enum class TransactionBoundary : std::uint8_t { Poll, Interval, Connector };

/// How a source connector's records and offsets are written. Throws ConfigException for values that do not parse.
struct SourceDelivery {
    TransactionBoundary boundary = TransactionBoundary::Poll;
    std::optional<std::chrono::milliseconds> interval = {};  ///< of Interval; none: offset.flush.interval.ms
    std::string offsets_topic = {};                          ///< empty: the worker's
};
SourceDelivery source_delivery(const Settings& connector);

/// Kafka Connect's words for more tasks than tasks.max, or "" if there are no more; with tasks.max.enforce the task or
/// connector fails with them, else they are a warning.
std::string too_many_tasks(const ConnectorBasics& connector, std::size_t tasks);

}
