/// What a member does about each error of the group coordinator. Pure: one table.
#pragma once
#include "cluster/wire/error_code.hpp"

#include <cstdint>

namespace millrace::cluster {

enum class GroupRequest : std::uint8_t { FindCoordinator, JoinGroup, SyncGroup, Heartbeat };

enum class Reaction : std::uint8_t {
    Proceed,
    RetryNow,        ///< join again at once, with the same member id and generation
    RetryLater,      ///< the same after a back-off; for a heartbeat: it failed, the next one comes sooner
    Rediscover,      ///< forget the coordinator, find it again
    DropGeneration,  ///< join again at once with the same member id
    DropMember,      ///< join again at once as a new member
    AdoptMemberId,   ///< join again at once with the member id of the answer
    Fatal,           ///< the worker cannot be a member until somebody changes something
};

Reaction reaction_to(GroupRequest request, ErrorCode error) noexcept;

}
