/// A source task's records on their way to Kafka: transformations, converters, producer. Keeps its buffers, so that a
/// record costs no allocation here. Belongs to the task's thread.
#pragma once
#include "connectors/api/header_aware.hpp"
#include "connectors/api/header_carrier.hpp"
#include "connectors/api/record.hpp"
#include "worker/kafka/producer.hpp"
#include "worker/runtime/attempt.hpp"
#include "worker/runtime/converters.hpp"
#include "worker/runtime/transformation_chain.hpp"

#include <optional>
#include <string>
#include <vector>

namespace millrace::worker {

class SourcePipeline {
public:
    struct Parts {
        TransformationChain chain;
        Converters converters;
    };
    SourcePipeline(Parts parts, ProcessingContext& context)
        : parts_(std::move(parts)),
          header_reader_(dynamic_cast<HeaderAware*>(parts_.converters.value.get())),
          key_headers_(dynamic_cast<HeaderCarrier*>(parts_.converters.key.get())),
          value_headers_(dynamic_cast<HeaderCarrier*>(parts_.converters.value.get())),
          context_(context) {}

    /// What to send; its views last until the next call. None if the record is dropped or skipped. Throws
    /// ConnectException where errors.tolerance does not allow that.
    std::optional<ProducerRecord> prepare(SourceRecord& record, Arena& arena);

private:
    struct HeaderPlace {
        std::size_t begin;
        std::size_t size;
        bool null;
    };
    bool convert_headers(const ConnectRecord& record);
    bool headers_are_cached(const ConnectRecord& record) const;

    Parts parts_;
    HeaderAware* header_reader_;  ///< the value's converter, if it reads headers; otherwise null
    HeaderCarrier* key_headers_;  ///< the key's converter, if it writes headers; otherwise null
    HeaderCarrier* value_headers_;
    ProcessingContext& context_;
    std::string key_;
    std::string value_;
    Headers headers_;  ///< whose converted form is in header_records_
    std::string headers_topic_;
    std::string header_bytes_;
    std::vector<HeaderPlace> header_places_;
    std::vector<RecordHeader> header_records_;
    std::size_t own_headers_ = 0;  ///< how many of them are the record's, before those of converters
};

}
