#include "tests/pch.hpp"
#include "tests/unit/rest/resources/rest_fixture.hpp"

using namespace millrace;
using namespace millrace::rest;
using namespace std::chrono_literals;

namespace {

constexpr auto source = R"("connector.class":"org.apache.kafka.connect.file.FileStreamSourceConnector","topic":"t")";

std::string create_body(const std::string& name) { return "{\"name\":\"" + name + "\",\"config\":{" + source + "}}"; }
std::string error(int status, const std::string& message) {
    return "{\"error_code\":" + std::to_string(status) + ",\"message\":\"" + message + "\"}";
}

}

TEST_CASE("a connector's life over HTTP", "[rest][application]") {
    RestFixture fixture;
    const auto created = fixture.send("POST", "/connectors", create_body("a b"));
    CHECK(created.status == 201);
    CHECK(created.headers.at("Location") == "http://h:1/connectors/a%20b");
    CHECK(created.body ==
          R"({"name":"a b","config":{"connector.class":"org.apache.kafka.connect.file.FileStreamSourceConnector",)"
          R"("name":"a b","topic":"t"},"tasks":[],"type":"source"})");
    CHECK(fixture.send("POST", "/connectors", create_body("a b")).body == error(409, "Connector a b already exists"));
    CHECK(fixture.get("/connectors").body == R"(["a b"])");
    CHECK(fixture.get("/connectors/a%20b/").body.find(R"("tasks":[{"connector":"a b","task":0}])") !=
          std::string::npos);
    CHECK(fixture.send("PUT", "/connectors/a%20b/pause", "").status == 202);
    CHECK(fixture.get("/connectors/a%20b/status").body.find(R"("state":"PAUSED")") != std::string::npos);
    CHECK(fixture.send("PUT", "/connectors/a%20b/resume", "").status == 202);
    CHECK(fixture.send("POST", "/connectors/a%20b/restart", "").status == 204);
    const auto restarted = fixture.send("POST", "/connectors/a%20b/restart?includeTasks=TRUE", "");
    CHECK(restarted.status == 202);
    CHECK(restarted.body.find("RESTARTING") != std::string::npos);
    CHECK(fixture.send("POST", "/connectors/a%20b/tasks/0/restart", "").status == 204);
    CHECK(fixture.send("PUT", "/connectors/a%20b/stop", "").status == 204);
    CHECK(fixture.get("/connectors/a%20b/tasks").body == "[]");
    const auto deleted = fixture.send("DELETE", "/connectors/a%20b", "");
    CHECK(deleted.status == 204);
    CHECK(deleted.headers.count("Content-Length") == 0);
    CHECK(fixture.get("/connectors/a%20b").body == error(404, "Connector a b not found"));
}

TEST_CASE("a configuration is replaced, patched and refused", "[rest][application]") {
    RestFixture fixture;
    const std::string put = std::string("{") + source + ",\"file\":\"f\",\"n\":1.50}";
    CHECK(fixture.send("PUT", "/connectors/a/config", put).status == 201);
    CHECK(fixture.send("PUT", "/connectors/a/config", put).status == 200);
    CHECK(fixture.send("PATCH", "/connectors/a/config", R"({"file":null,"n":"2"})").status == 200);
    CHECK(
        fixture.get("/connectors/a/config").body ==
        R"({"connector.class":"org.apache.kafka.connect.file.FileStreamSourceConnector","n":"2","name":"a","topic":"t"})");
    CHECK(
        fixture.send("PATCH", "/connectors/a/config", R"({"topic":null})").body ==
        error(400,
              "Connector configuration is invalid and contains the following 1 error(s):\\nMissing required "
              "configuration \\\"topic\\\" which has no default value.\\nYou can also find the above list of errors at "
              "the endpoint `/connector-plugins/{connectorType}/config/validate`"));
    CHECK(fixture.send("PATCH", "/connectors/b/config", "{}").body == error(404, "Connector b not found"));
    CHECK(fixture.send("PUT", "/connectors/a/config", R"({"name":"b"})").body ==
          error(400, "Connector name configuration (b) doesn't match connector name in the URL (a)"));
    CHECK(fixture.send("PUT", "/connectors/a/config", R"({"topic":"x"})").body ==
          error(400, "Connector config {name=a, topic=x} contains no connector type"));
    CHECK(fixture.send("PUT", "/connectors/a/config", "{").status == 500);
}

