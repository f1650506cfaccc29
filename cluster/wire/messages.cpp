#include "cluster/wire/messages.hpp"

#include "connectors/api/errors.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <tuple>
#include <type_traits>
#include <utility>

namespace millrace::cluster {
namespace {

/// One row of a message's table: a field on the wire, in the versions since..until, in wire order.
template <class Owner, class Member>
struct Field {
    Member Owner::* member;
    std::string_view name;
    std::int16_t since = 0;
    std::int16_t until = 32767;
};
template <class Owner, class Member, class... Rest>
Field(Member Owner::*, Rest...) -> Field<Owner, Member>;

struct NoTable {};
template <class Message>
constexpr NoTable fields{};

// clang-format off
#define FIELD(member, ...) Field{&M::member, #member __VA_OPT__(,) __VA_ARGS__}
#define TABLE(type, ...) template <> constexpr auto fields<type> = [] { using M = type; return std::tuple{__VA_ARGS__}; }()

TABLE(ApiVersionsRequest, FIELD(client_software_name, 3), FIELD(client_software_version, 3));
TABLE(ApiVersionsResponse::ApiKey, FIELD(api_key), FIELD(min_version), FIELD(max_version));
TABLE(ApiVersionsResponse, FIELD(error_code), FIELD(api_keys), FIELD(throttle_time_ms, 1));

TABLE(MetadataRequest::Topic, FIELD(name));
TABLE(MetadataRequest, FIELD(topics), FIELD(allow_auto_topic_creation, 4),
      FIELD(include_cluster_authorized_operations, 8), FIELD(include_topic_authorized_operations, 8));
TABLE(MetadataResponse::Broker, FIELD(node_id), FIELD(host), FIELD(port), FIELD(rack, 1));
TABLE(MetadataResponse::Partition, FIELD(error_code), FIELD(partition_index), FIELD(leader_id), FIELD(leader_epoch, 7),
      FIELD(replica_nodes), FIELD(isr_nodes), FIELD(offline_replicas, 5));
TABLE(MetadataResponse::Topic, FIELD(error_code), FIELD(name), FIELD(is_internal, 1), FIELD(partitions),
      FIELD(topic_authorized_operations, 8));
TABLE(MetadataResponse, FIELD(throttle_time_ms, 3), FIELD(brokers), FIELD(cluster_id, 2), FIELD(controller_id, 1),
      FIELD(topics), FIELD(cluster_authorized_operations, 8));

TABLE(FindCoordinatorRequest, FIELD(key, 0, 3), FIELD(key_type, 1), FIELD(coordinator_keys, 4));
TABLE(FindCoordinatorResponse::Coordinator, FIELD(key), FIELD(node_id), FIELD(host), FIELD(port), FIELD(error_code),
      FIELD(error_message));
TABLE(FindCoordinatorResponse, FIELD(throttle_time_ms, 1), FIELD(error_code, 0, 3), FIELD(error_message, 1, 3),
      FIELD(node_id, 0, 3), FIELD(host, 0, 3), FIELD(port, 0, 3), FIELD(coordinators, 4));

TABLE(JoinGroupRequest::Protocol, FIELD(name), FIELD(metadata));
TABLE(JoinGroupRequest, FIELD(group_id), FIELD(session_timeout_ms), FIELD(rebalance_timeout_ms, 1), FIELD(member_id),
      FIELD(group_instance_id, 5), FIELD(protocol_type), FIELD(protocols), FIELD(reason, 8));
TABLE(JoinGroupResponse::Member, FIELD(member_id), FIELD(group_instance_id, 5), FIELD(metadata));
TABLE(JoinGroupResponse, FIELD(throttle_time_ms, 2), FIELD(error_code), FIELD(generation_id), FIELD(protocol_type, 7),
      FIELD(protocol_name), FIELD(leader), FIELD(skip_assignment, 9), FIELD(member_id), FIELD(members));

TABLE(SyncGroupRequest::Assignment, FIELD(member_id), FIELD(assignment));
TABLE(SyncGroupRequest, FIELD(group_id), FIELD(generation_id), FIELD(member_id), FIELD(group_instance_id, 3),
      FIELD(protocol_type, 5), FIELD(protocol_name, 5), FIELD(assignments));
TABLE(SyncGroupResponse, FIELD(throttle_time_ms, 1), FIELD(error_code), FIELD(protocol_type, 5),
      FIELD(protocol_name, 5), FIELD(assignment));

TABLE(HeartbeatRequest, FIELD(group_id), FIELD(generation_id), FIELD(member_id), FIELD(group_instance_id, 3));
TABLE(HeartbeatResponse, FIELD(throttle_time_ms, 1), FIELD(error_code));

TABLE(LeaveGroupRequest::Member, FIELD(member_id), FIELD(group_instance_id), FIELD(reason, 5));
TABLE(LeaveGroupRequest, FIELD(group_id), FIELD(member_id, 0, 2), FIELD(members, 3));
TABLE(LeaveGroupResponse::Member, FIELD(member_id), FIELD(group_instance_id), FIELD(error_code));
TABLE(LeaveGroupResponse, FIELD(throttle_time_ms, 1), FIELD(error_code), FIELD(members, 3));

TABLE(SaslHandshakeRequest, FIELD(mechanism));
TABLE(SaslHandshakeResponse, FIELD(error_code), FIELD(mechanisms));
TABLE(SaslAuthenticateRequest, FIELD(auth_bytes));
TABLE(SaslAuthenticateResponse, FIELD(error_code), FIELD(error_message), FIELD(auth_bytes),
      FIELD(session_lifetime_ms, 1));

TABLE(DescribeGroupsRequest, FIELD(groups), FIELD(include_authorized_operations, 3));
TABLE(DescribeGroupsResponse::Member, FIELD(member_id), FIELD(group_instance_id, 4), FIELD(client_id),
      FIELD(client_host), FIELD(member_metadata), FIELD(member_assignment));
TABLE(DescribeGroupsResponse::Group, FIELD(error_code), FIELD(group_id), FIELD(group_state), FIELD(protocol_type),
      FIELD(protocol_data), FIELD(members), FIELD(authorized_operations, 3));
TABLE(DescribeGroupsResponse, FIELD(throttle_time_ms, 1), FIELD(groups));

TABLE(InitProducerIdRequest, FIELD(transactional_id), FIELD(transaction_timeout_ms), FIELD(producer_id, 3),
      FIELD(producer_epoch, 3));
TABLE(InitProducerIdResponse, FIELD(throttle_time_ms), FIELD(error_code), FIELD(producer_id), FIELD(producer_epoch));
#undef TABLE
#undef FIELD
// clang-format on

/// A response's flexibility is its request's; a nested struct is as flexible as the message around it.
template <class Message>
constexpr ApiSpec api_of = Message::api;
template <>
constexpr ApiSpec api_of<ApiVersionsResponse> = ApiVersionsRequest::api;
template <>
constexpr ApiSpec api_of<MetadataResponse> = MetadataRequest::api;
template <>
constexpr ApiSpec api_of<FindCoordinatorResponse> = FindCoordinatorRequest::api;
template <>
constexpr ApiSpec api_of<JoinGroupResponse> = JoinGroupRequest::api;
template <>
constexpr ApiSpec api_of<SyncGroupResponse> = SyncGroupRequest::api;
template <>
constexpr ApiSpec api_of<HeartbeatResponse> = HeartbeatRequest::api;
template <>
constexpr ApiSpec api_of<LeaveGroupResponse> = LeaveGroupRequest::api;
template <>
constexpr ApiSpec api_of<SaslHandshakeResponse> = SaslHandshakeRequest::api;
template <>
constexpr ApiSpec api_of<SaslAuthenticateResponse> = SaslAuthenticateRequest::api;
template <>
constexpr ApiSpec api_of<DescribeGroupsResponse> = DescribeGroupsRequest::api;
template <>
constexpr ApiSpec api_of<InitProducerIdResponse> = InitProducerIdRequest::api;

template <class T>
concept Structured = !std::is_same_v<std::remove_cvref_t<decltype(fields<T>)>, NoTable>;

constexpr bool in_version(std::int16_t version, std::int16_t since, std::int16_t until) {
    return version >= since && version <= until;
}

class TableWriter {
public:
    TableWriter(Encoding encoding, std::int16_t version, Bytes& out) : writer_(encoding, out), version_(version) {}
    void put(bool value) { writer_.boolean(value); }
    void put(std::int8_t value) { writer_.int8(value); }
    void put(std::int16_t value) { writer_.int16(value); }
    void put(std::int32_t value) { writer_.int32(value); }
    void put(std::int64_t value) { writer_.int64(value); }
    void put(const std::string& value) { writer_.string(value); }
    void put(const std::optional<std::string>& value) { writer_.nullable_string(value); }
    void put(const Bytes& value) { writer_.bytes(value); }
    template <class T>
    void put(const std::vector<T>& values) {
        writer_.array_size(values.size());
        for (const auto& value : values) put(value);
    }
    template <class T>
    void put(const std::optional<std::vector<T>>& values) {
        if (values)
            put(*values);
        else
            writer_.null_array();
    }
    template <Structured T>
    void put(const T& message) {
        const auto put_field = [&](const auto& field) {
            if (in_version(version_, field.since, field.until)) put(message.*field.member);
        };
        std::apply([&](const auto&... field) { (put_field(field), ...); }, fields<T>);
        writer_.end_struct();
    }

private:
    Writer writer_;
    std::int16_t version_;
};

class TableReader {
public:
    TableReader(Reader& reader, std::int16_t version) : reader_(reader), version_(version) {}
    void get(bool& value, std::string_view name) { value = reader_.boolean(name); }
    void get(std::int8_t& value, std::string_view name) { value = reader_.int8(name); }
    void get(std::int16_t& value, std::string_view name) { value = reader_.int16(name); }
    void get(std::int32_t& value, std::string_view name) { value = reader_.int32(name); }
    void get(std::int64_t& value, std::string_view name) { value = reader_.int64(name); }
    void get(std::string& value, std::string_view name) { value = reader_.string(name); }
    void get(std::optional<std::string>& value, std::string_view name) { value = reader_.nullable_string(name); }
    /// Null bytes read as empty ones: the broker means the same by both.
    void get(Bytes& value, std::string_view name) { value = reader_.nullable_bytes(name).value_or(Bytes{}); }
    template <class T>
    void get(std::vector<T>& values, std::string_view name) {
        read_elements(values, reader_.array_size(name).value_or(0), name);
    }
    template <class T>
    void get(std::optional<std::vector<T>>& values, std::string_view name) {
        values.reset();
        if (const auto count = reader_.array_size(name)) read_elements(values.emplace(), *count, name);
    }
    template <Structured T>
    void get(T& message, std::string_view) {
        const auto get_field = [&](const auto& field) {
            if (in_version(version_, field.since, field.until)) get(message.*field.member, field.name);
        };
        std::apply([&](const auto&... field) { (get_field(field), ...); }, fields<T>);
        reader_.end_struct();
    }

private:
    template <class T>
    void read_elements(std::vector<T>& values, std::size_t count, std::string_view name) {
        values.clear();
        while (count-- > 0) get(values.emplace_back(), name);  // no reserve: the count is the sender's claim
    }

