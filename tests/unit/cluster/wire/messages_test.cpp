#include "cluster/wire/messages.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"
#include "tests/unit/cluster/wire/hex.hpp"

using namespace millrace;
using namespace millrace::cluster;

namespace {

const std::string group = "636f6e6e6563742d636c7573746572";  // "connect-cluster"
const std::string first_metadata_v2 = "0002 000e 687474703a2f2f613a383038332f ffffffffffffffff ffffffff";
const std::string first_metadata_v1 = "0001 000e 687474703a2f2f613a383038332f ffffffffffffffff ffffffff";
const std::string first_metadata_v0 = "0000 000e 687474703a2f2f613a383038332f ffffffffffffffff";

std::string plain(std::string_view text) { return to_hex(from_hex(text)); }

template <class Message>
std::string body(const Message& message, std::int16_t version) {
    Bytes out;
    encode_body(message, version, out);
    return to_hex(out);
}

}

TEST_CASE("requests are byte-equal to Kafka's own client", "[wire]") {
    CHECK(to_hex(encode_request(ApiVersionsRequest{"cpp-connect", "0.1.0"}, 3, 1, "c1")) ==
          plain("00000020 0012 0003 00000001 0002 6331 00 0c 6370702d636f6e6e656374 06 302e312e30 00"));
    CHECK(to_hex(encode_request(FindCoordinatorRequest::for_group("connect-cluster"), 4, 2, "c1")) ==
          plain("00000020 000a 0004 00000002 0002 6331 00 00 02 10" + group + "00"));
    CHECK(to_hex(encode_request(FindCoordinatorRequest::for_group("connect-cluster"), 2, 2, "c1")) ==
          plain("0000001e 000a 0002 00000002 0002 6331 000f" + group + "00"));

    const JoinGroupRequest join{.group_id = "connect-cluster",
                                .session_timeout_ms = 10000,
                                .rebalance_timeout_ms = 60000,
                                .member_id = "",
                                .group_instance_id = std::nullopt,
                                .protocol_type = "connect",
                                .protocols = {{"sessioned", from_hex(first_metadata_v2)},
                                              {"compatible", from_hex(first_metadata_v1)},
                                              {"default", from_hex(first_metadata_v0)}},
                                .reason = ""};
    CHECK(to_hex(encode_request(join, 9, 3, "c1")) ==
          plain("000000ab 000b 0009 00000003 0002 6331 00 10" + group + "00002710 0000ea60 01 00 08 636f6e6e656374 04" +
                "0a 73657373696f6e6564 1f" + first_metadata_v2 + "00 0b 636f6d70617469626c65 1f" + first_metadata_v1 +
                "00 08 64656661756c74 1b" + first_metadata_v0 + "00 01 00"));

    const SyncGroupRequest sync{.group_id = "connect-cluster",
                                .generation_id = 1,
                                .member_id = "w2",
                                .group_instance_id = std::nullopt,
                                .protocol_type = "connect",
                                .protocol_name = "sessioned",
                                .assignments = {}};
    CHECK(body(sync, 5) == plain("10" + group + "00000001 03 7732 00 08 636f6e6e656374 0a 73657373696f6e6564 01 00"));
    CHECK(body(HeartbeatRequest{"connect-cluster", 1, "w1", std::nullopt}, 4) ==
          plain("10" + group + "00000001 03 7731 00 00"));
    CHECK(body(LeaveGroupRequest::of("connect-cluster", "w1", "bye"), 5) ==
          plain("10" + group + "02 03 7731 00 04 627965 00 00"));
    CHECK(body(SaslHandshakeRequest{"PLAIN"}, 1) == plain("0005 504c41494e"));
    CHECK(body(SaslAuthenticateRequest{from_hex("00 616c696365 00 616c6963652d736563726574")}, 2) ==
          plain("14 00 616c696365 00 616c6963652d736563726574 00"));
    CHECK(body(InitProducerIdRequest{.transactional_id = "connect-cluster-c-0", .transaction_timeout_ms = 90000}, 4) ==
          plain("14 636f6e6e6563742d636c75737465722d632d30 00015f90 ffffffffffffffff ffff 00"));
    CHECK(body(MetadataRequest{}, 9) == plain("01 00 00 00 00"));
}

TEST_CASE("answers of real brokers are understood", "[wire]") {
    SECTION("a JoinGroup that asks for a member id") {
        const auto frame = from_hex("00000003 00 00000000 004f ffffffff 00 00 01 00 03 7731 01 00");
        const auto answer = decode_response<JoinGroupRequest>(frame, 9, 3);
        CHECK(answer.error_code == 79);
        CHECK(answer.member_id == "w1");
        CHECK(answer.protocol_name == std::nullopt);
    }
    SECTION("a JoinGroup of the only member") {
        const auto answer = decode_body<JoinGroupResponse>(
            from_hex(
                "00000000 0000 00000001 08 636f6e6e656374 0a 73657373696f6e6564 03 7731 00 03 7731 02 03 7731 00 1f" +
                first_metadata_v2 + "00 00"),
            9);
        CHECK(answer.generation_id == 1);
        CHECK(answer.protocol_name == "sessioned");
        CHECK(answer.leader == "w1");
        REQUIRE(answer.members.size() == 1);
        CHECK(to_hex(answer.members[0].metadata) == plain(first_metadata_v2));
    }
    SECTION("a heartbeat during a rebalance") {
        CHECK(decode_body<HeartbeatResponse>(from_hex("00000000 001b 00"), 4).error_code == 27);
    }
    SECTION("the oldest layout that answers an unknown version of ApiVersions") {
        const auto answer =
            decode_response<ApiVersionsRequest>(from_hex("00000001 0023 00000001 0012 0000 0004"), 0, 1);
        CHECK(answer.error_code == 35);
        REQUIRE(answer.api_keys.size() == 1);
        CHECK(answer.api_keys[0].max_version == 4);
    }
    SECTION("tagged fields that this client does not know are skipped") {
        CHECK(decode_body<HeartbeatResponse>(from_hex("00000000 0000 02 00 01 ff 05 02 abcd"), 4).error_code == 0);
    }
}

TEMPLATE_TEST_CASE("every version of a message reads what it writes", "[wire]", JoinGroupResponse, SyncGroupRequest,
                   LeaveGroupResponse, DescribeGroupsResponse, MetadataResponse, FindCoordinatorResponse) {
    TestType message;
    for (std::int16_t version = 1; version <= 4; ++version) {
        Bytes once;
        encode_body(message, version, once);
        Bytes twice;
        encode_body(decode_body<TestType>(once, version), version, twice);
        CHECK(to_hex(once) == to_hex(twice));
    }
}

TEST_CASE("bytes that are no message are refused, with their place", "[wire]") {
    const auto message_of = [](std::string_view hex) -> std::string {
        try {
            (void)decode_body<JoinGroupResponse>(from_hex(hex), 9);
            return "";
        } catch (const DataException& e) {
            return e.what();
        }
    };
    CHECK(message_of("00000000 00") == "JoinGroup version 9: error_code at byte 4 of 5: needs 2 bytes, 1 are left");
    CHECK_THAT(message_of("00000000 0000 00000001 ffffffff7f"), Catch::Contains("more than 32 bits"));
    CHECK_THAT(message_of("00000000 0000 00000001 00 00 ffffffff0f"), Catch::Contains("bytes left"));
    CHECK_THROWS_AS(decode_response<HeartbeatRequest>(from_hex("00000002 00000000 0000"), 1, 1), DataException);
    Bytes out;
    CHECK_THROWS_AS(encode_body(HeartbeatRequest{}, 99, out), DataException);
}