TEST_CASE("a null for the connector's own key is echoed and not stored", "[rest][application]") {
    RestFixture fixture;
    const auto body = std::string(R"({"name":"x","config":{"file":null,)") + source + "}}";
    const auto created = fixture.send("POST", "/connectors", body);
    CHECK(created.status == 201);
    CHECK(created.body.find(R"("file":null)") != std::string::npos);
    CHECK(fixture.get("/connectors/x/config").body.find("file\":") == std::string::npos);
}

TEST_CASE("the list expands into what exactly status and info ask for", "[rest][application]") {
    RestFixture fixture;
    fixture.herder.held["a"] = {.config = {{"connector.class", "Sink"}}};
    const std::string status =
        R"("status":{"name":"a","connector":{"state":"RUNNING","worker_id":"127.0.0.1:8083","version":"4.3.1"},)"
        R"("tasks":[{"id":0,"state":"RUNNING","worker_id":"127.0.0.1:8083","version":"4.3.1"}],"type":"sink"})";
    const std::string info =
        R"("info":{"name":"a","config":{"connector.class":"Sink"},"tasks":[{"connector":"a","task":0}],"type":"sink"})";
    const auto [query, body] = GENERATE_COPY(table<std::string, std::string>({
        {"expand=status", "{\"a\":{" + status + "}}"},
        {"expand=info&expand=status&expand=info", "{\"a\":{" + info + "," + status + "}}"},
        {"expand=status,info", "{\"a\":{}}"},
        {"expand", "{\"a\":{}}"},
    }));
    CHECK(fixture.get("/connectors?" + query).body == body);
}

TEST_CASE("tasks and their numbers", "[rest][application]") {
    RestFixture fixture;
    fixture.herder.held["a"] = {};
    const auto [path, status, message] = GENERATE(table<std::string, int, std::string>({
        {"/connectors/a/tasks/9/status", 404, "No status found for task a-9"},
        {"/connectors/a/tasks/-1/status", 404, "No status found for task a--1"},
        {"/connectors/a/tasks/abc/status", 404, "HTTP 404 Not Found"},
        {"/connectors/a/tasks/99999999999/status", 404, "HTTP 404 Not Found"},
    }));
    const auto response = fixture.get(path);
    CHECK(response.status == status);
    CHECK(response.body == error(status, message));
    CHECK(response.headers.at("Content-Type") == "application/json");
    CHECK(fixture.get("/connectors/a/tasks/+0/status").body.starts_with(R"({"id":0,"state":"RUNNING")"));
    CHECK(fixture.get("/connectors/a/tasks/%D9%A0/status").body.starts_with(R"({"id":0,"state":"RUNNING")"));
}

TEST_CASE("topics need tracking", "[rest][application]") {
    RestFixture fixture;
    CHECK(fixture.get("/connectors/nobody/topics").body == R"({"nobody":{"topics":[]}})");
    CHECK(fixture.send("PUT", "/connectors/nobody/topics/reset", "").status == 202);
    fixture.config.topic_tracking_allow_reset = false;
    CHECK(fixture.send("PUT", "/connectors/nobody/topics/reset", "").body ==
          error(403, "Topic tracking reset is disabled."));
    fixture.config.topic_tracking_enable = false;
    CHECK(fixture.get("/connectors/a/topics").body == error(403, "Topic tracking is disabled."));
}

