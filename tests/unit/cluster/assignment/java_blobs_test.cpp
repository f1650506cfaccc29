// Blobs of Java workers: read as they mean, written as they were.
#include "cluster/assignment/connect_protocol.hpp"
#include "connectors/support/json.hpp"
#include "tests/pch.hpp"
#include "tests/unit/cluster/wire/hex.hpp"

#include <fstream>
#include <iterator>

using namespace millrace::cluster;
using millrace::json::Document;
using millrace::json::Node;

namespace {

std::string text_at(const Node& object, std::string_view name) {
    const auto* member = object.find(name);
    REQUIRE((member && member->is_string()));
    return std::string(member->text());
}

int number_at(const Node& object, std::string_view name) {
    const auto* member = object.find(name);
    REQUIRE((member && member->as_integer()));
    return static_cast<int>(*member->as_integer());
}

Work work_of(const Node& entries) {
    Work work;
    for (const auto& entry : entries.elements())
        for (const auto& element : entry.find("tasks")->elements()) {
            const auto connector = text_at(entry, "connector");
            const auto task = static_cast<int>(element.as_integer().value());
            if (task == -1)
                work.connectors.push_back(connector);
            else
                work.tasks.push_back({connector, task});
        }
    return work;
}

Assignment assignment_of(const Node& json) {
    Assignment assignment{.protocol = static_cast<Protocol>(number_at(json, "version")),
                          .error = static_cast<AssignmentError>(number_at(json, "error")),
                          .leader = text_at(json, "leader"),
                          .leader_url = text_at(json, "leader_url"),
                          .config_offset = number_at(json, "config_offset"),
                          .assigned = work_of(*json.find("assigned"))};
    if (const auto* revoked = json.find("revoked")) assignment.revoked = work_of(*revoked);
    if (json.find("scheduled_delay_ms"))
        assignment.delay = std::chrono::milliseconds{number_at(json, "scheduled_delay_ms")};
    return assignment;
}

MemberMetadata metadata_of(const Node& json) {
    MemberMetadata metadata{.url = text_at(json, "url"), .config_offset = number_at(json, "config_offset")};
    const auto* allocation = json.find("allocation");
    if (allocation && !allocation->is_null()) metadata.allocation = assignment_of(*allocation);
    return metadata;
}

}

TEST_CASE("blobs of Java workers are read, and written byte by byte", "[assignment]") {
    std::ifstream file("tests/unit/cluster/assignment/java_blobs.json");
    REQUIRE(file);
    const Document document(std::string{std::istreambuf_iterator<char>(file), {}});
    int checked = 0;
    for (const auto& blob : document.root().find("blobs")->elements()) {
        const auto hex = text_at(blob, "hex");
        CAPTURE(hex);
        const auto protocol = protocol_from_name(text_at(blob, "protocol"));
        const auto& decoded = *blob.find("decoded");
        if (text_at(blob, "kind") == "metadata") {
            const auto expected = metadata_of(decoded);
            CHECK(decode_metadata(protocol, from_hex(hex)) == expected);
            CHECK(to_hex(encode_metadata(protocol, expected)) == hex);
        } else {
            const auto expected = assignment_of(decoded);
            CHECK(decode_assignment(protocol, from_hex(hex)) == expected);
            CHECK(to_hex(encode_assignment(expected)) == hex);
        }
        ++checked;
    }
    CHECK(checked > 20);
}
