#include "connectors/registry/registry_client.hpp"

#include "connectors/registry/lru_cache.hpp"
#include "connectors/registry/schema_ids.hpp"
#include "connectors/registry/wire_format.hpp"
#include "connectors/support/text.hpp"
#include "tests/pch.hpp"
#include "tests/unit/connectors/registry/fake_registry.hpp"

#include <future>

using namespace millrace;
using namespace millrace::registry;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

/// A client whose waits are written down instead.
struct Client {
    std::vector<std::chrono::milliseconds> waits;
    RegistryClient::Environment environment() {
        return {.wait = [this](std::chrono::milliseconds time, const std::stop_token&) { waits.push_back(time); },
                .random = [] { return 1.0; },
                .now = std::chrono::steady_clock::now};
    }
    RegistryClient client;
    explicit Client(const Settings& settings) : client(read_registry_config(settings), environment()) {}
};

Settings with(const std::string& url, Settings more = {}) {
    more.emplace("schema.registry.url", url);
    return more;
}

const SchemaText text_schema{.type = "AVRO", .text = "\"string\""};

std::string header(FakeRegistry& registry, const std::string& name) {
    const auto seen = registry.seen();
    return seen.empty() || !seen.back().headers.contains(name) ? "" : seen.back().headers.at(name);
}

}

TEST_CASE("a stop ends the waits between tries") {
    FakeRegistry registry;
    std::stop_source stop;
    registry.go_wrong([&](const SeenRequest&) {
        stop.request_stop();  // while the answer is on its way
        return FakeAnswer{503, ""};
    });
    RegistryClient client(read_registry_config(with(
        registry.url(), {{"max.retries", "1000"}, {"retries.wait.ms", "600000"}, {"retries.max.wait.ms", "600000"}})));
    client.use_stop(stop.get_token());
    CHECK_THROWS_AS(client.add("s", text_schema, false), UnavailableException);
    CHECK(registry.seen().size() == 1);
    // And one that has begun to wait.
    std::stop_source later;
    client.use_stop(later.get_token());
    registry.go_wrong([](const SeenRequest&) { return FakeAnswer{503, ""}; });
    const std::jthread stopper([&] {
        while (registry.seen().size() < 2) std::this_thread::yield();
        later.request_stop();
    });
    CHECK_THROWS_WITH(client.add("s", text_schema, false), Contains("was cut short by a stop"));
}

TEST_CASE("a schema is registered, looked up and read by id, version and as the latest") {
    FakeRegistry registry;
    Client c(with(registry.url() + "/"));
    CHECK(c.client.add("a/b topic-value", text_schema, false).id == 1);
    CHECK(registry.seen().back().path == "/subjects/a%2Fb%20topic-value/versions?normalize=false");
    CHECK(registry.seen().back().body == R"({"schema":"\"string\""})");
    CHECK(header(registry, "content-type") == "application/vnd.schemaregistry.v1+json");
    CHECK(header(registry, "authorization").empty());
    CHECK(c.client.look_up("a/b topic-value", text_schema, true).version == 1);
    CHECK(c.client.by_id(1, "s").schema == text_schema);
    CHECK(registry.seen().back().path == "/schemas/ids/1?fetchMaxId=false&subject=s");
    CHECK(c.client.latest("a/b topic-value").id == 1);
    CHECK(c.client.version("a/b topic-value", 1).schema == text_schema);
    const SchemaText other{.type = "JSON", .text = "{}", .references = {{.name = "n", .subject = "s", .version = 2}}};
    c.client.add("j", other, false);
    CHECK(registry.seen().back().body ==
          R"({"schema":"{}","schemaType":"JSON","references":[{"name":"n","subject":"s","version":2}]})");
}

TEST_CASE("what fails in passing is tried again, with waits that grow up to a limit") {
    FakeRegistry registry;
    int left = 0;
    registry.go_wrong([&](const SeenRequest&) -> std::optional<FakeAnswer> {
        if (left-- > 0) return FakeAnswer{left % 2 == 0 ? 503 : 0, "busy"};
        return std::nullopt;
    });
    Client c(with(registry.url(), {{"max.retries", "3"}, {"retries.wait.ms", "100"}, {"retries.max.wait.ms", "250"}}));
    left = 3;
    CHECK(c.client.add("s", text_schema, false).id == 1);
    CHECK(c.waits == std::vector{100ms, 200ms, 250ms});
    left = 5;
    CHECK_THROWS_AS(c.client.add("s", text_schema, false), UnavailableException);
    left = 5;
    CHECK_THROWS_WITH(c.client.add("s", text_schema, false),
                      Contains("Registering a schema under subject s failed 4 times") && Contains(registry.url()));
}

