#include "connectors/http/oauth.hpp"

#include "connectors/support/jaas.hpp"
#include "connectors/support/java_number.hpp"
#include "connectors/support/json.hpp"
#include "connectors/support/text.hpp"
#include "connectors/tls/host_check.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

namespace millrace {

namespace {

constexpr auto module_suffix = ".OAuthBearerLoginModule";
constexpr auto handler_suffix = ".OAuthBearerLoginCallbackHandler";
constexpr auto retriever_suffixes = {"", ".DefaultJwtRetriever", ".ClientCredentialsJwtRetriever"};

std::string setting(const Settings& settings, std::string_view name) {
    const auto found = settings.find(name);
    return found == settings.end() ? std::string() : found->second;
}

std::string first_of(std::string preferred, std::string other) {
    return preferred.empty() ? std::move(other) : std::move(preferred);
}

std::chrono::milliseconds time_limit(const Settings& java, std::string_view name, std::chrono::milliseconds otherwise) {
    const auto found = java.find(name);
    if (found == java.end() || trim(found->second).empty()) return otherwise;
    constexpr auto most = std::numeric_limits<std::int32_t>::max();
    return std::chrono::milliseconds(parse_java_integer(trim(found->second), 1, most).value_or(1));
}

/// Java's class names choose the way to a token; there is one here.
void check_classes(const Settings& java) {
    const std::string handler = setting(java, "sasl.login.callback.handler.class");
    if (!handler.empty() && !handler.ends_with(handler_suffix))
        throw ConfigException(
            fmt::format("sasl.login.callback.handler.class: '{}' cannot run here; leave it out, or use "
                        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler",
                        handler));
    const std::string retriever = setting(java, "sasl.oauthbearer.jwt.retriever.class");
    if (std::ranges::none_of(retriever_suffixes, [&](const char* known) {
            return *known == '\0' ? retriever.empty() : retriever.ends_with(known);
        }))
        throw ConfigException(
            fmt::format("sasl.oauthbearer.jwt.retriever.class: '{}' cannot run here; tokens come by "
                        "client credentials (ClientCredentialsJwtRetriever)",
                        retriever));
}

Settings jaas_options(const Settings& java) {
    const auto entry = java.find("sasl.jaas.config");
    if (entry == java.end()) return {};
    auto login = parse_jaas_config(entry->second);
    if (!login.login_module.ends_with(module_suffix))
        throw ConfigException(
            fmt::format("sasl.jaas.config names {}; sasl.mechanism OAUTHBEARER needs "
                        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule",
                        login.login_module));
    return std::move(login.options);
}

std::vector<std::string> headers_of(const OAuthSettings& settings) {
    const auto part = [&](const std::string& text) {
        return settings.encode_credentials ? percent_encoded(text) : text;
    };
    return {"Authorization: Basic " + to_base64(part(settings.client_id) + ":" + part(settings.client_secret)),
            "Accept: application/json", "Cache-Control: no-cache", "Content-Type: application/x-www-form-urlencoded"};
}

/// `error` and `error_description` of a refusal (RFC 6749, 5.2), which name no secret.
std::string reason_of(std::string_view body) {
    try {
        const json::Document answer(body);
        std::string reason;
        for (const auto* name : {"error", "error_description"})
            if (const auto* text = answer.root().find(name); text != nullptr && text->is_string())
                reason += fmt::format("{}{}", reason.empty() ? ": " : ", ", text->text());
        return reason;
    } catch (const DataException&) {
        return "";
    }
}

/// The claim `exp` of a token that is a JWT.
std::optional<std::chrono::seconds> expiry_of(std::string_view token) {
    const auto first = token.find('.');
    const auto second = token.find('.', first + 1);
    if (first == token.npos || second == token.npos) return std::nullopt;
    const auto claims = from_base64(token.substr(first + 1, second - first - 1), Base64::UrlSafe);
    if (!claims) return std::nullopt;
    try {
        const json::Document read(*claims);
        const auto* expiry = read.root().find("exp");
        if (expiry != nullptr && expiry->is_number())
            return std::chrono::seconds(static_cast<std::int64_t>(expiry->as_double()));
    } catch (const DataException&) {  // NOLINT(bugprone-empty-catch): a token of another make
    }
    return std::nullopt;
}

}

OAuthSettings read_oauth_settings(const Settings& java) {
    check_classes(java);
    const auto options = jaas_options(java);
    OAuthSettings settings{.endpoint = setting(java, "sasl.oauthbearer.token.endpoint.url"),
                           .client_id = first_of(setting(java, "sasl.oauthbearer.client.credentials.client.id"),
                                                 setting(options, "clientId")),
                           .client_secret = first_of(setting(java, "sasl.oauthbearer.client.credentials.client.secret"),
                                                     setting(options, "clientSecret")),
                           .scope = first_of(setting(java, "sasl.oauthbearer.scope"), setting(options, "scope")),
                           .encode_credentials = setting(java, "sasl.oauthbearer.header.urlencode") == "true",
                           .http = {.tls = read_tls_material(options)}};
    if (!settings.endpoint.starts_with("http://") && !settings.endpoint.starts_with("https://"))
        throw ConfigException(
            fmt::format("sasl.oauthbearer.token.endpoint.url: '{}' is no http or https URL of an identity provider",
                        settings.endpoint));
    if (settings.client_id.empty() || settings.client_secret.empty())
        throw ConfigException(
            "sasl.mechanism OAUTHBEARER needs sasl.oauthbearer.client.credentials.client.id and .client.secret, or "
            "clientId and clientSecret in sasl.jaas.config");
    if (settings.endpoint.starts_with("https://")) settings.http.verify_host_name = checks_host_name(options);
    settings.http.connect_timeout = time_limit(java, "sasl.login.connect.timeout.ms", settings.http.connect_timeout);
    settings.http.read_timeout = time_limit(java, "sasl.login.read.timeout.ms", settings.http.read_timeout);
    return settings;
}

OAuthToken fetch_oauth_token(const OAuthSettings& settings, const std::stop_token& stop) {
    HttpRequest request{.method = "POST",
                        .url = settings.endpoint,
                        .headers = headers_of(settings),
                        .body = "grant_type=client_credentials"};
    if (!settings.scope.empty()) request.body += "&scope=" + percent_encoded(settings.scope);
    HttpAnswer answer;
    try {
        answer = HttpClient(settings.http).send(request, stop);
    } catch (const NoAnswerException& e) {
        throw RetriableException(fmt::format("No token: {}", e.what()));
    }
    const auto status = answer.status;
    const auto refusal =
        fmt::format("No token from {}: status {}{}", settings.endpoint, status, reason_of(answer.body));
    if (status >= 500 || status == 408 || status == 429) throw RetriableException(refusal);
    if (status != 200 && status != 201) throw OAuthRefusedException(refusal);
    return read_oauth_answer(answer.body, settings.endpoint, std::chrono::system_clock::now());
}

OAuthToken read_oauth_answer(std::string_view body, const std::string& endpoint,
                             std::chrono::system_clock::time_point now) {
    OAuthToken token;
    try {
        const json::Document answer(body);
        const auto* value = answer.root().find("access_token");
        if (value != nullptr && value->is_string()) token.value = value->text();
        const auto* expires = answer.root().find("expires_in");
        if (expires != nullptr && expires->is_number())
            token.lifetime = std::chrono::seconds(static_cast<std::int64_t>(expires->as_double()));
    } catch (const DataException&) {  // NOLINT(bugprone-empty-catch): the text may hold a token, so it is not told
    }
    const auto sayable = [](char c) { return c > ' ' && c <= '~'; };
    if (token.value.empty() || !std::ranges::all_of(token.value, sayable))
        throw OAuthRefusedException(fmt::format("The answer of {} holds no access_token", endpoint));
    if (token.lifetime <= std::chrono::seconds{0})
        if (const auto expiry = expiry_of(token.value))
            token.lifetime = *expiry - std::chrono::floor<std::chrono::seconds>(now).time_since_epoch();
    return token;
}

}
