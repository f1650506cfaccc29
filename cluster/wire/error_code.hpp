/// Kafka's error codes, as far as a group member meets them.
#pragma once
#include <cstdint>
#include <string>

namespace millrace::cluster {

enum class ErrorCode : std::int16_t {
    Unknown = -1,
    None = 0,
    CoordinatorLoadInProgress = 14,
    CoordinatorNotAvailable = 15,
    NotCoordinator = 16,
    IllegalGeneration = 22,
    InconsistentGroupProtocol = 23,
    InvalidGroupId = 24,
    UnknownMemberId = 25,
    InvalidSessionTimeout = 26,
    RebalanceInProgress = 27,
    GroupAuthorizationFailed = 30,
    UnsupportedSaslMechanism = 33,
    IllegalSaslState = 34,
    UnsupportedVersion = 35,
    InvalidRequest = 42,
    InvalidProducerEpoch = 47,
    ConcurrentTransactions = 51,
    TransactionalIdAuthorizationFailed = 53,
    SaslAuthenticationFailed = 58,
    MemberIdRequired = 79,
    GroupMaxSizeReached = 81,
    FencedInstanceId = 82,
    ProducerFenced = 90,
};

/// "REBALANCE_IN_PROGRESS (27)"; numbers that are not in the list are given alone.
std::string to_string(ErrorCode code);
/// True where the same request may succeed later.
bool is_retriable(ErrorCode code) noexcept;

}
