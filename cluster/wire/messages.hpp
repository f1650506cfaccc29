/// The part of the Kafka protocol that a group member speaks: one struct a message, one table a struct (messages.cpp).
///
/// Output  encode() and decode() turn a struct into bytes and back, at the version asked for; fields that a version
///         lacks are not written, and keep their default when read.
/// Throws  DataException naming message, version, field and byte offset, for bytes that are not such a message.
/// Facts   Kafka's message definitions, 2.1 to 4.3. Names of fields are Kafka's, in snake case.
#pragma once
#include "cluster/wire/codec.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::cluster {

/// What this client speaks of one API: versions outside min..max are never sent.
struct ApiSpec {
    std::int16_t key;
    std::string_view name;
    std::int16_t min_version;
    std::int16_t max_version;
    std::int16_t flexible_from;  ///< first version with compact lengths and tagged fields
};
inline constexpr std::int16_t never_flexible = 32767;

struct ApiVersionsResponse {
    struct ApiKey {
        std::int16_t api_key = 0;
        std::int16_t min_version = 0;
        std::int16_t max_version = 0;
    };
    std::int16_t error_code = 0;
    std::vector<ApiKey> api_keys = {};
    std::int32_t throttle_time_ms = 0;
};
struct ApiVersionsRequest {
    using Response = ApiVersionsResponse;
    static constexpr ApiSpec api{18, "ApiVersions", 0, 4, 3};
    std::string client_software_name = {};
    std::string client_software_version = {};
};

struct MetadataResponse {
    struct Broker {
        std::int32_t node_id = 0;
        std::string host = {};
        std::int32_t port = 0;
        std::optional<std::string> rack = {};
    };
    struct Partition {
        std::int16_t error_code = 0;
        std::int32_t partition_index = 0;
        std::int32_t leader_id = 0;
        std::int32_t leader_epoch = -1;
        std::vector<std::int32_t> replica_nodes = {};
        std::vector<std::int32_t> isr_nodes = {};
        std::vector<std::int32_t> offline_replicas = {};
    };
    struct Topic {
        std::int16_t error_code = 0;
        std::string name = {};
        bool is_internal = false;
        std::vector<Partition> partitions = {};
        std::int32_t topic_authorized_operations = 0;
    };
    std::int32_t throttle_time_ms = 0;
    std::vector<Broker> brokers = {};
    std::optional<std::string> cluster_id = {};
    std::int32_t controller_id = -1;
    std::vector<Topic> topics = {};
    std::int32_t cluster_authorized_operations = 0;
};
struct MetadataRequest {
    using Response = MetadataResponse;
    static constexpr ApiSpec api{3, "Metadata", 1, 9, 9};
    struct Topic {
        std::string name = {};
    };
    std::optional<std::vector<Topic>> topics = std::vector<Topic>{};  ///< empty: brokers only; none: every topic
    bool allow_auto_topic_creation = false;
    bool include_cluster_authorized_operations = false;
    bool include_topic_authorized_operations = false;
};

struct FindCoordinatorResponse {
    struct Coordinator {
        std::string key = {};
        std::int32_t node_id = -1;
        std::string host = {};
        std::int32_t port = -1;
        std::int16_t error_code = 0;
        std::optional<std::string> error_message = {};
    };
    /// The one coordinator that was asked for, from whichever fields the version filled.
    Coordinator coordinator() const;

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;                    ///< until version 3
    std::optional<std::string> error_message = {};  ///< until version 3
    std::int32_t node_id = -1;                      ///< until version 3
    std::string host = {};                          ///< until version 3
    std::int32_t port = -1;                         ///< until version 3
    std::vector<Coordinator> coordinators = {};     ///< from version 4
};
struct FindCoordinatorRequest {
    using Response = FindCoordinatorResponse;
    static constexpr ApiSpec api{10, "FindCoordinator", 1, 4, 3};
    static FindCoordinatorRequest for_group(const std::string& group_id);

    std::string key = {};                            ///< until version 3
    std::int8_t key_type = 0;                        ///< 0: group, 1: transaction
    std::vector<std::string> coordinator_keys = {};  ///< from version 4
};

struct JoinGroupResponse {
    struct Member {
        std::string member_id = {};
        std::optional<std::string> group_instance_id = {};
        Bytes metadata = {};
    };
    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::int32_t generation_id = -1;
    std::optional<std::string> protocol_type = {};
    std::optional<std::string> protocol_name = {};
    std::string leader = {};
    bool skip_assignment = false;
    std::string member_id = {};
    std::vector<Member> members = {};  ///< for the leader; empty for followers
};
struct JoinGroupRequest {
    using Response = JoinGroupResponse;
    static constexpr ApiSpec api{11, "JoinGroup", 1, 9, 6};
    struct Protocol {
        std::string name = {};
        Bytes metadata = {};
    };
    std::string group_id = {};
    std::int32_t session_timeout_ms = 0;
    std::int32_t rebalance_timeout_ms = 0;
    std::string member_id = {};  ///< empty at the first join
    std::optional<std::string> group_instance_id = {};
    std::string protocol_type = {};
    std::vector<Protocol> protocols = {};  ///< in order of preference
    std::optional<std::string> reason = {};
};

