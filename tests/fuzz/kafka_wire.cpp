// Answers of a broker: the first byte picks the message, the second its version.
#include "cluster/wire/messages.hpp"
#include "connectors/api/errors.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace {

using namespace millrace;
using namespace millrace::cluster;

/// What was read can be written, and reads as the same again.
template <class Message>
void check(ByteView body, std::int16_t version) {
    Message message;
    try {
        message = decode_body<Message>(body, version);
    } catch (const DataException&) {
        return;
    }
    Bytes once;
    encode_body(message, version, once);
    Bytes twice;
    encode_body(decode_body<Message>(once, version), version, twice);
    MILLRACE_ASSERT(once == twice);
}

constexpr std::array checks = {
    &check<ApiVersionsResponse>,    &check<MetadataResponse>,       &check<FindCoordinatorResponse>,
    &check<JoinGroupResponse>,      &check<SyncGroupResponse>,      &check<HeartbeatResponse>,
    &check<LeaveGroupResponse>,     &check<SaslHandshakeResponse>,  &check<SaslAuthenticateResponse>,
    &check<DescribeGroupsResponse>, &check<InitProducerIdResponse>, &check<JoinGroupRequest>,
    &check<SyncGroupRequest>,       &check<LeaveGroupRequest>,
};

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const auto bytes = std::as_bytes(std::span(data, size));
    constexpr std::size_t versions = 11;  // one more than any message has
    checks.at(data[0] % checks.size())(bytes.subspan(2), static_cast<std::int16_t>(data[1] % versions));
    return 0;
}
