#include "rest/resources/access.hpp"

#include "connectors/support/text.hpp"
#include "rest/resources/authentication.hpp"
#include "rest/resources/route_docs.hpp"
#include "tests/pch.hpp"
#include "tests/unit/eventually.hpp"
#include "tests/unit/rest/resources/rest_fixture.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <vector>

using namespace millrace;
using namespace millrace::rest;

namespace {

constexpr auto ada_hash = "$2b$04$abcdefghijklmnopqrstuuhiTVLHQPvYzPykOsCOnc5I00eOfh33K";
constexpr auto grace_hash = "$2y$04$abcdefghijklmnopqrstuuodKgpISe9.VKpndEZiDiWjldYeL4AAG";

struct AccessFixture {
    AccessFixture() : folder(std::filesystem::temp_directory_path() / fmt::format("millrace-access-{}", ::getpid())) {
        std::filesystem::create_directory(folder);
        // Passwords: lovelace, hopper, x. Made with a cost of 4, so that the test is quick.
        write("users", fmt::format("# users\nada:{0}\ngrace:{1}\nalan:{0}\n", ada_hash, grace_hash));
        write("roles", "ada=edit\ngrace=operate:orders-.* read-only\nalan=read-only:orders-1\n");
        config = sample_worker_config({{"millrace.rest.htpasswd.file", (folder / "users").string()},
                                       {"millrace.rest.roles.file", (folder / "roles").string()}});
        rest = std::make_unique<RestFixture>(ServerLimits{}, std::chrono::seconds(90), config, std::nullopt,
                                             access_control(config, {}));
        for (const char* name : {"orders-1", "orders-2", "stock"}) rest->herder.held[name] = {};
    }
    ~AccessFixture() {
        rest.reset();
        std::filesystem::remove_all(folder);
    }
    void write(const std::string& name, const std::string& text) const { std::ofstream(folder / name) << text; }
    RawResponse as(const std::string& credentials, const std::string& method, const std::string& target,
                   const std::string& body = "") const {
        auto text = method + " " + target + " HTTP/1.1\r\nHost: h\r\n";
        if (!credentials.empty()) text += "Authorization: Basic " + to_base64(credentials) + "\r\n";
        if (!body.empty()) {
            text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
        }
        return rest->request(text + "\r\n" + body);
    }

    std::filesystem::path folder;
    worker::WorkerConfig config;
    std::unique_ptr<RestFixture> rest;
};

}

TEST_CASE("users of an htpasswd file are asked for their passwords", "[rest][access]") {
    const AccessFixture fixture;
    const auto refused = fixture.as("", "GET", "/");
    CHECK(refused.status == 401);
    CHECK(refused.body.starts_with("{\"error_code\":401,\"message\":"));
    CHECK(refused.headers.at("WWW-Authenticate").starts_with("Basic "));
    CHECK(fixture.as("ada:x", "GET", "/").status == 401);
    CHECK(fixture.as("nobody:lovelace", "GET", "/").status == 401);
    CHECK(fixture.as("ada:lovelace", "GET", "/").status == 200);
    CHECK(fixture.as("ada:lovelace", "GET", "/").status == 200);  // from what is remembered
    CHECK(fixture.as("ada:lovelacE", "GET", "/").status == 401);
    CHECK(fixture.as("ada:lovelace", "GET", "/metrics").status == 200);
    CHECK(RawClient(fixture.rest->admin_port).exchange("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n").status == 200);
}

TEST_CASE("roles say what a user may do with which connectors", "[rest][access]") {
    const AccessFixture fixture;
    const auto [user, method, target, status] = GENERATE(table<std::string, std::string, std::string, int>({
        {"ada:lovelace", "PUT", "/connectors/stock/pause", 202},
        {"ada:lovelace", "DELETE", "/connectors/stock", 204},
        {"grace:hopper", "PUT", "/connectors/orders-1/pause", 202},
        {"grace:hopper", "POST", "/connectors/orders-1/restart", 204},
        {"grace:hopper", "PUT", "/connectors/stock/pause", 403},
        {"grace:hopper", "DELETE", "/connectors/orders-1", 403},
        {"grace:hopper", "GET", "/connectors/stock/status", 200},
        {"grace:hopper", "PUT", "/admin/loggers/root", 403},
        {"grace:hopper", "GET", "/admin/loggers", 200},
        {"alan:lovelace", "GET", "/connectors/orders-1/status", 200},
        {"alan:lovelace", "GET", "/connectors/stock/status", 403},
        {"alan:lovelace", "PUT", "/connectors/orders-1/pause", 403},
        {"alan:lovelace", "GET", "/", 200},
    }));
    INFO(user << " " << method << " " << target);
    const auto body = target == "/admin/loggers/root" ? "{\"level\":\"INFO\"}" : "";
    const auto answer = fixture.as(user, method, target, body);
    CHECK(answer.status == status);
    if (status == 403) CHECK(answer.body.starts_with("{\"error_code\":403,\"message\":\"The user '"));
}

