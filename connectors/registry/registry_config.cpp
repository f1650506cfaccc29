#include "connectors/registry/registry_config.hpp"

#include "connectors/registry/registry_keys.hpp"
#include "connectors/support/jaas.hpp"
#include "connectors/tls/host_check.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace millrace::registry {

namespace {

constexpr std::size_t most_schema_bytes = 64'000'000;  // of one answer

std::chrono::milliseconds time_of(const Config& config, std::string_view key) {
    return std::chrono::milliseconds(config.get_int(key));
}

/// "user:password" of http://user:password@host/, which leaves the URL; "" if there is none.
std::string take_user_info(std::string& url) {
    const auto host = url.find("://") + 3;
    const auto at = url.find_last_of('@', url.find('/', host));
    if (at == std::string::npos || at < host) return "";
    auto info = url.substr(host, at - host);
    url.erase(host, at + 1 - host);
    return info;
}

/// The user information of the first URL that has some.
std::string read_urls(const Config& config, std::vector<std::string>& urls) {
    std::string login;
    for (auto url : config.get_list("schema.registry.url")) {
        if (!url.starts_with("http://") && !url.starts_with("https://"))
            throw ConfigException("schema.registry.url must hold http or https URLs of schema registries.");
        auto info = take_user_info(url);
        if (login.empty()) login = std::move(info);
        while (url.ends_with('/')) url.pop_back();
        urls.push_back(std::move(url));
    }
    if (urls.empty()) throw ConfigException("schema.registry.url names no schema registry.");
    return login;
}

std::string inherited_user_info(const Config& config) {
    const auto entry = config.find("sasl.jaas.config");
    if (!entry || entry->empty())
        throw ConfigException("basic.auth.credentials.source SASL_INHERIT needs sasl.jaas.config beside it.");
    const auto login = parse_jaas_config(*entry);
    const auto user = login.options.find("username");
    const auto password = login.options.find("password");
    if (user == login.options.end() || password == login.options.end())
        throw ConfigException("sasl.jaas.config holds no username and password, which SASL_INHERIT needs.");
    return user->second + ":" + password->second;
}

std::string basic_login(const Config& config, const std::string& source, std::string of_url) {
    if (source == "SASL_INHERIT") return inherited_user_info(config);
    if (source == "USER_INFO") {
        auto info = config.get_string("schema.registry.basic.auth.user.info");
        if (info.empty()) info = config.get_string("basic.auth.user.info");
        if (info.empty())
            throw ConfigException("UserInfo must be provided when basic.auth.credentials.source is set to USER_INFO");
        return info;
    }
    if (!source.empty() && source != "URL")
        throw ConfigException(
            fmt::format("basic.auth.credentials.source: '{}' is none of URL, USER_INFO and SASL_INHERIT", source));
    return of_url;
}

std::string needed(const Config& config, std::string_view key) {
    auto text = config.get_string(key);
    if (text.empty()) throw ConfigException(fmt::format("bearer.auth.credentials.source OAUTHBEARER needs {}", key));
    return text;
}

OAuthSettings provider_of(const Config& config) {
    return {.endpoint = needed(config, "bearer.auth.issuer.endpoint.url"),
            .client_id = needed(config, "bearer.auth.client.id"),
            .client_secret = needed(config, "bearer.auth.client.secret"),
            .scope = config.get_string("bearer.auth.scope")};
}

void bearer_login(const Config& config, const std::string& source, RegistryLogin& login) {
    if (source == "STATIC_TOKEN") {
        login.token = config.get_string("bearer.auth.token");
        if (login.token.empty())
            throw ConfigException(
                "Token must be provided via bearer.auth.token config when bearer.auth.credentials.source is set to "
                "STATIC_TOKEN");
    } else if (source == "OAUTHBEARER") {
        login.oauth = provider_of(config);
    } else if (source == "SASL_OAUTHBEARER_INHERIT") {
        login.oauth = read_oauth_settings(config.settings());
    } else {
        throw ConfigException(fmt::format(
            "bearer.auth.credentials.source: '{}' is none of STATIC_TOKEN, OAUTHBEARER and SASL_OAUTHBEARER_INHERIT",
            source));
    }
    for (const auto& [key, header] : {std::pair{"bearer.auth.logical.cluster", "target-sr-cluster"},
                                      std::pair{"bearer.auth.identity.pool.id", "Confluent-Identity-Pool-Id"}}) {
        if (const auto value = config.get_string(key); !value.empty())
            login.more_headers.push_back(fmt::format("{}: {}", header, value));
    }
    login.token_margin = std::chrono::seconds(config.get_int("bearer.auth.cache.expiry.buffer.seconds"));
}

RegistryLogin read_login(const Config& config, std::string of_url) {
    const auto basic = config.get_string("basic.auth.credentials.source");
    const auto bearer = config.get_string("bearer.auth.credentials.source");
    if (!basic.empty() && !bearer.empty())
        throw ConfigException(
            "Only one of 'basic.auth.credentials.source' and 'bearer.auth.credentials.source' may be specified");
    RegistryLogin login;
    if (!bearer.empty()) {
        bearer_login(config, bearer, login);
    } else {
        login.user_info = basic_login(config, basic, std::move(of_url));
    }
    return login;
}

HttpOptions read_http(const Config& config, const std::vector<std::string>& urls) {
    const auto tls = with_prefix_removed(config.settings(), "schema.registry.");
    HttpOptions http{.tls = read_tls_material(tls),
                     .connect_timeout = time_of(config, "http.connect.timeout.ms"),
                     .read_timeout = time_of(config, "http.read.timeout.ms"),
                     .most_answer_bytes = most_schema_bytes};
    const auto secure = [](const std::string& url) { return url.starts_with("https://"); };
    if (std::ranges::any_of(urls, secure)) http.verify_host_name = checks_host_name(tls);
    if (const auto host = config.get_string("proxy.host"); !host.empty())
        http.proxy = fmt::format("{}:{}", host, config.get_int("proxy.port"));
    return http;
}

}

std::string not_negative(std::string_view value) { return value.starts_with('-') ? "Value must be at least 0" : ""; }

RegistryConfig read_registry_config(const Settings& settings) {
    const Config config(registry_keys, settings);
    RegistryConfig read;
    auto of_url = read_urls(config, read.urls);
    read.login = read_login(config, std::move(of_url));
    read.http = read_http(config, read.urls);
    for (const auto& [name, value] : with_prefix_removed(settings, "request.header."))
        read.headers.push_back(fmt::format("{}: {}", name, value));
    read.retries = config.get_int("max.retries");
    read.retry_wait = time_of(config, "retries.wait.ms");
    read.retry_wait_max = time_of(config, "retries.max.wait.ms");
    read.cache_size = static_cast<std::size_t>(config.get_int("max.schemas.per.subject"));
    read.latest_cache_size = static_cast<std::size_t>(config.get_int("latest.cache.size"));
    if (const auto ttl = config.get_long("latest.cache.ttl.sec"); ttl >= 0)
        read.latest_cache_ttl = std::chrono::seconds(ttl);
    return read;
}

}