TEST_CASE("a registry that does not answer in time is asked again, and then counts as away") {
    FakeRegistry registry;
    std::promise<void> awake;
    registry.go_wrong([wait = awake.get_future().share()](const SeenRequest&) -> std::optional<FakeAnswer> {
        wait.wait();
        return std::nullopt;
    });
    // Where the time for connecting counted too, this test would not end in time.
    Client hasty(with(registry.url(),
                      {{"http.connect.timeout.ms", "600000"}, {"http.read.timeout.ms", "50"}, {"max.retries", "1"}}));
    CHECK_THROWS_WITH(hasty.client.latest("orders-value"),
                      Contains("orders-value") && Contains("failed 2 times") && Contains(registry.url()));
    CHECK(hasty.waits.size() == 1);
    awake.set_value();
    CHECK(Client(with(registry.url())).client.add("orders-value", text_schema, false).id == 1);
}

TEST_CASE("the next URL is asked before anything is waited for, and stays the first") {
    FakeRegistry registry;
    Client c(with("http://127.0.0.1:1, " + registry.url()));
    CHECK(c.client.add("s", text_schema, false).id == 1);
    CHECK(c.client.latest("s").id == 1);
    CHECK(c.waits.empty());
    CHECK(c.client.url() == registry.url());
}

TEST_CASE("what the registry refuses is told with its words, the subject and the URL") {
    FakeRegistry registry;
    registry.go_wrong([](const SeenRequest& request) -> std::optional<FakeAnswer> {
        if (request.method != "POST") return std::nullopt;
        return FakeAnswer{409, R"({"error_code":40901,"message":"Schema being registered is incompatible"})"};
    });
    Client c(with(registry.url()));
    CHECK_THROWS_AS(c.client.add("orders-value", text_schema, false), RefusedException);
    CHECK_THROWS_WITH(c.client.add("orders-value", text_schema, false),
                      Contains("Schema being registered is incompatible; error code: 40901") &&
                          Contains("orders-value") && Contains(registry.url()));
    CHECK_THROWS_WITH(c.client.by_id(9, ""), Contains("schema with id 9") && Contains("Schema 9 not found"));
    CHECK(c.waits.empty());
}

TEST_CASE("an answer that is no JSON is as good as none") {
    FakeRegistry registry;
    registry.go_wrong([](const SeenRequest&) { return FakeAnswer{200, "<html>"}; });
    Client c(with(registry.url()));
    CHECK_THROWS_AS(c.client.latest("s"), UnavailableException);
}

TEST_CASE("who asks is said as the settings have it, and never in a message") {
    FakeRegistry registry;
    const auto host = registry.url().substr(7);
    const std::vector<std::tuple<std::string, Settings, std::string>> cases{
        {registry.url(),
         {{"basic.auth.credentials.source", "USER_INFO"}, {"basic.auth.user.info", "al:hush"}},
         "Basic " + to_base64("al:hush")},
        {registry.url(),
         {{"basic.auth.credentials.source", "USER_INFO"},
          {"basic.auth.user.info", "x:y"},
          {"schema.registry.basic.auth.user.info", "al:hush"}},
         "Basic " + to_base64("al:hush")},
        {"http://al:hush@" + host, {}, "Basic " + to_base64("al:hush")},
        {"http://al:hu@sh@" + host, {{"basic.auth.credentials.source", "URL"}}, "Basic " + to_base64("al:hu@sh")},
        {registry.url(),
         {{"basic.auth.credentials.source", "SASL_INHERIT"},
          {"sasl.jaas.config", "a.PlainLoginModule required username=al password=hush;"}},
         "Basic " + to_base64("al:hush")},
        {registry.url(),
         {{"bearer.auth.credentials.source", "STATIC_TOKEN"}, {"bearer.auth.token", "hush"}},
         "Bearer hush"},
    };
    registry.go_wrong([](const SeenRequest&) { return FakeAnswer{401, ""}; });
    for (const auto& [url, more, authorization] : cases) {
        Client c(with(url, more));
        CHECK_THROWS_AS(c.client.latest("s"), ForbiddenException);
        CHECK_THROWS_WITH(c.client.latest("s"),
                          Contains("status 401") && Contains(registry.url()) && !Contains("hush"));
        CHECK(header(registry, "authorization") == authorization);
    }
}