TEST_CASE("each endpoint asks for its action", "[rest][access]") {
    std::map<std::string, std::string> wants;
    for (const bool with_admin : {true, false}) {
        for (const auto& route : main_routes(with_admin)) {
            wants[fmt::format("{} {}", route.method, route.path)] =
                to_string(required_action(route.method, route.path));
        }
    }
    const std::map<std::string, std::string> others{
        {"POST /connectors", "edit"},
        {"DELETE /connectors/{connector}", "edit"},
        {"PUT /connectors/{connector}/config", "edit"},
        {"PATCH /connectors/{connector}/config", "edit"},
        {"PATCH /connectors/{connector}/offsets", "edit"},
        {"DELETE /connectors/{connector}/offsets", "edit"},
        {"PUT /admin/loggers/{logger}", "edit"},
        {"POST /connectors/{connector}/tasks", "edit"},  // signed by other workers, so no user is asked
        {"PUT /connectors/{connector}/fence", "edit"},
        {"PUT /connectors/{connector}/pause", "operate"},
        {"PUT /connectors/{connector}/resume", "operate"},
        {"PUT /connectors/{connector}/stop", "operate"},
        {"POST /connectors/{connector}/restart", "operate"},
        {"POST /connectors/{connector}/tasks/{task}/restart", "operate"},
        {"PUT /connectors/{connector}/topics/reset", "operate"},
        {"PUT /connector-plugins/{plugin}/config/validate", "validate"}};
    for (const auto& [route, action] : wants) {
        CAPTURE(route);
        const auto found = others.find(route);
        CHECK(action == (found == others.end() ? "read" : found->second));
        CHECK((found != others.end()) != route.starts_with("GET "));
    }
    CHECK(wants.size() > others.size());
}

TEST_CASE("no way of writing a name leads around a pattern", "[rest][access]") {
    const AccessFixture fixture;
    const auto target = GENERATE(
        as<std::string>{}, "/connectors/%73tock", "/connectors/sto%63k/", "/connectors/stock;orders-1",
        "/connectors/STOCK", "/connectors/Orders-1", "/connectors/orders-1%0a", "/connectors/orders-1%20",
        "/connectors/orders-1%2F..%2Fstock", "/connectors/orders-1/../stock", "/connectors/./stock",
        "/connectors/stock/status?x=/orders-1", "http://h/connectors/stock", "/connectors/stock/tasks/0/status",
        "/connectors/stock/topics", "/connectors/stock/offsets", "/connectors/stock/config");
    CAPTURE(target);
    for (const char* method : {"GET", "HEAD"}) {
        const auto answer = fixture.as("alan:lovelace", method, target);
        CHECK((answer.status == 403 || answer.status == 404 || answer.status == 400));
        CHECK(answer.body.find("FileStream") == std::string::npos);
    }
}

TEST_CASE("who may edit some connectors may edit no other, whatever a body says", "[rest][access]") {
    const AccessFixture fixture;
    fixture.write("roles", "ada=edit:orders-.*\n");
    std::filesystem::last_write_time(fixture.folder / "roles",
                                     std::filesystem::file_time_type::clock::now() + std::chrono::seconds(10));
    const auto [method, path, body, status] = GENERATE(table<std::string, std::string, std::string, int>({
        {"POST", "/connectors", R"({"name":"stock","config":{}})", 403},
        {"POST", "/connectors", R"({"name":"orders-7","name":"stock","config":{}})", 403},
        {"POST", "/connectors", R"({"name":"orders-7","config":{"name":"stock"}})", 400},
        {"POST", "/connectors", R"({"config":{"name":"orders-7"}})", 403},
        {"PUT", "/connectors/orders-1/config", R"({"name":"stock"})", 400},
        {"PUT", "/connectors/stock/config", R"({"name":"orders-1"})", 403},
        {"PATCH", "/connectors/orders-1/config", R"({"name":"stock"})", 400},
        {"PATCH", "/connectors/stock/config", "{}", 403},
        {"PATCH", "/connectors/stock/offsets", "{}", 403},
        {"DELETE", "/connectors/stock/offsets", "", 403},
        {"DELETE", "/connectors/stock", "", 403},
        {"POST", "/connectors/stock/restart?forward=false", "", 403},
        {"PUT", "/admin/loggers/root?scope=cluster", R"({"level":"INFO"})", 403},
        {"PUT", "/admin/loggers/root", R"({"level":"INFO"})", 403},
        {"DELETE", "/connectors/orders-2", "", 204},
    }));
    CAPTURE(method, path, body);
    CHECK(fixture.as("ada:lovelace", method, path, body).status == status);
    CHECK(fixture.as("", method, path, body).status == 401);
    CHECK(fixture.rest->herder.held.contains("stock"));
}

