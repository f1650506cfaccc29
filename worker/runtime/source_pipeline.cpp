#include "worker/runtime/source_pipeline.hpp"

namespace millrace::worker {

namespace {

/// -1 is "no timestamp", as in Kafka's records.
std::optional<std::int64_t> checked_timestamp(const ConnectRecord& record) {
    if (!record.timestamp || *record.timestamp == -1) return std::nullopt;
    if (*record.timestamp < 0) {
        throw ConnectException(fmt::format("Invalid record timestamp {}", *record.timestamp));
    }
    return record.timestamp;
}

}

bool SourcePipeline::headers_are_cached(const ConnectRecord& record) const {
    return record.headers == headers_ && headers_topic_ == record.topic;
}

bool SourcePipeline::convert_headers(const ConnectRecord& record) {
    if (headers_ && headers_are_cached(record)) {
        header_records_.resize(own_headers_);
        return true;
    }
    headers_.reset();
    header_records_.clear();
    if (!record.headers || record.headers->empty()) return true;
    const auto done = attempt({StageKind::HeaderConverter, parts_.converters.header_class}, context_, [&] {
        header_bytes_.clear();
        header_places_.clear();
        for (const auto& header : *record.headers) {
            const auto begin = header_bytes_.size();
            const bool present = parts_.converters.header->from_connect_header(record.topic, header.key, header.schema,
                                                                               header.value, header_bytes_);
            header_places_.push_back({begin, header_bytes_.size() - begin, !present});
        }
        return true;
    });
    if (!done) return false;
    for (std::size_t i = 0; i < header_places_.size(); ++i) {
        const auto& place = header_places_[i];
        auto& made = header_records_.emplace_back(RecordHeader{.key = (*record.headers)[i].key, .value = {}});
        if (!place.null) made.value = std::string_view(header_bytes_).substr(place.begin, place.size);
    }
    own_headers_ = header_records_.size();
    headers_ = record.headers;
    headers_topic_ = record.topic;
    return true;
}

std::optional<ProducerRecord> SourcePipeline::prepare(SourceRecord& record, Arena& arena) {
    context_.begin({.source = &record});
    if (!parts_.chain.empty() && !parts_.chain.apply(record, arena, context_)) return std::nullopt;
    if (!convert_headers(record)) return std::nullopt;
    const auto key = attempt({StageKind::KeyConverter, parts_.converters.key_class}, context_, [&] {
        key_.clear();
        if (key_headers_) key_headers_->write_headers(header_records_);
        return parts_.converters.key->from_connect_data(record.topic, record.key_schema, record.key, key_);
    });
    if (!key) return std::nullopt;
    const auto value = attempt({StageKind::ValueConverter, parts_.converters.value_class}, context_, [&] {
        value_.clear();
        if (header_reader_) header_reader_->use_headers(record.headers);
        if (value_headers_) value_headers_->write_headers(header_records_);
        return parts_.converters.value->from_connect_data(record.topic, record.value_schema, record.value, value_);
    });
    if (!value) return std::nullopt;
    ProducerRecord out{.topic = record.topic, .partition = record.partition, .timestamp = checked_timestamp(record)};
    if (*key) out.key = key_;
    if (*value) out.value = value_;
    out.headers = header_records_;
    return out;
}

}
