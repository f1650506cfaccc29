#include "connectors/http/oauth.hpp"

#include "connectors/support/text.hpp"
#include "tests/pch.hpp"
#include "worker/kafka/client_config.hpp"
#include "worker/kafka/oauth_tokens.hpp"

#include <future>

using namespace millrace;
using namespace millrace::worker;
using namespace std::chrono_literals;

namespace {

const auto module_name = std::string("org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule");

Settings oauth(const std::string& jaas_options, const Settings& more = {}) {
    Settings settings{{"security.protocol", "SASL_PLAINTEXT"},
                      {"sasl.mechanism", "OAUTHBEARER"},
                      {"sasl.oauthbearer.token.endpoint.url", "https://provider/token"},
                      {"sasl.jaas.config", module_name + " required " + jaas_options + ";"}};
    for (const auto& [name, value] : more) settings.insert_or_assign(name, value);
    return settings;
}

std::string token_of(OAuthTokens& tokens) {
    std::promise<std::string> found;
    tokens.ask([&](const std::exception_ptr& error, std::string token) {
        if (error)
            found.set_exception(error);
        else
            found.set_value(std::move(token));
    });
    return found.get_future().get();
}

}

TEST_CASE("client credentials come from the JAAS entry, or from the settings that replace it", "[oauth]") {
    const auto old_names = read_oauth_settings(oauth("clientId=\"me\" clientSecret=\"se cret\" scope=kafka"));
    CHECK(old_names.endpoint == "https://provider/token");
    CHECK(old_names.client_id == "me");
    CHECK(old_names.client_secret == "se cret");
    CHECK(old_names.scope == "kafka");
    CHECK_FALSE(old_names.encode_credentials);
    CHECK(old_names.http.verify_host_name);
    CHECK(old_names.http.read_timeout == 10s);

    const auto new_names =
        read_oauth_settings(oauth("clientId=old clientSecret=old ssl.endpoint.identification.algorithm=''",
                                  {{"sasl.oauthbearer.client.credentials.client.id", "new"},
                                   {"sasl.oauthbearer.client.credentials.client.secret", "newer"},
                                   {"sasl.oauthbearer.scope", "all"},
                                   {"sasl.oauthbearer.header.urlencode", "true"},
                                   {"sasl.login.connect.timeout.ms", "70"},
                                   {"sasl.login.read.timeout.ms", "80"}}));
    CHECK(new_names.client_id == "new");
    CHECK(new_names.client_secret == "newer");
    CHECK(new_names.scope == "all");
    CHECK(new_names.encode_credentials);
    CHECK_FALSE(new_names.http.verify_host_name);
    CHECK(new_names.http.connect_timeout == 70ms);
    CHECK(new_names.http.read_timeout == 80ms);
}

TEST_CASE("librdkafka gets the same credentials", "[oauth]") {
    const auto config = translate(
        ClientKind::Producer,
        oauth("clientId=me clientSecret=secret ssl.truststore.type=PEM ssl.truststore.certificates=authority"));
    CHECK(config.find("sasl.mechanism") == "OAUTHBEARER");
    CHECK(config.find("sasl.oauthbearer.method") == "oidc");
    CHECK(config.find("sasl.oauthbearer.token.endpoint.url") == "https://provider/token");
    CHECK(config.find("sasl.oauthbearer.client.id") == "me");
    CHECK(config.find("sasl.oauthbearer.client.secret") == "secret");
    CHECK(config.find("https.ca.pem") == "authority");
    CHECK_FALSE(config.find("sasl.oauthbearer.scope"));
}

TEST_CASE("what is missing for OAUTHBEARER, or cannot run here, is named, and no secret with it", "[oauth]") {
    const auto [settings, named] = GENERATE(table<Settings, std::string>({
        {oauth("clientSecret=hush"), "clientId"},
        {oauth("clientId=me"), "sasl.oauthbearer.client.credentials.client.id"},
        {oauth("clientId=me clientSecret=hush", {{"sasl.oauthbearer.token.endpoint.url", ""}}),
         "sasl.oauthbearer.token.endpoint.url"},
        {oauth("clientId=me clientSecret=hush", {{"sasl.oauthbearer.token.endpoint.url", "file:///token"}}),
         "file:///token"},
        {oauth("clientId=me clientSecret=hush", {{"sasl.login.callback.handler.class", "com.example.Handler"}}),
         "com.example.Handler"},
        {oauth("clientId=me clientSecret=hush",
               {{"sasl.oauthbearer.jwt.retriever.class",
                 "org.apache.kafka.common.security.oauthbearer.JwtBearerJwtRetriever"}}),
         "JwtBearerJwtRetriever"},
        {oauth("", {{"sasl.jaas.config", "a.PlainLoginModule required username=me password=hush;"}}),
         "a.PlainLoginModule"},
    }));
    CHECK_THROWS_WITH(read_oauth_settings(settings), Catch::Contains(named) && !Catch::Contains("hush"));
    CHECK_THROWS_AS(read_oauth_settings(settings), ConfigException);
}

