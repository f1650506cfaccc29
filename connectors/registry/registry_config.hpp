/// The settings of a client of a schema registry, as converters have them.
///
/// Errors   ConfigException naming the setting; no message holds a password, key or token.
/// Facts    Confluent's documentation of schema registry clients; Kafka's ssl.* behind the prefix schema.registry.
#pragma once
#include "connectors/http/oauth.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace millrace::registry {

/// A user and a password for every request, a token, or an identity provider that gives tokens; or none of them.
struct RegistryLogin {
    std::string user_info = {};  ///< user:password
    std::string token = {};
    std::optional<OAuthSettings> oauth = {};
    std::chrono::seconds token_margin{300};      ///< a token is renewed so long before its end
    std::vector<std::string> more_headers = {};  ///< that go with a token
};

struct RegistryConfig {
    std::vector<std::string> urls;  ///< without user information and without a slash at the end
    RegistryLogin login = {};
    HttpOptions http = {};
    std::vector<std::string> headers = {};  ///< of request.header.*
    int retries = 3;                        ///< rounds after the first; a round asks every URL
    std::chrono::milliseconds retry_wait{1000};
    std::chrono::milliseconds retry_wait_max{20'000};
    std::size_t cache_size = 1000;
    std::size_t latest_cache_size = 1000;
    std::optional<std::chrono::seconds> latest_cache_ttl = {};  ///< none: for ever
};

/// `settings` are a converter's, without its prefix.
RegistryConfig read_registry_config(const Settings& settings);

}
