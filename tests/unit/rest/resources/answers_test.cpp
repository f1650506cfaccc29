#include "tests/pch.hpp"
#include "tests/unit/rest/resources/rest_fixture.hpp"

using namespace millrace;
using namespace millrace::rest;

namespace {

struct ConfiguredFixture : RestFixture {
    explicit ConfiguredFixture(worker::WorkerConfig with)
        : RestFixture(ServerLimits{}, std::chrono::seconds(90), std::move(with)) {}
    RawResponse get_from(std::uint16_t at, const std::string& target) const {
        return RawClient(at).exchange("GET " + target + " HTTP/1.1\r\nHost: h:1\r\nOrigin: http://x\r\n\r\n");
    }
};

}

TEST_CASE("every answer of the main listeners has the headers that the settings want", "[rest][answers]") {
    const ConfiguredFixture fixture(sample_worker_config(
        {{"access.control.allow.origin", "http://x"}, {"response.http.headers.config", "set X-Frame-Options: DENY"}}));
    for (const auto* target : {"/", "/nosuch", "/connectors/nobody", "//"}) {
        const auto answer = fixture.get_from(fixture.port, target);
        CHECK(answer.headers.at("X-Frame-Options") == "DENY");
        CHECK(answer.headers.at("Access-Control-Allow-Origin") == "http://x");
        CHECK(answer.headers.at("Vary") == "Origin");
    }
    const auto admin = fixture.get_from(fixture.admin_port, "/admin/loggers");
    CHECK(admin.status == 200);
    CHECK(admin.headers.count("X-Frame-Options") + admin.headers.count("Vary") == 0);
}

TEST_CASE("admin.listeners takes /admin away from the others", "[rest][answers]") {
    auto config = sample_worker_config();
    config.admin_listeners.emplace();
    const ConfiguredFixture fixture(config);
    CHECK(fixture.get_from(fixture.port, "/admin/loggers").status == 404);
    CHECK(fixture.get_from(fixture.port, "/").status == 200);
    CHECK(fixture.get_from(fixture.admin_port, "/admin/loggers").status == 200);
    CHECK(fixture.get_from(fixture.admin_port, "/").status == 404);
}