struct SyncGroupResponse {
    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::optional<std::string> protocol_type = {};
    std::optional<std::string> protocol_name = {};
    Bytes assignment = {};
};
struct SyncGroupRequest {
    using Response = SyncGroupResponse;
    static constexpr ApiSpec api{14, "SyncGroup", 0, 5, 4};
    struct Assignment {
        std::string member_id = {};
        Bytes assignment = {};
    };
    std::string group_id = {};
    std::int32_t generation_id = -1;
    std::string member_id = {};
    std::optional<std::string> group_instance_id = {};
    std::optional<std::string> protocol_type = {};
    std::optional<std::string> protocol_name = {};
    std::vector<Assignment> assignments = {};  ///< from the leader; empty from followers
};

struct HeartbeatResponse {
    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
};
struct HeartbeatRequest {
    using Response = HeartbeatResponse;
    static constexpr ApiSpec api{12, "Heartbeat", 0, 4, 4};
    std::string group_id = {};
    std::int32_t generation_id = -1;
    std::string member_id = {};
    std::optional<std::string> group_instance_id = {};
};

struct LeaveGroupResponse {
    struct Member {
        std::string member_id = {};
        std::optional<std::string> group_instance_id = {};
        std::int16_t error_code = 0;
    };
    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::vector<Member> members = {};
};
struct LeaveGroupRequest {
    using Response = LeaveGroupResponse;
    static constexpr ApiSpec api{13, "LeaveGroup", 0, 5, 4};
    struct Member {
        std::string member_id = {};
        std::optional<std::string> group_instance_id = {};
        std::optional<std::string> reason = {};
    };
    static LeaveGroupRequest of(const std::string& group_id, const std::string& member_id, const std::string& reason);

    std::string group_id = {};
    std::string member_id = {};        ///< until version 2
    std::vector<Member> members = {};  ///< from version 3
};

struct SaslHandshakeResponse {
    std::int16_t error_code = 0;
    std::vector<std::string> mechanisms = {};
};
struct SaslHandshakeRequest {
    using Response = SaslHandshakeResponse;
    static constexpr ApiSpec api{17, "SaslHandshake", 1, 1, never_flexible};
    std::string mechanism = {};
};

struct SaslAuthenticateResponse {
    std::int16_t error_code = 0;
    std::optional<std::string> error_message = {};
    Bytes auth_bytes = {};
    std::int64_t session_lifetime_ms = 0;
};
struct SaslAuthenticateRequest {
    using Response = SaslAuthenticateResponse;
    static constexpr ApiSpec api{36, "SaslAuthenticate", 0, 2, 2};
    Bytes auth_bytes = {};
};

struct DescribeGroupsResponse {
    struct Member {
        std::string member_id = {};
        std::optional<std::string> group_instance_id = {};
        std::string client_id = {};
        std::string client_host = {};
        Bytes member_metadata = {};
        Bytes member_assignment = {};
    };
    struct Group {
        std::int16_t error_code = 0;
        std::string group_id = {};
        std::string group_state = {};
        std::string protocol_type = {};
        std::string protocol_data = {};
        std::vector<Member> members = {};
        std::int32_t authorized_operations = 0;
    };
    std::int32_t throttle_time_ms = 0;
    std::vector<Group> groups = {};
};
struct DescribeGroupsRequest {
    using Response = DescribeGroupsResponse;
    static constexpr ApiSpec api{15, "DescribeGroups", 0, 5, 5};
    std::vector<std::string> groups = {};
    bool include_authorized_operations = false;
};

struct InitProducerIdResponse {
    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::int64_t producer_id = -1;
    std::int16_t producer_epoch = -1;
};
struct InitProducerIdRequest {
    using Response = InitProducerIdResponse;
    static constexpr ApiSpec api{22, "InitProducerId", 0, 4, 2};
    std::optional<std::string> transactional_id = {};
    std::int32_t transaction_timeout_ms = 0;
    std::int64_t producer_id = -1;
    std::int16_t producer_epoch = -1;
};

/// The body alone. `Message` is one of the structs above, request or response.
template <class Message>
void encode_body(const Message& message, std::int16_t version, Bytes& out);
template <class Message>
Message decode_body(ByteView body, std::int16_t version);

/// A whole frame: size, request header, body.
template <class Request>
Bytes encode_request(const Request& request, std::int16_t version, std::int32_t correlation_id,
                     const std::string& client_id);

/// A response frame after its size: checks the correlation id, skips the header, decodes the body.
template <class Request>
typename Request::Response decode_response(ByteView frame, std::int16_t version, std::int32_t correlation_id);

}
