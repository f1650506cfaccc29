/// What is given out to the members of a Connect group, and how members and the leader describe it to each other.
#pragma once
#include "worker/runtime/ids.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::cluster {

using worker::TaskId;

/// Connectors (their one instance each) and tasks; the order is kept, since members of other makes show it.
struct Work {
    std::vector<std::string> connectors = {};
    std::vector<TaskId> tasks = {};

    bool empty() const noexcept { return connectors.empty() && tasks.empty(); }
    /// What both have is here no more.
    void erase(const Work& items);
    bool operator==(const Work&) const = default;
};

/// The protocols a group can agree on; the number is the version word of its blobs.
enum class Protocol : std::int16_t { Eager = 0, Compatible = 1, Sessioned = 2 };

enum class AssignmentError : std::int16_t {
    None = 0,
    ConfigMismatch = 1,  ///< the leader has not read the config topic far enough: start nothing, join again
};

/// What the leader sends to one member; also how a member describes what it runs.
struct Assignment {
    Protocol protocol = Protocol::Sessioned;
    AssignmentError error = AssignmentError::None;
    std::string leader = {};      ///< member id
    std::string leader_url = {};  ///< with trailing slash
    std::int64_t config_offset = -1;
    Work assigned = {};
    Work revoked = {};                   ///< none in the eager protocol
    std::chrono::milliseconds delay{0};  ///< until lost work is given out again; none in the eager protocol
    /// Of the certificate that the leader shows to its peers; "" for a Java worker, and in the eager protocol.
    std::string leader_fingerprint = {};
    std::string leader_config_topic = {};  ///< config.storage.topic of the leader; "" where the fingerprint is

    bool failed() const noexcept { return error != AssignmentError::None; }
    bool operator==(const Assignment&) const = default;
};

/// What a member says of itself when it joins.
struct MemberMetadata {
    std::string url;  ///< of its REST API, with trailing slash
    std::int64_t config_offset = -1;
    std::optional<Assignment> allocation = std::nullopt;  ///< what it runs; none before its first assignment
    std::string fingerprint = {};                         ///< as Assignment::leader_fingerprint
    std::string config_topic = {};                        ///< as Assignment::leader_config_topic

    bool operator==(const MemberMetadata&) const = default;
};

struct GroupMemberMetadata {
    std::string member_id;
    MemberMetadata metadata;
};

/// All that shall run, by the leader's copy of the config topic, and how far that copy was read.
struct ConfigView {
    std::int64_t offset = -1;
    Work configured = {};
    std::int64_t end = -1;    ///< of the topic, when it was last read to its end
    std::uint64_t reads = 0;  ///< how often that was
};

}
