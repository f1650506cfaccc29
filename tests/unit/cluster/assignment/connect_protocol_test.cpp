#include "cluster/assignment/connect_protocol.hpp"

#include "connectors/api/errors.hpp"
#include "tests/pch.hpp"
#include "tests/unit/cluster/wire/hex.hpp"

using namespace millrace;
using namespace millrace::cluster;
using namespace std::chrono_literals;

namespace {
std::string plain(std::string_view text) { return to_hex(from_hex(text)); }
const std::string url = "000e 687474703a2f2f613a383038332f";

Assignment of_w1(Protocol protocol) {
    return {.protocol = protocol, .leader = "w1", .leader_url = "http://a:8083/", .config_offset = 5};
}
}

TEST_CASE("metadata is byte-equal to Java's", "[assignment]") {
    CHECK(to_hex(encode_metadata(Protocol::Eager, {.url = "http://a:8083/", .config_offset = 5})) ==
          plain("0000" + url + "0000000000000005"));
    CHECK(to_hex(encode_metadata(Protocol::Sessioned, {.url = "http://a:8083/"})) ==
          plain("0002" + url + "ffffffffffffffff ffffffff"));

    auto running = of_w1(Protocol::Sessioned);
    running.assigned = {{"c"}, {{"c", 0}, {"c", 1}}};
    const MemberMetadata metadata{.url = "http://a:8083/", .config_offset = 5, .allocation = running};
    const auto blob = encode_metadata(Protocol::Sessioned, metadata);
    CHECK(to_hex(blob) ==
          plain("0002" + url + "0000000000000005 0000003f 0002 0000 0002 7731" + url +
                "0000000000000005 00000001 0001 63 00000003 ffffffff 00000000 00000001 00000000 00000000"));
    CHECK(decode_metadata(Protocol::Sessioned, blob) == metadata);
}

TEST_CASE("a worker offers its protocol and all older ones, each with its own version", "[assignment]") {
    CHECK(offered_protocols(Protocol::Sessioned) ==
          std::vector{Protocol::Sessioned, Protocol::Compatible, Protocol::Eager});
    CHECK(offered_protocols(Protocol::Compatible) == std::vector{Protocol::Compatible, Protocol::Eager});
    CHECK(offered_protocols(Protocol::Eager) == std::vector{Protocol::Eager});
    auto running = of_w1(Protocol::Sessioned);
    CHECK(to_hex(encode_metadata(Protocol::Compatible, {.url = "u", .allocation = running})).substr(0, 4) == "0001");
    CHECK_THROWS_AS(protocol_from_name("range"), DataException);
}

TEST_CASE("assignments are byte-equal to Java's", "[assignment]") {
    auto eager = of_w1(Protocol::Eager);
    eager.assigned = {{"c"}, {{"c", 0}, {"c", 1}}};
    CHECK(to_hex(encode_assignment(eager)) ==
          plain("0000 0000 0002 7731" + url + "0000000000000005 00000001 0001 63 00000003 ffffffff 00000000 00000001"));
    auto sessioned = of_w1(Protocol::Sessioned);
    sessioned.assigned = {{"c"}, {{"c", 0}}};
    sessioned.revoked = {{}, {{"d", 1}}};
    sessioned.delay = 300000ms;
    const auto blob = encode_assignment(sessioned);
    CHECK(to_hex(blob) == plain("0002 0000 0002 7731" + url +
                                "0000000000000005 00000001 0001 63 00000002 ffffffff 00000000"
                                "00000001 0001 64 00000001 00000001 000493e0"));
    CHECK(decode_assignment(Protocol::Sessioned, blob) == sessioned);

    auto mismatch = of_w1(Protocol::Compatible);
    mismatch.error = AssignmentError::ConfigMismatch;
    CHECK(to_hex(encode_assignment(mismatch)) ==
          plain("0001 0001 0002 7731" + url + "0000000000000005 00000000 00000000 00000000"));
}

