#include "tests/pch.hpp"
#include "tests/unit/rest/resources/rest_fixture.hpp"

using namespace millrace;
using namespace millrace::rest;

namespace {

struct LoggerFixture : RestFixture {
    LoggerFixture() {
        log.set_level("org.a", LogLevel::Info, {});
        log.set_level("org.a.b", LogLevel::Warn, {});
    }
};

}

TEST_CASE("loggers are listed with their levels, without those that are off", "[rest][loggers]") {
    const LoggerFixture fixture;  // whose root is off
    const std::string all =
        R"({"org.a":{"level":"INFO","last_modified":0},"org.a.b":{"level":"WARN","last_modified":0}})";
    CHECK(fixture.get("/admin/loggers").body == all);
    CHECK(fixture.get("/admin/loggers/").body == all);
    CHECK(fixture.get("/admin/loggers/org.a.b").body == R"({"level":"WARN","last_modified":0})");
    CHECK(fixture.get("/admin/loggers/ROOT").body == R"({"level":"OFF","last_modified":null})");
    CHECK(fixture.get("/admin/loggers/org.x").body == R"({"error_code":404,"message":"Logger org.x not found."})");
}

TEST_CASE("a level set by REST holds at once, below the logger too", "[rest][loggers]") {
    LoggerFixture fixture;
    const auto answer = fixture.send("PUT", "/admin/loggers/org.a?scope=worker", R"({"level":"debug","x":1})");
    CHECK(answer.status == 200);
    CHECK(answer.body == R"(["org.a","org.a.b"])");
    CHECK(fixture.log.enabled(LogLevel::Debug, "org.a.b.c"));
    CHECK(fixture.log.level("org.a")->last_modified > 0);
    CHECK(fixture.send("PUT", "/admin/loggers/org.a", R"({"level":"DEBUG"})").body == "[]");
    CHECK(fixture.send("PUT", "/admin/loggers/org.c?scope=galaxy", R"({"level":"all"})").body == R"(["org.c"])");
    CHECK_THAT(fixture.get("/admin/loggers/org.c").body, Catch::StartsWith(R"({"level":"ALL",)"));
    CHECK(fixture.log.enabled(LogLevel::Trace, "org.c"));
}

TEST_CASE("scope=cluster hands the level to the herder", "[rest][loggers]") {
    LoggerFixture fixture;
    const auto answer = fixture.send("PUT", "/admin/loggers/org.a?scope=cluster", R"({"level":"trace"})");
    CHECK(answer.status == 204);
    CHECK(fixture.herder.cluster_levels == std::map<std::string, std::string>{{"org.a", "TRACE"}});
    CHECK_FALSE(fixture.log.enabled(LogLevel::Debug, "org.a"));
}

TEST_CASE("a level that will not do is refused", "[rest][loggers]") {
    LoggerFixture fixture;
    const auto [body, status, message] = GENERATE(table<std::string, int, std::string>({
        {R"({"level":"LOUD"})", 404, "invalid log level 'LOUD'."},
        {R"({"level":null})", 400, "Desired 'level' parameter was not specified in request."},
        {"{}", 400, "Desired 'level' parameter was not specified in request."},
    }));
    for (const auto* scope : {"", "?scope=cluster"}) {
        const auto answer = fixture.send("PUT", std::string("/admin/loggers/org.a") + scope, body);
        CHECK(answer.status == status);
        CHECK_THAT(answer.body, Catch::Contains(message));
    }
    CHECK(fixture.herder.cluster_levels.empty());
}
