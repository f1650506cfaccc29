// Blobs of Java workers: read as they mean, written as they were.
#include "cluster/assignment/connect_protocol.hpp"
#include "tests/pch.hpp"
#include "tests/unit/cluster/wire/hex.hpp"

#include <rapidjson/document.h>

#include <fstream>
#include <iterator>

using namespace millrace::cluster;

namespace {

Work work_of(const rapidjson::Value& entries) {
    Work work;
    for (const auto& entry : entries.GetArray())
        for (const auto& task : entry["tasks"].GetArray()) {
            const std::string connector = entry["connector"].GetString();
            if (task.GetInt() == -1)
                work.connectors.push_back(connector);
            else
                work.tasks.push_back({connector, task.GetInt()});
        }
    return work;
}

Assignment assignment_of(const rapidjson::Value& json) {
    Assignment assignment{.protocol = static_cast<Protocol>(json["version"].GetInt()),
                          .error = static_cast<AssignmentError>(json["error"].GetInt()),
                          .leader = json["leader"].GetString(),
                          .leader_url = json["leader_url"].GetString(),
                          .config_offset = json["config_offset"].GetInt64(),
                          .assigned = work_of(json["assigned"])};
    if (json.HasMember("revoked")) assignment.revoked = work_of(json["revoked"]);
    if (json.HasMember("scheduled_delay_ms"))
        assignment.delay = std::chrono::milliseconds{json["scheduled_delay_ms"].GetInt()};
    return assignment;
}

MemberMetadata metadata_of(const rapidjson::Value& json) {
    MemberMetadata metadata{.url = json["url"].GetString(), .config_offset = json["config_offset"].GetInt64()};
    if (json.HasMember("allocation") && !json["allocation"].IsNull())
        metadata.allocation = assignment_of(json["allocation"]);
    return metadata;
}

}

TEST_CASE("blobs of Java workers are read, and written byte by byte", "[assignment]") {
    std::ifstream file("tests/unit/cluster/assignment/java_blobs.json");
    REQUIRE(file);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    rapidjson::Document document;
    REQUIRE_FALSE(document.Parse(text.c_str()).HasParseError());
    int checked = 0;
    for (const auto& blob : document["blobs"].GetArray()) {
        const std::string hex = blob["hex"].GetString();
        CAPTURE(hex);
        const auto protocol = protocol_from_name(blob["protocol"].GetString());
        if (std::string_view(blob["kind"].GetString()) == "metadata") {
            const auto expected = metadata_of(blob["decoded"]);
            CHECK(decode_metadata(protocol, from_hex(hex)) == expected);
            CHECK(to_hex(encode_metadata(protocol, expected)) == hex);
        } else {
            const auto expected = assignment_of(blob["decoded"]);
            CHECK(decode_assignment(protocol, from_hex(hex)) == expected);
            CHECK(to_hex(encode_assignment(expected)) == hex);
        }
        ++checked;
    }
    CHECK(checked > 20);
}
