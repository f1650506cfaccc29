#include "rest/resources/authentication.hpp"

#include "connectors/support/text.hpp"
#include "tests/pch.hpp"
#include "tests/unit/rest/resources/rest_fixture.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace millrace;
using namespace millrace::rest;

namespace {

constexpr auto extension = "org.apache.kafka.connect.rest.basic.auth.extension.BasicAuthSecurityRestExtension";

struct Files {
    Files() : folder(std::filesystem::temp_directory_path() / fmt::format("millrace-auth-{}", ::getpid())) {
        std::filesystem::create_directory(folder);
        write("users", "ada=lovelace\n");
        write("jaas",
              "Other { a.B required; };\nKafkaConnect {\n"
              "  org.apache.kafka.connect.rest.basic.auth.extension.PropertyFileLoginModule required\n"
              "  file=\"" +
                  path("users") + "\";\n};\n");
    }
    ~Files() { std::filesystem::remove_all(folder); }
    void write(const std::string& name, const std::string& text) const { std::ofstream(folder / name) << text; }
    std::string path(const std::string& name) const { return (folder / name).string(); }
    std::string options() const { return "-Xmx1g -Djava.security.auth.login.config=" + path("jaas") + " -Dx=y"; }

    std::filesystem::path folder;
};

std::string get(const std::string& target, const std::string& credentials) {
    return "GET " + target + " HTTP/1.1\r\nHost: h\r\nAuthorization: Basic " + to_base64(credentials) + "\r\n\r\n";
}

}

TEST_CASE("users come from the JAAS entry that Kafka Connect reads", "[rest][auth]") {
    const Files files;
    auto config = sample_worker_config({{"rest.extension.classes", extension}});
    const RestFixture fixture({}, std::chrono::seconds(90), config, authentication(config, files.options(), {}));
    CHECK(fixture.request(get("/", "ada:lovelace")).status == 200);
    CHECK(fixture.request(get("/", "ada:x")).status == 401);
    CHECK(fixture.get("/health").status == 401);
    CHECK(fixture.get("/nosuch").status == 404);  // before anybody is asked who he is
    CHECK(fixture.request("OPTIONS / HTTP/1.1\r\nHost: h\r\n\r\n").status == 401);
    CHECK(RawClient(fixture.admin_port).exchange("GET /admin/loggers HTTP/1.1\r\nHost: h\r\n\r\n").status == 200);
    // What workers send each other is signed instead.
    CHECK(fixture.send("POST", "/connectors/c/tasks", "[]").status == 400);
    CHECK(fixture.send("PUT", "/connectors/c/fence", "").status == 400);
}

TEST_CASE("without the extension nobody is asked", "[rest][auth]") {
    CHECK_FALSE(authentication(sample_worker_config(), "", {}).has_value());
}

TEST_CASE("users that anybody can claim to be have no roles", "[rest][auth]") {
    const Files files;
    files.write("users", "# nobody\n");
    const Settings java{{"rest.extension.classes", extension}};
    auto with_roles = java;
    with_roles["millrace.rest.roles.file"] = files.path("users");
    CHECK(authentication(sample_worker_config(java), files.options(), {}).has_value());  // as Java: everybody may
    CHECK_THROWS_WITH(authentication(sample_worker_config(with_roles), files.options(), {}),
                      Catch::Contains("millrace.rest.roles.file needs users"));
}

TEST_CASE("what is missing is named at the start", "[rest][auth]") {
    const Files files;
    files.write("empty", "");
    const auto [classes, options, part] = GENERATE_REF(table<std::string, std::string, std::string>({
        {"x.Y", files.options(), "x.Y"},
        {extension, "-Xmx1g", "KAFKA_OPTS"},
        {extension, "-Djava.security.auth.login.config=/nonexistent", "/nonexistent"},
        {extension, "-Djava.security.auth.login.config=" + files.path("empty"), "has no entry KafkaConnect"},
    }));
    const auto config = sample_worker_config({{"rest.extension.classes", classes}});
    CHECK_THROWS_WITH(authentication(config, options, {}), Catch::Contains(part));
    CHECK_THROWS_AS(authentication(config, options, {}), ConfigException);
}