TEST_CASE("the classes that Java's users name are taken for what they do", "[oauth]") {
    const auto handler =
        GENERATE(as<std::string>(), "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler",
                 "org.apache.kafka.common.security.oauthbearer.secured.OAuthBearerLoginCallbackHandler");
    const auto retriever =
        GENERATE(as<std::string>(), "org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever",
                 "org.apache.kafka.common.security.oauthbearer.ClientCredentialsJwtRetriever");
    CHECK(
        read_oauth_settings(oauth("clientId=me clientSecret=s", {{"sasl.login.callback.handler.class", handler},
                                                                 {"sasl.oauthbearer.jwt.retriever.class", retriever}}))
            .client_id == "me");
}

TEST_CASE("an answer's token lives as long as the answer or the token says", "[oauth]") {
    const std::chrono::system_clock::time_point now(1'000'000s);
    const auto jwt = "e30." + to_base64(R"({"exp":1000090})", Base64::UrlSafe) + ".c2ln";
    const auto [body, value, lifetime] = GENERATE_COPY(table<std::string, std::string, std::chrono::seconds>({
        {R"({"access_token":"abc","expires_in":60})", "abc", 60s},
        {R"({"access_token":")" + jwt + R"("})", jwt, 90s},
        {R"({"access_token":"abc"})", "abc", 0s},
        {R"({"access_token":"a.b!.c"})", "a.b!.c", 0s},
    }));
    const auto token = read_oauth_answer(body, "https://provider/token", now);
    CHECK(token.value == value);
    CHECK(token.lifetime == lifetime);
}

TEST_CASE("an answer without a token is refused, and nothing of it is told", "[oauth]") {
    const auto body =
        GENERATE(as<std::string>(), "", "private", R"(["private"])", R"({"token":"private"})", R"({"access_token":""})",
                 R"({"access_token":7})", R"({"access_token":"private\u0001x"})");
    CHECK_THROWS_WITH(read_oauth_answer(body, "https://provider/token", {}),
                      "The answer of https://provider/token holds no access_token");
}

TEST_CASE("a token is kept for four fifths of its life", "[oauth]") {
    OAuthTokens::Clock::time_point now{};
    int fetched = 0;
    OAuthTokens tokens(
        [&](const std::stop_token&) {
            return OAuthToken{.value = std::to_string(++fetched), .lifetime = fetched == 3 ? 0s : 100s};
        },
        [&] { return now; });
    CHECK(token_of(tokens) == "1");
    now += 79s;
    CHECK(token_of(tokens) == "1");
    now += 2s;
    CHECK(token_of(tokens) == "2");
    now += 81s;
    CHECK(token_of(tokens) == "3");
    CHECK(token_of(tokens) == "4");  // the third's life was not known
}

TEST_CASE("who asks for a token hears why there is none, and asks again", "[oauth]") {
    bool refuse = true;
    OAuthTokens tokens([&](const std::stop_token&) -> OAuthToken {
        if (refuse) throw OAuthRefusedException("no");
        return {.value = "token"};
    });
    CHECK_THROWS_AS(token_of(tokens), OAuthRefusedException);
    refuse = false;
    CHECK(token_of(tokens) == "token");
}

TEST_CASE("a provider that is not there is asked again later", "[oauth]") {
    const OAuthSettings settings{.endpoint = "http://127.0.0.1:1/token", .client_id = "me", .client_secret = "hush"};
    CHECK_THROWS_AS(fetch_oauth_token(settings, {}), RetriableException);
    CHECK_THROWS_WITH(fetch_oauth_token(settings, {}),
                      Catch::Contains("http://127.0.0.1:1/token") && !Catch::Contains("hush"));
}
