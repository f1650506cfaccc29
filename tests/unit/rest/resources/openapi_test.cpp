#include "connectors/support/json.hpp"
#include "rest/resources/route_docs.hpp"
#include "tests/pch.hpp"
#include "tests/unit/rest/resources/rest_fixture.hpp"

using namespace millrace;
using namespace millrace::rest;

namespace {

/// Every "$ref" below a node.
void references(const json::Node& node, std::set<std::string>& found) {
    for (const auto& element : node.is_array() ? node.elements() : std::span<const json::Node>()) {
        references(element, found);
    }
    for (const auto& member : node.is_object() ? node.members() : std::span<const json::Member>()) {
        if (member.name == "$ref") found.emplace(member.value.text());
        references(member.value, found);
    }
}

}

TEST_CASE("The description of the API has the routes that are served", "[rest][openapi]") {
    const RestFixture fixture;
    const auto answer = fixture.get("/openapi.json");
    REQUIRE(answer.status == 200);
    Arena arena;
    const auto document = json::parse(answer.body, arena);
    const auto* paths = document.find("paths");
    REQUIRE(paths != nullptr);
    std::size_t operations = 0;
    for (const auto& path : paths->members()) operations += path.value.members().size();
    const auto served = main_routes(true);
    CHECK(operations == served.size());
    for (const auto& route : served) {
        INFO(route.method << " " << route.path);
        const auto* path = paths->find(route.path);
        REQUIRE(path != nullptr);
        std::string method(route.method);
        for (auto& c : method) c = static_cast<char>(c - 'A' + 'a');
        CHECK(path->find(method) != nullptr);
    }
    std::set<std::string> used;
    references(document, used);
    const auto* schemas = document.find("components")->find("schemas");
    for (const auto& reference : used) {
        INFO(reference);
        CHECK(schemas->find(reference.substr(reference.rfind('/') + 1)) != nullptr);
    }
}

TEST_CASE("Without /admin on a listener it is not described there", "[rest][openapi]") {
    auto config = sample_worker_config();
    config.admin_listeners.emplace();
    const RestFixture fixture({}, std::chrono::seconds(90), config);
    CHECK(fixture.get("/openapi.json").body.find("/admin/loggers") == std::string::npos);
}