    Reader& reader_;
    std::int16_t version_;
};

Encoding encoding_of(const ApiSpec& api, std::int16_t version) {
    return version >= api.flexible_from ? Encoding::Flexible : Encoding::Classic;
}

void check_version(const ApiSpec& api, std::int16_t version) {
    if (!in_version(version, api.min_version, api.max_version))
        throw DataException(
            fmt::format("{} version {} is not one of {} to {}", api.name, version, api.min_version, api.max_version));
}

template <class Message>
Message read_message(Reader& reader, std::int16_t version) {
    constexpr ApiSpec api = api_of<Message>;
    try {
        Message message;
        TableReader{reader, version}.get(message, api.name);
        return message;
    } catch (const DataException& e) {
        throw DataException(fmt::format("{} version {}: {}", api.name, version, e.what()));
    }
}

}

template <class Message>
void encode_body(const Message& message, std::int16_t version, Bytes& out) {
    constexpr ApiSpec api = api_of<Message>;
    check_version(api, version);
    TableWriter{encoding_of(api, version), version, out}.put(message);
}

template <class Message>
Message decode_body(ByteView body, std::int16_t version) {
    constexpr ApiSpec api = api_of<Message>;
    check_version(api, version);
    Reader reader{encoding_of(api, version), body};
    return read_message<Message>(reader, version);
}

template <class Request>
Bytes encode_request(const Request& request, std::int16_t version, std::int32_t correlation_id,
                     const std::string& client_id) {
    Bytes frame(4);
    Writer header{Encoding::Classic, frame};  // the client id stays classic in flexible headers too
    header.int16(Request::api.key);
    header.int16(version);
    header.int32(correlation_id);
    header.string(client_id);
    if (encoding_of(Request::api, version) == Encoding::Flexible) frame.push_back(std::byte{0});
    encode_body(request, version, frame);
    Bytes size;
    Writer{Encoding::Classic, size}.int32(static_cast<std::int32_t>(frame.size() - 4));
    std::copy(size.begin(), size.end(), frame.begin());
    return frame;
}

template <class Request>
typename Request::Response decode_response(ByteView frame, std::int16_t version, std::int32_t correlation_id) {
    check_version(Request::api, version);
    // ApiVersions is answered with a classic header always: its sender may not know yet what it talks to.
    constexpr bool classic_header = std::is_same_v<Request, ApiVersionsRequest>;
    const Encoding encoding = encoding_of(Request::api, version);
    Reader header{classic_header ? Encoding::Classic : encoding, frame};
    if (const auto got = header.int32("correlation id"); got != correlation_id)
        throw DataException(
            fmt::format("{}: the answer has correlation id {} instead of {}", Request::api.name, got, correlation_id));
    header.end_struct();
    Reader body{encoding, frame.subspan(header.offset())};
    return read_message<typename Request::Response>(body, version);
}

#define INSTANTIATE_BODY(type)                                          \
    template void encode_body<type>(const type&, std::int16_t, Bytes&); \
    template type decode_body<type>(ByteView, std::int16_t)
#define INSTANTIATE(name)                                                                          \
    INSTANTIATE_BODY(name##Request);                                                               \
    INSTANTIATE_BODY(name##Response);                                                              \
    template Bytes encode_request<name##Request>(const name##Request&, std::int16_t, std::int32_t, \
                                                 const std::string&);                              \
    template name##Response decode_response<name##Request>(ByteView, std::int16_t, std::int32_t)
INSTANTIATE(ApiVersions);
INSTANTIATE(Metadata);
INSTANTIATE(FindCoordinator);
INSTANTIATE(JoinGroup);
INSTANTIATE(SyncGroup);
INSTANTIATE(Heartbeat);
INSTANTIATE(LeaveGroup);
INSTANTIATE(SaslHandshake);
INSTANTIATE(SaslAuthenticate);
INSTANTIATE(DescribeGroups);
INSTANTIATE(InitProducerId);
#undef INSTANTIATE
#undef INSTANTIATE_BODY

FindCoordinatorResponse::Coordinator FindCoordinatorResponse::coordinator() const {
    if (!coordinators.empty()) return coordinators.front();
    return {.key = {},
            .node_id = node_id,
            .host = host,
            .port = port,
            .error_code = error_code,
            .error_message = error_message};
}

FindCoordinatorRequest FindCoordinatorRequest::for_group(const std::string& group_id) {
    return {.key = group_id, .key_type = 0, .coordinator_keys = {group_id}};
}

LeaveGroupRequest LeaveGroupRequest::of(const std::string& group_id, const std::string& member_id,
                                        const std::string& reason) {
    return {.group_id = group_id,
            .member_id = member_id,
            .members = {{.member_id = member_id, .group_instance_id = std::nullopt, .reason = reason}}};
}

}
