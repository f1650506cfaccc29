/// What connectors hand to the worker and back. The unit is the batch: one allocation region for the values of all its
/// records and one, kept until they are acknowledged, for their offsets.
///
/// Every string_view and Value of a record points into the arenas of its batch or into memory that lives as long as the
/// task that made it (a topic name, a schema, a constant).
#pragma once
#include "connectors/api/schema.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

struct Header {
    std::string_view key;
    SchemaPtr schema;
    Value value;
};
/// Shared by all records of which they are the headers, so the usual ones cost a record nothing. Immutable: a
/// transformation that changes headers makes a new list.
using Headers = std::shared_ptr<const std::vector<Header>>;  ///< null: none

enum class Direction : std::uint8_t { Source, Sink };

struct ConnectRecord {
    std::string_view topic;
    std::optional<std::int32_t> partition = {};  ///< none: the producer's partitioner decides
    SchemaPtr key_schema = {};
    Value key = {};
    SchemaPtr value_schema = {};
    Value value = {};
    std::optional<std::int64_t> timestamp = {};  ///< ms since the epoch; none: the producer's clock
    Headers headers = {};
    Direction direction = Direction::Source;  ///< Sink: this is the base of a SinkRecord
};

/// One entry of a source partition or source offset. Values are strings, booleans and numbers (Connect allows no more).
struct OffsetEntry {
    std::string_view key;
    Value value;
};
using OffsetEntries = std::span<const OffsetEntry>;

/// Without a topic it is no record but an offset alone, for a source that moved on and has nothing to tell: nothing is
/// transformed or sent, and the offset is stored when all records before it are acknowledged.
struct SourceRecord : ConnectRecord {
    bool offset_only() const noexcept { return topic.empty(); }

    std::uint32_t source_partition = 0;  ///< index into SourceBatch::partitions
    OffsetEntries source_offset = {};  ///< in the batch's offset arena; the same span for records that share an offset
};

/// What one poll gives. Empty means that there was nothing within the time allowed.
struct SourceBatch {
    ArenaPtr values = {};   ///< released as soon as the batch is handed to the producer
    ArenaPtr offsets = {};  ///< kept until every record of the batch is acknowledged; partitions and offsets lie here
    std::vector<OffsetEntries> partitions = {};
    std::vector<SourceRecord> records = {};
};

/// A stored source offset or partition, owning its parts; keys in the order of the stored JSON.
class OffsetMap {
public:
    OffsetMap() : arena_(std::make_shared<Arena>(256)) {}
    explicit OffsetMap(OffsetEntries entries) : OffsetMap() {
        for (const auto& e : entries) set(e.key, e.value);
    }
    OffsetMap(const OffsetMap& other) : OffsetMap(other.entries()) {}
    OffsetMap(OffsetMap&&) noexcept = default;
    OffsetMap& operator=(const OffsetMap& other) { return *this = OffsetMap(other); }
    OffsetMap& operator=(OffsetMap&&) noexcept = default;
    ~OffsetMap() = default;

    void set(std::string_view key, const Value& value);
    /// The value, or null if the key is absent (or its value is null).
    const Value* find(std::string_view key) const noexcept;
    OffsetEntries entries() const noexcept { return entries_; }
    bool empty() const noexcept { return entries_.empty(); }

private:
    ArenaPtr arena_;
    std::vector<OffsetEntry> entries_;
};

struct TopicPartition {
    std::string topic;
    std::int32_t partition = 0;
    auto operator<=>(const TopicPartition&) const = default;
};
/// For each partition the offset of the next record.
using TopicOffsets = std::map<TopicPartition, std::int64_t>;

enum class TimestampType : std::uint8_t { None, CreateTime, LogAppendTime };

/// A record on its way out of Kafka. Transformations may change topic and partition; where it came from stays.
struct SinkRecord : ConnectRecord {
    SinkRecord() { direction = Direction::Sink; }

    TimestampType timestamp_type = TimestampType::None;
    std::string_view original_topic = {};
    std::int32_t original_partition = 0;
    std::int64_t kafka_offset = 0;  ///< in the original partition
};

/// Where a sent record was stored.
struct RecordMetadata {
    std::string_view topic;
    std::int32_t partition;
    std::int64_t offset;
};

}