TEST_CASE("who guesses passwords keeps nobody else waiting for long", "[rest][access]") {
    const AccessFixture fixture;
    // A hash whose check takes a while: the guesses wait for each other.
    fixture.write("users",
                  fmt::format("ada:{}\nslow:$2b$12$abcdefghijklmnopqrstuu4nHVTxAC3dRXqzhTVHJWwjcFqCLFW5q\n", ada_hash));
    std::filesystem::last_write_time(fixture.folder / "users",
                                     std::filesystem::file_time_type::clock::now() + std::chrono::seconds(10));
    std::vector<std::unique_ptr<RawClient>> guessers;
    const auto guess = "GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Basic " + to_base64("slow:x") + "\r\n\r\n";
    for (int i = 0; i < Access::most_checks + 4; ++i) {
        guessers.push_back(std::make_unique<RawClient>(fixture.rest->port));
        guessers.back()->send(guess);
    }
    std::map<int, int> answers;
    for (const auto& guesser : guessers) ++answers[guesser->receive().status];
    CHECK(answers[401] + answers[429] == static_cast<int>(guessers.size()));
    CHECK(answers[401] >= Access::most_checks);
    CHECK(fixture.as("ada:lovelace", "GET", "/").status == 200);
    CHECK(fixture.as("slow:x", "GET", "/").status == 401);  // there is room again
}

TEST_CASE("a list has the connectors that a user may see; a new one's name counts", "[rest][access]") {
    const AccessFixture fixture;
    CHECK(fixture.as("alan:lovelace", "GET", "/connectors").body == "[\"orders-1\"]");
    CHECK(fixture.as("grace:hopper", "GET", "/connectors").body == "[\"orders-1\",\"orders-2\",\"stock\"]");
    CHECK(fixture.as("alan:lovelace", "GET", "/connectors?expand=status").body.find("stock") == std::string::npos);
    CHECK(fixture.as("grace:hopper", "POST", "/connectors", "{\"name\":\"orders-3\",\"config\":{}}").status == 403);
}

TEST_CASE("files that change are read again, and bad ones leave what was", "[rest][access]") {
    const AccessFixture fixture;
    REQUIRE(fixture.as("alan:lovelace", "PUT", "/connectors/orders-1/pause").status == 403);
    const auto touch = [&](const std::string& name, const std::string& text, int seconds) {
        fixture.write(name, text);
        std::filesystem::last_write_time(fixture.folder / name,
                                         std::filesystem::file_time_type::clock::now() + std::chrono::seconds(seconds));
    };
    touch("roles", "alan=operate\n", 10);
    CHECK(fixture.as("alan:lovelace", "PUT", "/connectors/orders-1/pause").status == 202);
    touch("roles", "alan=king\n", 20);
    CHECK(fixture.as("alan:lovelace", "PUT", "/connectors/orders-1/pause").status == 202);
    touch("users", fmt::format("ada:{}\n", ada_hash), 30);
    CHECK(fixture.as("alan:lovelace", "GET", "/").status == 401);
}

TEST_CASE("what will not do is said at the start", "[rest][access]") {
    const auto access = [](Settings settings) { return access_control(sample_worker_config(std::move(settings)), {}); };
    CHECK(access({}) == nullptr);
    CHECK_THROWS_WITH(access({{"millrace.rest.htpasswd.file", "/nowhere"}}), Catch::Contains("/nowhere"));
    CHECK_THROWS_WITH(access({{"millrace.rest.roles.file", "/nowhere"}}), Catch::Contains("needs users"));
    CHECK_THROWS_WITH(Htpasswd("ada:plain\n", "f"), Catch::Contains("f, line 1"));
    CHECK_THROWS_WITH(Htpasswd(fmt::format("ada:{}\nbob:$apr1$x$y\n", ada_hash), "f"), Catch::Contains("f, line 2"));
    CHECK_THROWS_WITH(Roles(Settings{{"ada", "king"}}), Catch::Contains("'king' is no role"));
    CHECK_THROWS_AS(Roles(Settings{{"ada", "edit:("}}), ConfigException);
}

TEST_CASE("everybody without a line has the role of *", "[rest][access]") {
    const Roles roles(Settings{{"*", "read-only"}, {"ada", "edit:a.*"}});
    CHECK(roles.may("bob", Action::Read, "x"));
    CHECK_FALSE(roles.may("bob", Action::Operate, "x"));
    CHECK(roles.may("ada", Action::Edit, "abc"));
    CHECK_FALSE(roles.may("ada", Action::Read, "xabc"));
    CHECK_FALSE(roles.may("ada", Action::Edit, std::nullopt));
    CHECK(roles.may("ada", Action::Validate, std::nullopt));
    CHECK_FALSE(roles.may("bob", Action::Validate, std::nullopt));
    CHECK(required_action("PUT", "/connector-plugins/{plugin}/config/validate") == Action::Validate);
    CHECK(roles.may("ada", Action::Read, std::nullopt));
    CHECK_FALSE(Roles().may("bob", Action::Read, std::nullopt));
}
