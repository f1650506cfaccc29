#include "worker/runtime/group_offsets.hpp"

#include "connectors/api/java_integer.hpp"
#include "connectors/converters/java_text.hpp"
#include "worker/kafka/error.hpp"
#include "worker/runtime/offset_order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace millrace::worker {

namespace {

constexpr std::string_view topic_key = "kafka_topic";
constexpr std::string_view partition_key = "kafka_partition";
constexpr std::string_view offset_key = "kafka_offset";

bool has(const OffsetMap& map, std::string_view key) {
    return std::ranges::find(map.entries(), key, &OffsetEntry::key) != map.entries().end();
}

/// As Java shows it. A whole number beyond 64 bits comes as bytes that hold its digits.
std::string text_of(const Value* value) {
    if (value != nullptr && value->kind() == Value::Kind::Bytes) return std::string(value->as_text());
    std::string text;
    converters::append_java_text(text, nullptr, value == nullptr ? Value() : *value);
    return text;
}

template <class Whole>
std::optional<Whole> whole(std::string_view text) {
    return parse_java_integer(text, std::numeric_limits<Whole>::min(), std::numeric_limits<Whole>::max());
}

std::string members_are_left(std::string_view verb, const std::string& connector) {
    return fmt::format(
        "Failed to {0} consumer group offsets for connector {1} either because its tasks haven't stopped completely "
        "yet or the connector was resumed before the request to {0} its offsets could be successfully completed. If "
        "the connector is in a stopped state, this operation can be safely retried. If it doesn't eventually succeed, "
        "the Connect cluster may need to be restarted to get rid of the zombie sink tasks.",
        verb, connector);
}

bool ask_connector(const SinkOffsetTarget& target, const SinkOffsetChanges& changes) {
    try {
        return target.plugin.alter_offsets(target.settings, changes);
    } catch (const ConnectException&) {
        throw;
    } catch (const std::exception& e) {
        throw ConnectException(
            fmt::format("Failed to modify offsets for sink connector {}: {}", target.connector, e.what()));
    }
}

void store(GroupAdmin& group, const SinkOffsetChanges& changes) {
    TopicOffsets kept;
    std::vector<TopicPartition> forgotten;
    for (const auto& [partition, offset] : changes) {
        if (offset) {
            kept[partition] = *offset;
        } else {
            forgotten.push_back(partition);
        }
    }
    if (!kept.empty()) group.alter(kept);
    if (!forgotten.empty()) group.forget(forgotten);
}

}

std::string sink_group(const Settings& worker, const Settings& connector) {
    return sink_consumer_settings(worker, connector, "").at("group.id");
}

std::vector<SinkOffset> sink_offsets(GroupAdmin& group, const std::string& connector) {
    try {
        const auto offsets = group.offsets();
        std::vector<TopicPartition> partitions;
        for (const auto& [at, offset] : offsets) partitions.push_back(at);
        order_sink_offsets(partitions);
        std::vector<SinkOffset> found;
        for (const auto& at : partitions) {
            auto& made = found.emplace_back();
            made.partition.set(partition_key, Value::int64(at.partition));
            made.partition.set(topic_key, Value::string(at.topic));
            made.offset.set(offset_key, Value::int64(offsets.at(at)));
        }
        return found;
    } catch (const ConnectException& e) {
        throw ConnectException(
            fmt::format("Failed to retrieve consumer group offsets for sink connector {}: {}", connector, e.what()));
    }
}

std::pair<TopicPartition, std::optional<std::int64_t>> parse_sink_offset(const OffsetMap* partition,
                                                                         const OffsetMap* offset) {
    if (!partition) throw ConfigException("The partition for a sink connector offset cannot be null or missing");
    if (!has(*partition, topic_key) || !has(*partition, partition_key)) {
        throw ConfigException(
            "The partition for a sink connector offset must contain the keys 'kafka_topic' and 'kafka_partition'");
    }
    const auto* topic = partition->find(topic_key);
    const auto* number = partition->find(partition_key);
    if (!topic) throw ConfigException("Kafka topic names must be valid strings and may not be null");
    if (!number) throw ConfigException("Kafka partitions must be valid numbers and may not be null");
    const auto index = whole<std::int32_t>(text_of(number));
    if (!index) {
        throw ConfigException(fmt::format(
            "Failed to parse the following Kafka partition value in the provided offsets: '{}'. Partition values for "
            "sink connectors need to be integers.",
            text_of(number)));
    }
    const TopicPartition where{text_of(topic), *index};
    if (!offset) return {where, std::nullopt};
    if (!has(*offset, offset_key)) {
        throw ConfigException(
            "The offset for a sink connector should either be null or contain the key 'kafka_offset'");
    }
    const auto text = text_of(offset->find(offset_key));
    const auto wanted = whole<std::int64_t>(text);
    if (!wanted) {
        throw ConfigException(fmt::format(
            "Failed to parse the following Kafka offset value in the provided offsets: '{}'. Offset values for sink "
            "connectors need to be integers.",
            text));
    }
    return {where, wanted};
}

bool alter_sink_offsets(GroupAdmin& group, const SinkOffsetTarget& target, const SinkOffsetChanges& changes) {
    const bool by_connector_too = ask_connector(target, changes);
    for (const auto& [partition, offset] : changes) {
        if (offset && *offset < 0) {
            throw ConnectException(fmt::format("Failed to modify offsets for sink connector {}", target.connector));
        }
    }
    try {
        store(group, changes);
    } catch (const KafkaException& e) {
        if (is_group_in_use(e.code)) throw ConnectException(members_are_left("alter", target.connector));
        std::throw_with_nested(
            ConnectException("Failed to alter consumer group offsets for connector " + target.connector));
    } catch (const RetriableKafkaException& e) {
        std::throw_with_nested(
            ConnectException("Failed to alter consumer group offsets for connector " + target.connector));
    }
    return by_connector_too;
}

bool reset_sink_offsets(GroupAdmin& group, const SinkOffsetTarget& target) {
    SinkOffsetChanges changes;
    try {
        for (const auto& [partition, offset] : group.offsets()) {
            changes.emplace_back(partition, std::nullopt);
        }
    } catch (const ConnectException& e) {
        throw ConnectException(fmt::format(
            "Failed to list offsets prior to resetting offsets for sink connector {}: {}", target.connector, e.what()));
    }
    const bool by_connector_too = ask_connector(target, changes);
    try {
        group.remove();
    } catch (const KafkaException& e) {
        if (is_unknown_group(e.code)) return by_connector_too;
        if (is_group_in_use(e.code)) throw ConnectException(members_are_left("reset", target.connector));
        throw ConnectException(fmt::format("Failed to reset consumer group offsets for sink connector {}: {}",
                                           target.connector, e.what()));
    } catch (const RetriableKafkaException& e) {
        throw ConnectException(fmt::format("Failed to reset consumer group offsets for sink connector {}: {}",
                                           target.connector, e.what()));
    }
    return by_connector_too;
}

}