TEST_CASE("plugins are listed, described and validated against", "[rest][application]") {
    RestFixture fixture;
    CHECK(fixture.get("/connector-plugins").body ==
          R"([{"class":"org.apache.kafka.connect.file.FileStreamSinkConnector","type":"sink","version":"4.3.1"},)"
          R"({"class":"org.apache.kafka.connect.file.FileStreamSourceConnector","type":"source","version":"4.3.1"}])");
    CHECK(fixture.get("/connector-plugins?connectorsOnly=maybe").body.find("header_converter") != std::string::npos);
    CHECK(fixture.get("/connector-plugins/FileStreamSource/config")
              .body.starts_with(R"([{"name":"file","type":"STRING")"));
    CHECK(fixture.get("/connector-plugins/nope/config").body == error(404, "Unknown plugin nope."));
    CHECK(
        fixture.get("/connector-plugins/FileStreamSource/config?version=9.9.9").body ==
        error(400,
              "Plugin org.apache.kafka.connect.file.FileStreamSourceConnector not found that matches the version range "
              "[9.9.9,9.9.9], available versions: [4.3.1]"));
    const auto validate = "/connector-plugins/FileStreamSource/config/validate";
    CHECK(
        fixture.send("PUT", validate, std::string("{\"name\":\"v\",") + source + "}")
            .body.starts_with(
                R"({"name":"org.apache.kafka.connect.file.FileStreamSourceConnector","error_count":0,"groups":["Common",)"));
    CHECK(fixture.send("PUT", validate, R"({"connector.class":"FileStreamSink"})").body ==
          error(400, "Included connector type FileStreamSink does not match request type FileStreamSource"));
    CHECK(fixture.send("PUT", validate, "{}").body ==
          error(500,
                "org.apache.kafka.connect.runtime.rest.errors.BadRequestException: Connector config {} contains no "
                "connector type"));
}

TEST_CASE("a request for fencing needs its signature", "[rest][application]") {
    RestFixture fixture;
    fixture.herder.held["c"].config["connector.class"] = "FileStreamSource";
    CHECK(fixture.send("PUT", "/connectors/c/fence", "").body ==
          error(400, "Internal request missing required signature"));
    const auto signature = cluster::sign_request("HmacSHA256", "key", "");
    CHECK(fixture
              .request("PUT /connectors/c/fence HTTP/1.1\r\nHost: h\r\nX-Connect-Authorization: " + signature +
                       "\r\nX-Connect-Request-Signature-Algorithm: HmacSHA256\r\nContent-Length: 0\r\n\r\n")
              .status == 204);
    CHECK(fixture.herder.fenced == std::vector<std::string>{"c"});
}

TEST_CASE("an internal request needs its signature, after a body that can be read", "[rest][application]") {
    RestFixture fixture;
    CHECK(fixture.send("POST", "/connectors/a/tasks", "[]").body ==
          error(400, "Internal request missing required signature"));
    CHECK(fixture.send("POST", "/connectors/a/tasks", "{").status == 500);
    for (const auto* body : {"null", "[null]", "[]]"}) {
        CHECK(fixture.send("POST", "/connectors/a/tasks", body).body ==
              error(400, "Internal request missing required signature"));
    }
    const auto signature = cluster::sign_request("HmacSHA256", "key", "null");
    CHECK(fixture
              .request("POST /connectors/a/tasks HTTP/1.1\r\nHost: h\r\nX-Connect-Authorization: " + signature +
                       "\r\nX-Connect-Request-Signature-Algorithm: HmacSHA256\r\nContent-Length: 4\r\n\r\nnull")
              .status == 500);
    CHECK(fixture.herder.published.empty());
    CHECK(fixture
              .request("POST /connectors/a/tasks HTTP/1.1\r\nHost: h\r\nX-Connect-Authorization: AAAA\r\n"
                       "X-Connect-Request-Signature-Algorithm: HmacSHA256\r\n"
                       "Content-Length: 2\r\n\r\n[]")
              .body == error(403, "Internal request contained invalid signature."));
}