TEST_CASE("tokens of an identity provider are kept, and renewed when the registry wants no more of one") {
    FakeRegistry provider;
    int tokens = 0;
    provider.go_wrong([&](const SeenRequest& request) {
        CHECK(request.body == "grant_type=client_credentials&scope=sr");
        return FakeAnswer{200, fmt::format(R"({{"access_token":"t{}","expires_in":3600}})", ++tokens)};
    });
    FakeRegistry registry;
    Client c(with(registry.url(), {{"bearer.auth.credentials.source", "OAUTHBEARER"},
                                   {"bearer.auth.issuer.endpoint.url", provider.url() + "/token"},
                                   {"bearer.auth.client.id", "me"},
                                   {"bearer.auth.client.secret", "hush"},
                                   {"bearer.auth.scope", "sr"},
                                   {"bearer.auth.logical.cluster", "lsrc-1"}}));
    c.client.add("s", text_schema, false);
    CHECK(header(registry, "authorization") == "Bearer t1");
    CHECK(header(registry, "target-sr-cluster") == "lsrc-1");
    c.client.latest("s");
    CHECK(tokens == 1);
    registry.go_wrong([](const SeenRequest& request) -> std::optional<FakeAnswer> {
        if (request.headers.at("authorization") == "Bearer t1") return FakeAnswer{401, ""};
        return std::nullopt;
    });
    CHECK(c.client.latest("s").id == 1);
    CHECK(tokens == 2);
}

TEST_CASE("settings that will not do are named") {
    const auto [more, complaint] = GENERATE(table<Settings, std::string>({
        {{{"basic.auth.credentials.source", "USER_INFO"}},
         "UserInfo must be provided when basic.auth.credentials.source is set to USER_INFO"},
        {{{"basic.auth.credentials.source", "SASL_INHERIT"}}, "sasl.jaas.config"},
        {{{"basic.auth.credentials.source", "OTHER"}}, "none of URL, USER_INFO and SASL_INHERIT"},
        {{{"basic.auth.credentials.source", "URL"}, {"bearer.auth.credentials.source", "STATIC_TOKEN"}},
         "Only one of 'basic.auth.credentials.source' and 'bearer.auth.credentials.source' may be specified"},
        {{{"bearer.auth.credentials.source", "STATIC_TOKEN"}}, "Token must be provided via bearer.auth.token config"},
        {{{"bearer.auth.credentials.source", "OAUTHBEARER"}}, "bearer.auth.issuer.endpoint.url"},
        {{{"bearer.auth.credentials.source", "CUSTOM"}}, "'CUSTOM' is none of"},
        {{{"schema.registry.ssl.truststore.location", "/does/not/exist"}}, "/does/not/exist"},
    }));
    CHECK_THROWS_AS(read_registry_config(with("http://r", more)), ConfigException);
    CHECK_THROWS_WITH(read_registry_config(with("http://r", more)), Contains(complaint));
}

TEST_CASE("URLs of other kinds are refused, and literal headers sent") {
    CHECK_THROWS_WITH(read_registry_config(with("mock://x")), Contains("schema.registry.url"));
    FakeRegistry registry;
    Client c(with(registry.url(), {{"request.header.X-Team", "blue"}}));
    c.client.add("s", text_schema, false);
    CHECK(header(registry, "x-team") == "blue");
}

TEST_CASE("a proxy is asked in the registry's place") {
    FakeRegistry proxy;
    proxy.go_wrong([](const SeenRequest&) { return FakeAnswer{200, R"({"id":7})"}; });
    const auto address = proxy.url().substr(7);
    const auto colon = address.find(':');
    Client c(with("http://registry.invalid:8081",
                  {{"proxy.host", address.substr(0, colon)}, {"proxy.port", address.substr(colon + 1)}}));
    CHECK(c.client.latest("s").id == 7);
    CHECK(proxy.seen().back().path == "http://registry.invalid:8081/subjects/s/versions/latest");
}

TEST_CASE("subjects are named by topic, record or both") {
    CHECK(subject_name(SubjectStrategy::Topic, "t", true, "") == "t-key");
    CHECK(subject_name(SubjectStrategy::Topic, "t", false, "a.R") == "t-value");
    CHECK(subject_name(SubjectStrategy::Record, "t", false, "a.R") == "a.R");
    CHECK(subject_name(SubjectStrategy::TopicRecord, "t", false, "a.R") == "t-a.R");
    CHECK(subject_strategy("io.confluent.kafka.serializers.subject.RecordNameStrategy") == SubjectStrategy::Record);
    CHECK_THROWS_WITH(subject_name(SubjectStrategy::Record, "t", false, ""),
                      "In configuration value.subject.name.strategy = "
                      "io.confluent.kafka.serializers.subject.RecordNameStrategy, the message value must only be a "
                      "record schema");
    CHECK_THROWS_AS(subject_strategy("org.example.Mine"), ConfigException);
}

