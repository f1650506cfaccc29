/// A sink task's records on their way from Kafka to the plugin: converters, then transformations. Belongs to the task's
/// thread.
#pragma once
#include "connectors/api/header_carrier.hpp"
#include "connectors/api/plugin.hpp"
#include "worker/kafka/group_consumer.hpp"
#include "worker/runtime/attempt.hpp"
#include "worker/runtime/converters.hpp"
#include "worker/runtime/transformation_chain.hpp"

#include <functional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace millrace::worker {

/// What put() is given, and the memory that it lies in.
struct SinkBatch {
    std::vector<SinkRecord> records = {};
    std::vector<const ConsumerRecord*> origins = {};  ///< of each record what was read
    TopicOffsets offsets = {};                        ///< behind all that was read, skipped records included
    std::vector<RecordBatch> raw = {};
    std::vector<ArenaPtr> arenas = {};

    void drop(std::span<const TopicPartition> partitions);
    void clear() noexcept;  ///< the room for records stays
    /// What was read for this record of the batch (or a copy of one), or null.
    const ConsumerRecord* origin_of(const SinkRecord& record) const noexcept;
};

/// A record that was not read, as its topic would have it.
struct WrittenRecord {
    std::optional<std::string> key = {};
    std::optional<std::string> value = {};
    std::vector<std::optional<std::string>> header_values = {};
    std::vector<RecordHeader> headers = {};
};

class SinkPipeline {
public:
    struct Parts {
        TransformationChain chain;
        Converters converters;
    };
    /// `on_topic` is told of each topic when its first record has been converted, or the first after forget_topics().
    SinkPipeline(Parts parts, ProcessingContext& context, std::function<void(const std::string&)> on_topic)
        : parts_(std::move(parts)),
          key_headers_(dynamic_cast<HeaderCarrier*>(parts_.converters.key.get())),
          value_headers_(dynamic_cast<HeaderCarrier*>(parts_.converters.value.get())),
          context_(context),
          on_topic_(std::move(on_topic)) {}

    /// Appends to the batch. Throws ConnectException where errors.tolerance does not allow to skip a record.
    void convert(RecordBatch raw, SinkBatch& batch);
    void forget_topics() noexcept;
    /// The way back, of a record that a task made by itself. Throws what a converter throws.
    WrittenRecord write(const SinkRecord& record);

private:
    void add(const ConsumerRecord& record, Arena& arena, SinkBatch& batch);
    bool convert(const ConsumerRecord& record, Arena& arena, SinkRecord& made);  ///< false: skipped
    Headers convert_headers(const ConsumerRecord& record, Arena& arena);
    void note_topic(std::string_view topic);

    Parts parts_;
    HeaderCarrier* key_headers_;  ///< the key's converter, if it reads headers; otherwise null
    HeaderCarrier* value_headers_;
    ProcessingContext& context_;
    std::function<void(const std::string&)> on_topic_;
    std::set<std::string, std::less<>> topics_;
    std::string_view last_topic_;  ///< lies in topics_
};

}