TEST_CASE("while a rebalance is due, reads answer 500 and restarts 409", "[rest][application]") {
    RestFixture fixture;
    fixture.herder.held["a"] = {};
    fixture.herder.rebalance_needed = true;
    CHECK(fixture.get("/connectors/a").body ==
          error(500, "Request cannot be completed because a rebalance is expected"));
    CHECK(fixture.send("POST", "/connectors/a/restart", "").body ==
          error(409,
                "Cannot complete request momentarily due to stale configuration (typically caused by a concurrent "
                "config change)"));
    CHECK(fixture.get("/connectors").status == 200);
}

TEST_CASE("health tells ready, starting and stuck apart", "[rest][application]") {
    RestFixture fixture;
    CHECK(fixture.get("/health").body ==
          R"({"status":"healthy","message":"Worker has completed startup and is ready to handle requests."})");
    fixture.herder.stage_sentence =
        "The worker is currently awaiting startup, which began at 2026-11-21T02:16:41.228Z.";
    fixture.herder.state_of_health = cluster::Health::Starting;
    const auto starting = fixture.get("/health");
    CHECK(starting.status == 503);
    CHECK(starting.body ==
          R"({"status":"starting","message":"Worker is still starting up. The worker is currently awaiting )"
          R"(startup, which began at 2026-11-21T02:16:41.228Z."})");
    fixture.herder.state_of_health = cluster::Health::Unhealthy;
    CHECK(fixture.get("/health").status == 500);
}

TEST_CASE("a follower hands a request to the leader and its answer back", "[rest][application]") {
    RestFixture leader;
    RestFixture follower;
    follower.herder.leader_url = "http://127.0.0.1:" + std::to_string(leader.port) + "/";
    const auto created = follower.send("POST", "/connectors", create_body("a;b"));
    CHECK(created.status == 201);
    CHECK(created.headers.at("Location") == "http://h:1/connectors/a;b");
    CHECK(leader.herder.held.contains("a;b"));
    CHECK(follower.herder.held.empty());
    CHECK(follower.send("POST", "/connectors", create_body("a;b")).body == error(409, "Connector a;b already exists"));
    CHECK(follower.send("DELETE", "/connectors/a%3Bb", "").status == 204);
    CHECK(follower.send("DELETE", "/connectors/a%3Bb", "").body == error(404, "Connector a;b not found"));
}

TEST_CASE("after two hops, without a leader and with a dead one there is a reason", "[rest][application]") {
    RestFixture first;
    RestFixture second;
    first.herder.leader_url = "http://127.0.0.1:" + std::to_string(second.port) + "/";
    second.herder.leader_url = "http://127.0.0.1:" + std::to_string(first.port) + "/";
    CHECK(first.send("DELETE", "/connectors/a", "").body ==
          error(409, "Cannot complete request because of a conflicting operation (e.g. worker rebalance)"));
    std::uint16_t dead = 0;
    {
        RestFixture gone;
        dead = gone.port;
    }
    const auto nobody = first.herder.leader_url = "http://127.0.0.1:" + std::to_string(dead) + "/";
    const auto refused = first.send("DELETE", "/connectors/a", "");
    CHECK(refused.status == 500);
    CHECK(refused.body == error(500, "IO Error trying to forward REST request: Connection refused (" + nobody + ")"));
}

TEST_CASE("a herder that hangs costs the request a time-out that says why", "[rest][application]") {
    RestFixture fixture({}, 50ms);
    fixture.herder.held["a"] = {};
    fixture.herder.hangs = true;
    CHECK(fixture.get("/connectors/a").body == error(500, "Request timed out"));
    fixture.herder.stage_sentence =
        "The worker is currently awaiting startup, which began at 2026-11-21T02:16:41.228Z.";
    CHECK(fixture.get("/connectors/a").body ==
          error(500,
                "Request timed out. The worker is currently awaiting startup, which began at "
                "2026-11-21T02:16:41.228Z."));
    CHECK(fixture.get("/connectors").body == R"(["a"])");
}