TEST_CASE("what other makes of workers send is read as far as it goes", "[assignment]") {
    const std::string common = "0002 7731" + url + "0000000000000005";
    SECTION("an assignment that ends after its first list") {
        const auto read = decode_assignment(Protocol::Sessioned, from_hex("0000 0000" + common + "00000000"));
        CHECK(read.revoked.empty());
        CHECK(read.delay == 0ms);
    }
    SECTION("null lists") {
        CHECK(decode_assignment(Protocol::Sessioned, from_hex("0002 0000" + common + "ffffffff ffffffff 00000000"))
                  .assigned.empty());
    }
    SECTION("a version of the future") {
        CHECK(decode_assignment(Protocol::Sessioned, from_hex("0009 0000" + common + "00000000 00000000 00000000"))
                  .protocol == Protocol::Sessioned);
    }
    SECTION("the same connector twice") {
        const auto read = decode_assignment(
            Protocol::Eager,
            from_hex("0000 0000" + common + "00000002 0001 63 00000001 ffffffff 0001 63 00000001 00000000"));
        CHECK(read.assigned == Work{{"c"}, {{"c", 0}}});
    }
    SECTION("the empty bytes that a broker gives to a member the leader forgot") {
        CHECK_THROWS_AS(decode_assignment(Protocol::Sessioned, {}), DataException);
    }
}

TEST_CASE("an assignment is logged as users know it", "[assignment]") {
    auto assignment = of_w1(Protocol::Sessioned);
    assignment.assigned = {{"c"}, {{"c", 0}, {"c", 1}}};
    CHECK(
        to_string(assignment) ==
        "Assignment{error=0, leader='w1', leaderUrl='http://a:8083/', offset=5, connectorIds=[c], taskIds=[c-0, c-1], "
        "revokedConnectorIds=[], revokedTaskIds=[], delay=0}");
}

TEST_CASE("the example of docs/formats/connect-protocol.md", "[assignment]") {
    const std::string example_url = "0015687474703a2f2f31302e302e302e353a383038332f";
    CHECK(to_hex(encode_metadata(Protocol::Sessioned, {.url = "http://10.0.0.5:8083/", .config_offset = 12})) ==
          "0002" + example_url + "000000000000000cffffffff");
    const Assignment assignment{
        .leader = "w1", .leader_url = "http://10.0.0.5:8083/", .config_offset = 12, .assigned = {{"c"}, {{"c", 0}}}};
    CHECK(to_hex(encode_assignment(assignment)) ==
          "0002000000027731" + example_url + "000000000000000c0000000100016300000002ffffffff000000000000000000000000");
}

TEST_CASE("fingerprint and config topic follow what Java workers read", "[assignment]") {
    const MemberMetadata plain{.url = "u", .config_offset = 1};
    auto ours = plain;
    ours.fingerprint = "ab12";
    const auto metadata = to_hex(encode_metadata(Protocol::Sessioned, ours));
    CHECK(metadata == to_hex(encode_metadata(Protocol::Sessioned, plain)) + "000461623132");
    CHECK(decode_metadata(Protocol::Sessioned, encode_metadata(Protocol::Sessioned, ours)) == ours);
    ours.config_topic = "ct";
    CHECK(to_hex(encode_metadata(Protocol::Sessioned, ours)) == metadata + "00026374");
    CHECK(decode_metadata(Protocol::Sessioned, encode_metadata(Protocol::Sessioned, ours)) == ours);
    CHECK(decode_metadata(Protocol::Eager, encode_metadata(Protocol::Eager, ours)) == plain);

    Assignment assignment{.leader = "w1", .leader_url = "u", .leader_fingerprint = "", .leader_config_topic = "ct"};
    CHECK(decode_assignment(Protocol::Sessioned, encode_assignment(assignment)) == assignment);
    // What a member runs is described without it.
    ours.allocation = assignment;
    assignment.leader_config_topic.clear();
    CHECK(decode_metadata(Protocol::Sessioned, encode_metadata(Protocol::Sessioned, ours)).allocation == assignment);
}
