#include "cluster/membership/reactions.hpp"

namespace millrace::cluster {
namespace {

Reaction to_join(ErrorCode error) noexcept {
    switch (error) {
    case ErrorCode::CoordinatorLoadInProgress:
        return Reaction::RetryLater;
    case ErrorCode::RebalanceInProgress:
        return Reaction::RetryNow;
    case ErrorCode::MemberIdRequired:
        return Reaction::AdoptMemberId;
    case ErrorCode::IllegalGeneration:
        return Reaction::DropGeneration;
    default:
        return Reaction::Fatal;
    }
}

Reaction to_sync(ErrorCode error) noexcept {
    switch (error) {
    case ErrorCode::RebalanceInProgress:
        return Reaction::RetryNow;
    case ErrorCode::IllegalGeneration:
        return Reaction::DropGeneration;
    default:
        return Reaction::Fatal;
    }
}

Reaction to_heartbeat(ErrorCode error) noexcept {
    switch (error) {
    case ErrorCode::RebalanceInProgress:
        return Reaction::RetryNow;
    case ErrorCode::IllegalGeneration:
        return Reaction::DropGeneration;
    case ErrorCode::FencedInstanceId:
        return Reaction::Fatal;
    default:
        return Reaction::RetryLater;
    }
}

}

Reaction reaction_to(GroupRequest request, ErrorCode error) noexcept {
    if (error == ErrorCode::None) return Reaction::Proceed;
    if (request == GroupRequest::FindCoordinator) return is_retriable(error) ? Reaction::RetryLater : Reaction::Fatal;
    if (error == ErrorCode::CoordinatorNotAvailable || error == ErrorCode::NotCoordinator) return Reaction::Rediscover;
    if (error == ErrorCode::UnknownMemberId) return Reaction::DropMember;
    switch (request) {
    case GroupRequest::JoinGroup:
        return to_join(error);
    case GroupRequest::SyncGroup:
        return to_sync(error);
    default:
        return to_heartbeat(error);
    }
}

}
