/// Failures of the Kafka client: librdkafka's code is kept, and one table says whether to try again.
#pragma once
#include "connectors/api/errors.hpp"

#include <string>

namespace millrace::worker {

/// librdkafka's rd_kafka_resp_err_t; 0 is success, negative codes are the client's own, positive ones the broker's.
using KafkaErrorCode = int;

struct KafkaException : ConnectException {
    KafkaException(const std::string& message, KafkaErrorCode error) : ConnectException(message), code(error) {}
    KafkaErrorCode code;
};
/// The same call may succeed later.
struct RetriableKafkaException : RetriableException {
    RetriableKafkaException(const std::string& message, KafkaErrorCode error)
        : RetriableException(message), code(error) {}
    KafkaErrorCode code;
};

bool is_retriable(KafkaErrorCode code) noexcept;
bool is_fenced(KafkaErrorCode code) noexcept;         ///< a newer producer of the same transactional.id has taken over
bool is_refusal(KafkaErrorCode code) noexcept;        ///< credentials or rights will not do
bool is_purged(KafkaErrorCode code) noexcept;         ///< given up by Producer::purge
bool is_purged_unsent(KafkaErrorCode code) noexcept;  ///< that, and no broker has it
bool is_unknown_group(KafkaErrorCode code) noexcept;
bool is_group_in_use(KafkaErrorCode code) noexcept;  ///< a change is refused because members are left
std::string kafka_error_name(KafkaErrorCode code);   ///< "TOPIC_ALREADY_EXISTS"
std::string kafka_error_text(KafkaErrorCode code);   ///< a sentence without a final point
/// The name of Java's exception for this code, for traces: "org.apache.kafka.common.errors.RecordTooLargeException".
std::string java_exception_name(KafkaErrorCode code);

/// Throws RetriableKafkaException or KafkaException: "<what>: <text> (<NAME>)".
[[noreturn]] void throw_kafka_error(const std::string& what, KafkaErrorCode code, const std::string& detail = {});

}
