#include "worker/kafka/error.hpp"

#include <fmt/core.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>

namespace millrace::worker {

namespace {

/// What passes by itself: lost connections, elections, brokers that are starting. Facts: Kafka protocol guide, column
/// "retriable", and librdkafka's own codes.
constexpr auto retriable = std::to_array<KafkaErrorCode>({
    RD_KAFKA_RESP_ERR__TRANSPORT,
    RD_KAFKA_RESP_ERR__RESOLVE,
    RD_KAFKA_RESP_ERR__MSG_TIMED_OUT,
    RD_KAFKA_RESP_ERR__TIMED_OUT,
    RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
    RD_KAFKA_RESP_ERR__QUEUE_FULL,
    RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN,
    RD_KAFKA_RESP_ERR__WAIT_COORD,
    RD_KAFKA_RESP_ERR__WAIT_CACHE,
    RD_KAFKA_RESP_ERR__IN_PROGRESS,
    RD_KAFKA_RESP_ERR__RETRY,
    RD_KAFKA_RESP_ERR__INTR,
    RD_KAFKA_RESP_ERR__PARTITION_EOF,
    RD_KAFKA_RESP_ERR__NOENT,  // no partition asked about has a leader now: its broker is fenced, or starting
    RD_KAFKA_RESP_ERR_INVALID_MSG,
    RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
    RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
    RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
    RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
    RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE,
    RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE,
    RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION,
    RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
    RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
    RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
    RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
    RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
    RD_KAFKA_RESP_ERR_NOT_CONTROLLER,
    RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS,
    RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
    RD_KAFKA_RESP_ERR_FETCH_SESSION_ID_NOT_FOUND,
    RD_KAFKA_RESP_ERR_INVALID_FETCH_SESSION_EPOCH,
    RD_KAFKA_RESP_ERR_LISTENER_NOT_FOUND,
    RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH,
    RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH,
    RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE,
    RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT,
    RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED,
});

rd_kafka_resp_err_t as_rdkafka(KafkaErrorCode code) noexcept { return static_cast<rd_kafka_resp_err_t>(code); }

struct JavaName {
    KafkaErrorCode code;
    std::string_view name;
};
constexpr auto java_names = std::to_array<JavaName>({
    {RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, "TimeoutException"},
    {RD_KAFKA_RESP_ERR__TIMED_OUT, "TimeoutException"},
    {RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, "TimeoutException"},
    {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, "RecordTooLargeException"},
    {RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, "RecordBatchTooLargeException"},
    {RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, "InvalidTopicException"},
    {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, "TopicAuthorizationException"},
    {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, "ClusterAuthorizationException"},
    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, "GroupAuthorizationException"},
    {RD_KAFKA_RESP_ERR__AUTHENTICATION, "SaslAuthenticationException"},
    {RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, "SaslAuthenticationException"},
    {RD_KAFKA_RESP_ERR__SSL, "SslAuthenticationException"},
    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, "UnknownTopicOrPartitionException"},
    {RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, "UnknownTopicOrPartitionException"},
    {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, "UnknownTopicOrPartitionException"},
    {RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR, "InvalidReplicationFactorException"},
    {RD_KAFKA_RESP_ERR_INVALID_PARTITIONS, "InvalidPartitionsException"},
    {RD_KAFKA_RESP_ERR_INVALID_CONFIG, "InvalidConfigurationException"},
    {RD_KAFKA_RESP_ERR_POLICY_VIOLATION, "PolicyViolationException"},
    {RD_KAFKA_RESP_ERR_INVALID_RECORD, "InvalidRecordException"},
    {RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS, "TopicExistsException"},
    {RD_KAFKA_RESP_ERR__FENCED, "ProducerFencedException"},
    {RD_KAFKA_RESP_ERR_PRODUCER_FENCED, "ProducerFencedException"},
    {RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, "InvalidProducerEpochException"},
    {RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, "TransactionalIdAuthorizationException"},
    {RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, "FencedInstanceIdException"},
    {RD_KAFKA_RESP_ERR__TRANSPORT, "DisconnectException"},
    {RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "DisconnectException"},
});

}

bool is_retriable(KafkaErrorCode code) noexcept { return std::ranges::find(retriable, code) != retriable.end(); }
bool is_refusal(KafkaErrorCode code) noexcept {
    constexpr std::array refusals{RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
                                  RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
                                  RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
                                  RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED};
    return std::ranges::find(refusals, as_rdkafka(code)) != refusals.end();
}
bool is_purged_unsent(KafkaErrorCode code) noexcept { return code == RD_KAFKA_RESP_ERR__PURGE_QUEUE; }

bool is_purged(KafkaErrorCode code) noexcept {
    return code == RD_KAFKA_RESP_ERR__PURGE_QUEUE || code == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
}
bool is_fenced(KafkaErrorCode code) noexcept {
    return code == RD_KAFKA_RESP_ERR__FENCED || code == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH ||
           code == RD_KAFKA_RESP_ERR_PRODUCER_FENCED;
}
bool is_unknown_group(KafkaErrorCode code) noexcept { return code == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND; }
bool is_group_in_use(KafkaErrorCode code) noexcept {
    return code == RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID || code == RD_KAFKA_RESP_ERR_GROUP_SUBSCRIBED_TO_TOPIC ||
           code == RD_KAFKA_RESP_ERR_NON_EMPTY_GROUP;
}
std::string kafka_error_name(KafkaErrorCode code) { return rd_kafka_err2name(as_rdkafka(code)); }
std::string kafka_error_text(KafkaErrorCode code) { return rd_kafka_err2str(as_rdkafka(code)); }
std::string java_exception_name(KafkaErrorCode code) {
    const auto found = std::ranges::find(java_names, code, &JavaName::code);
    if (found == java_names.end()) return "org.apache.kafka.common.KafkaException";
    return fmt::format("org.apache.kafka.common.errors.{}", found->name);
}

void throw_kafka_error(const std::string& what, KafkaErrorCode code, const std::string& detail) {
    const auto message =
        fmt::format("{}: {} ({})", what, detail.empty() ? kafka_error_text(code) : detail, kafka_error_name(code));
    if (is_retriable(code)) throw RetriableKafkaException(message, code);
    throw KafkaException(message, code);
}

}