TEST_CASE("what was asked once is known") {
    FakeRegistry registry;
    SchemaIds ids(with(registry.url()), false);
    CHECK(ids.writer("s", text_schema).id == 1);
    CHECK(ids.writer("s", text_schema).id == 1);
    CHECK(ids.by_id(1, "s") == text_schema);
    CHECK(ids.by_id(1, "s") == text_schema);
    CHECK(ids.version("s", text_schema) == 1);
    CHECK(ids.version("s", text_schema) == 1);
    CHECK(registry.seen().size() == 3);
    CHECK(ids.version("elsewhere", text_schema) == std::nullopt);
}

TEST_CASE("without auto.register.schemas schemas are looked up, or the latest or a given one is taken") {
    FakeRegistry registry;
    SchemaIds look_up(with(registry.url(), {{"auto.register.schemas", "false"}}), false);
    CHECK_THROWS_WITH(look_up.writer("s", text_schema), Contains("Looking up a schema under subject s"));
    registry.add("s", text_schema.text);
    CHECK(look_up.writer("s", text_schema).id == 1);
    registry.add("s", "\"bytes\"");
    auto now = std::chrono::steady_clock::now();
    auto environment = RegistryClient::real_environment();
    environment.now = [&] { return now; };
    SchemaIds latest(
        with(registry.url(),
             {{"auto.register.schemas", "false"}, {"use.latest.version", "true"}, {"latest.cache.ttl.sec", "60"}}),
        false, environment);
    CHECK(latest.writer("s", text_schema).id == 2);
    CHECK(latest.writer("s", text_schema).other->text == "\"bytes\"");
    registry.add("s", "\"int\"");
    CHECK(latest.writer("s", text_schema).id == 2);
    now += 61s;
    CHECK(latest.writer("s", text_schema).id == 3);
    SchemaIds given(with(registry.url(), {{"auto.register.schemas", "false"}, {"use.schema.id", "1"}}), false);
    CHECK(given.writer("any", text_schema).other->text == text_schema.text);
}

TEST_CASE("an associated subject is asked for once, and the topic's name is what there is otherwise") {
    FakeRegistry registry;
    registry.go_wrong([](const SeenRequest& request) -> std::optional<FakeAnswer> {
        if (request.path.starts_with("/associations/resources/-/known?"))
            return FakeAnswer{200, R"([{"subject":"the-subject"}])"};
        return std::nullopt;
    });
    SchemaIds ids(with(registry.url(), {{"value.subject.name.strategy", "AssociatedNameStrategy"}}), false);
    CHECK(ids.subject("known", "") == "the-subject");
    CHECK(ids.subject("known", "") == "the-subject");
    CHECK(ids.subject("other", "") == "other-value");
    CHECK(registry.seen().size() == 2);
}

TEST_CASE("ids and GUIDs stand before the payload") {
    std::string out;
    append_prefix(out, 258);
    CHECK(to_hex(out) == "0000000102");
    CHECK(read_prefix(out + "x").id == 258);
    CHECK(read_prefix(out + "x").payload == "x");
    const auto guid = *from_hex("0100112233445566778899aabbccddeeff") + "y";
    CHECK(read_prefix(guid).guid == "00112233-4455-6677-8899-aabbccddeeff");
    CHECK(read_prefix(guid).payload == "y");
    CHECK_THROWS_WITH(read_prefix("{}"), Contains("Unknown magic byte!"));
    CHECK_THROWS_WITH(read_prefix(""), Contains("Unknown magic byte!"));
    CHECK_THROWS_AS(read_prefix(std::string_view("\0\0\0", 3)), DataException);
}

TEST_CASE("a cache forgets what was not asked for the longest time") {
    LruCache<int, std::string> cache(2);
    cache.put(1, "a");
    cache.put(2, "b");
    CHECK(*cache.find(1) == "a");
    cache.put(3, "c");
    CHECK(cache.find(2) == nullptr);
    CHECK(*cache.find(1) == "a");
    CHECK(*cache.find(3) == "c");
    cache.put(3, "d");
    CHECK(*cache.find(3) == "d");
    CHECK(cache.size() == 2);
}
