#include "cluster/wire/error_code.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace millrace::cluster {
namespace {

struct Row {
    ErrorCode code;
    std::string_view name;
    bool retriable = false;
};
constexpr Row rows[] = {
    {ErrorCode::Unknown, "UNKNOWN_SERVER_ERROR"},
    {ErrorCode::None, "NONE"},
    {ErrorCode::CoordinatorLoadInProgress, "COORDINATOR_LOAD_IN_PROGRESS", true},
    {ErrorCode::CoordinatorNotAvailable, "COORDINATOR_NOT_AVAILABLE", true},
    {ErrorCode::NotCoordinator, "NOT_COORDINATOR", true},
    {ErrorCode::IllegalGeneration, "ILLEGAL_GENERATION"},
    {ErrorCode::InconsistentGroupProtocol, "INCONSISTENT_GROUP_PROTOCOL"},
    {ErrorCode::InvalidGroupId, "INVALID_GROUP_ID"},
    {ErrorCode::UnknownMemberId, "UNKNOWN_MEMBER_ID"},
    {ErrorCode::InvalidSessionTimeout, "INVALID_SESSION_TIMEOUT"},
    {ErrorCode::RebalanceInProgress, "REBALANCE_IN_PROGRESS"},
    {ErrorCode::GroupAuthorizationFailed, "GROUP_AUTHORIZATION_FAILED"},
    {ErrorCode::UnsupportedSaslMechanism, "UNSUPPORTED_SASL_MECHANISM"},
    {ErrorCode::IllegalSaslState, "ILLEGAL_SASL_STATE"},
    {ErrorCode::UnsupportedVersion, "UNSUPPORTED_VERSION"},
    {ErrorCode::InvalidRequest, "INVALID_REQUEST"},
    {ErrorCode::InvalidProducerEpoch, "INVALID_PRODUCER_EPOCH"},
    {ErrorCode::ConcurrentTransactions, "CONCURRENT_TRANSACTIONS", true},
    {ErrorCode::TransactionalIdAuthorizationFailed, "TRANSACTIONAL_ID_AUTHORIZATION_FAILED"},
    {ErrorCode::SaslAuthenticationFailed, "SASL_AUTHENTICATION_FAILED"},
    {ErrorCode::MemberIdRequired, "MEMBER_ID_REQUIRED"},
    {ErrorCode::GroupMaxSizeReached, "GROUP_MAX_SIZE_REACHED"},
    {ErrorCode::FencedInstanceId, "FENCED_INSTANCE_ID"},
    {ErrorCode::ProducerFenced, "PRODUCER_FENCED"},
};
const Row* find(ErrorCode code) noexcept {
    const auto* row = std::find_if(std::begin(rows), std::end(rows), [&](const Row& r) { return r.code == code; });
    return row == std::end(rows) ? nullptr : row;
}

}

std::string to_string(ErrorCode code) {
    const auto* row = find(code);
    if (row == nullptr) return fmt::format("error {}", static_cast<int>(code));
    return fmt::format("{} ({})", row->name, static_cast<int>(code));
}

bool is_retriable(ErrorCode code) noexcept {
    const auto* row = find(code);
    return row != nullptr && row->retriable;
}

}
