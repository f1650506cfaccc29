#include "cluster/membership/reactions.hpp"

#include "tests/pch.hpp"

using namespace millrace::cluster;

TEST_CASE("errors are met as Java's worker meets them", "[membership]") {
    using E = ErrorCode;
    using R = Reaction;
    struct Row {
        E error;
        R find, join, sync, heartbeat;
    };
    const auto row = GENERATE(values<Row>({
        {E::None, R::Proceed, R::Proceed, R::Proceed, R::Proceed},
        {E::CoordinatorLoadInProgress, R::RetryLater, R::RetryLater, R::Fatal, R::RetryLater},
        {E::CoordinatorNotAvailable, R::RetryLater, R::Rediscover, R::Rediscover, R::Rediscover},
        {E::NotCoordinator, R::RetryLater, R::Rediscover, R::Rediscover, R::Rediscover},
        {E::IllegalGeneration, R::Fatal, R::DropGeneration, R::DropGeneration, R::DropGeneration},
        {E::UnknownMemberId, R::Fatal, R::DropMember, R::DropMember, R::DropMember},
        {E::RebalanceInProgress, R::Fatal, R::RetryNow, R::RetryNow, R::RetryNow},
        {E::MemberIdRequired, R::Fatal, R::AdoptMemberId, R::Fatal, R::RetryLater},
        {E::InconsistentGroupProtocol, R::Fatal, R::Fatal, R::Fatal, R::RetryLater},
        {E::GroupAuthorizationFailed, R::Fatal, R::Fatal, R::Fatal, R::RetryLater},
        {E::FencedInstanceId, R::Fatal, R::Fatal, R::Fatal, R::Fatal},
        {static_cast<E>(1234), R::Fatal, R::Fatal, R::Fatal, R::RetryLater},
    }));
    CAPTURE(to_string(row.error));
    CHECK(reaction_to(GroupRequest::FindCoordinator, row.error) == row.find);
    CHECK(reaction_to(GroupRequest::JoinGroup, row.error) == row.join);
    CHECK(reaction_to(GroupRequest::SyncGroup, row.error) == row.sync);
    CHECK(reaction_to(GroupRequest::Heartbeat, row.error) == row.heartbeat);
}
