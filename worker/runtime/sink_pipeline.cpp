#include "worker/runtime/sink_pipeline.hpp"

#include <algorithm>
#include <utility>

namespace millrace::worker {

namespace {

bool is_of(const SinkRecord& record, const TopicPartition& partition) noexcept {
    return record.original_partition == partition.partition && record.original_topic == partition.topic;
}

/// Where a partition's entry is, for records that come in runs of one partition.
class OffsetCursor {
public:
    explicit OffsetCursor(TopicOffsets& offsets) : offsets_(offsets) {}
    void advance(const ConsumerRecord& record) {
        if (!at_ || topic_.data() != record.topic.data() || partition_ != record.partition) {
            topic_ = record.topic;
            partition_ = record.partition;
            at_ = &offsets_[{std::string(topic_), partition_}];
        }
        *at_ = record.offset + 1;
    }

private:
    TopicOffsets& offsets_;
    std::int64_t* at_ = nullptr;
    std::string_view topic_;
    std::int32_t partition_ = 0;
};

}

void SinkBatch::drop(std::span<const TopicPartition> partitions) {
    for (const auto& partition : partitions) {
        offsets.erase(partition);
        std::size_t kept = 0;
        for (std::size_t i = 0; i < records.size(); ++i) {
            if (is_of(records[i], partition)) continue;
            if (kept != i) records[kept] = std::move(records[i]);
            origins[kept++] = origins[i];
        }
        records.resize(kept);
        origins.resize(kept);
    }
}

void SinkBatch::clear() noexcept {
    records.clear();
    origins.clear();
    offsets.clear();
    raw.clear();
    arenas.clear();
}

const ConsumerRecord* SinkBatch::origin_of(const SinkRecord& record) const noexcept {
    for (const auto* origin : origins) {
        if (origin->offset == record.kafka_offset && origin->partition == record.original_partition &&
            origin->topic == record.original_topic) {
            return origin;
        }
    }
    return nullptr;
}

void SinkPipeline::note_topic(std::string_view topic) {
    if (topic == last_topic_) return;
    const auto [at, is_new] = topics_.emplace(topic);
    last_topic_ = *at;
    if (is_new) on_topic_(*at);
}

void SinkPipeline::forget_topics() noexcept {
    last_topic_ = {};
    topics_.clear();
}

Headers SinkPipeline::convert_headers(const ConsumerRecord& record, Arena& arena) {
    auto headers = std::make_shared<std::vector<Header>>();
    headers->reserve(record.headers.size());
    for (const auto& header : record.headers) {
        auto [schema, value] =
            parts_.converters.header->to_connect_header(record.topic, header.key, header.value, arena);
        headers->push_back({.key = header.key, .schema = std::move(schema), .value = value});
    }
    return headers;
}

WrittenRecord SinkPipeline::write(const SinkRecord& record) {
    WrittenRecord written;
    auto& converters = parts_.converters;
    std::string bytes;
    if (record.headers) {
        for (const auto& header : *record.headers) {
            bytes.clear();
            const bool any =
                converters.header->from_connect_header(record.topic, header.key, header.schema, header.value, bytes);
            written.header_values.push_back(any ? std::optional(bytes) : std::nullopt);
        }
        for (std::size_t i = 0; i < written.header_values.size(); ++i) {
            written.headers.push_back({.key = (*record.headers)[i].key, .value = written.header_values[i]});
        }
    }
    bytes.clear();
    if (converters.key->from_connect_data(record.topic, record.key_schema, record.key, bytes)) written.key = bytes;
    bytes.clear();
    if (converters.value->from_connect_data(record.topic, record.value_schema, record.value, bytes)) {
        written.value = bytes;
    }
    return written;
}

bool SinkPipeline::convert(const ConsumerRecord& record, Arena& arena, SinkRecord& made) {
    context_.begin({.consumed = &record});
    auto& converters = parts_.converters;
    auto key = attempt({StageKind::KeyConverter, converters.key_class}, context_, [&] {
        if (key_headers_) key_headers_->read_headers(record.headers);
        return converters.key->to_connect_data(record.topic, record.key, arena);
    });
    if (!key) return false;
    auto value = attempt({StageKind::ValueConverter, converters.value_class}, context_, [&] {
        if (value_headers_) value_headers_->read_headers(record.headers);
        return converters.value->to_connect_data(record.topic, record.value, arena);
    });
    if (!value) return false;
    if (!record.headers.empty()) {
        auto headers = attempt({StageKind::HeaderConverter, converters.header_class}, context_,
                               [&] { return convert_headers(record, arena); });
        if (!headers) return false;
        made.headers = std::move(*headers);
    }
    made.topic = made.original_topic = record.topic;
    made.partition = made.original_partition = record.partition;
    made.kafka_offset = record.offset;
    made.key_schema = std::move(key->schema);
    made.key = key->value;
    made.value_schema = std::move(value->schema);
    made.value = value->value;
    if (record.timestamp >= 0) made.timestamp = record.timestamp;
    made.timestamp_type = record.timestamp_type;
    note_topic(record.topic);
    return parts_.chain.empty() || parts_.chain.apply(made, arena, context_);
}

/// Made where it stays, and taken away again unless it is whole: the batch is still asked about partitions when a task
/// fails.
void SinkPipeline::add(const ConsumerRecord& record, Arena& arena, SinkBatch& batch) {
    auto& made = batch.records.emplace_back();
    try {
        if (convert(record, arena, made)) {
            batch.origins.push_back(&record);
            return;
        }
    } catch (...) {
        batch.records.pop_back();
        throw;
    }
    batch.records.pop_back();
}

void SinkPipeline::convert(RecordBatch raw, SinkBatch& batch) {
    if (raw.records().empty()) return;
    const auto& arena = batch.arenas.emplace_back(std::make_shared<Arena>());
    const auto& kept = batch.raw.emplace_back(std::move(raw));
    batch.records.reserve(batch.records.size() + kept.records().size());
    OffsetCursor offsets(batch.offsets);
    for (const auto& record : kept.records()) {
        add(record, *arena, batch);
        offsets.advance(record);
    }
}

}
