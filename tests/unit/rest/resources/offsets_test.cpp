#include "tests/pch.hpp"
#include "tests/unit/rest/resources/rest_fixture.hpp"

using namespace millrace;
using namespace millrace::rest;

namespace {

struct OffsetsFixture : RestFixture {
    OffsetsFixture() {
        herder.held["c"].config["connector.class"] = "FileStreamSource";
        herder.held["c"].target = MemoryHerder::TargetState::Stopped;
    }
};

}

TEST_CASE("offsets are changed, listed and reset over HTTP", "[rest][offsets]") {
    const OffsetsFixture fixture;
    const std::string offsets =
        R"({"offsets":[{"partition":{"file":"a"},"offset":{"position":1,"x":1.5}},{"partition":{},"offset":null}]})";
    const auto altered = fixture.send("PATCH", "/connectors/c/offsets", offsets);
    CHECK(altered.status == 200);
    CHECK(altered.body == R"({"message":"The offsets for this connector have been altered successfully"})");
    CHECK(fixture.get("/connectors/c/offsets").body == offsets);
    CHECK(fixture.send("DELETE", "/connectors/c/offsets", "").body ==
          R"({"message":"The offsets for this connector have been reset successfully"})");
    CHECK(fixture.get("/connectors/c/offsets").body == R"({"offsets":[]})");
    CHECK(fixture.get("/connectors/d/offsets").status == 404);
}

TEST_CASE("a running connector's offsets are not changed", "[rest][offsets]") {
    OffsetsFixture fixture;
    fixture.herder.held["c"].target = MemoryHerder::TargetState::Paused;
    CHECK(fixture.send("DELETE", "/connectors/c/offsets", "").status == 400);
}

TEST_CASE("offsets of another shape are refused", "[rest][offsets]") {
    const OffsetsFixture fixture;
    const auto [body, status] = GENERATE(table<std::string, int>({
        {"{}", 400},
        {R"({"offsets":null})", 400},
        {R"({"offsets":[]})", 400},
        {R"({"offsets":{}})", 500},
        {R"({"offsets":[null]})", 500},
        {R"({"offsets":[],"x":1})", 500},
        {R"({"offsets":[{"partition":{},"offset":{},"z":1}]})", 500},
        {R"({"offsets":[{"partition":"a","offset":{"position":1}}]})", 500},
        {"[]", 500},
        {"", 500},
    }));
    CHECK(fixture.send("PATCH", "/connectors/c/offsets", body).status == status);
}
