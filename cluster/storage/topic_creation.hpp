/// Makes an internal topic that is missing, and refuses one that would lose a group's state.
///
/// Errors  ConfigException with Java's text: the worker must not start with such a topic.
/// Facts   Kafka 4.3, Connect's TopicAdmin and KafkaConfigBackingStore.
#pragma once
#include "connectors/api/config_def.hpp"
#include "connectors/api/log.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace millrace::worker {
class Admin;
struct InternalTopicConfig;
}

namespace millrace::cluster {

struct InternalTopicRole {
    std::string setting;  ///< "config.storage.topic"
    std::string purpose;  ///< "connector configurations"
    bool single_partition = false;
};
inline const InternalTopicRole config_topic_role{"config.storage.topic", "connector configurations", true};
inline const InternalTopicRole status_topic_role{"status.storage.topic", "connector and task statuses"};
inline const InternalTopicRole offset_topic_role{"offset.storage.topic", "source connector offsets"};

/// Blocks for at most `timeout`. Creates the topic compacted, or checks that the one that exists is.
void ensure_internal_topic(worker::Admin& admin, const worker::InternalTopicConfig& topic,
                           const InternalTopicRole& role, std::chrono::milliseconds timeout, const Logger& logger);

/// Throws unless the topic's cleanup policy is exactly "compact". Pure.
void check_cleanup_policy(const std::string& topic, const InternalTopicRole& role, const Settings& topic_settings);
/// Throws if a topic that must have one partition has more. Pure.
void check_partitions(const std::string& topic, const InternalTopicRole& role, std::int32_t partitions);

}
