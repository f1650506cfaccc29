/// Tokens for SASL/OAUTHBEARER, from an identity provider by the grant of client credentials.
///
/// Input   the settings of Kafka's Java clients: sasl.oauthbearer.token.endpoint.url; client id, secret and scope from
///         sasl.oauthbearer.client.credentials.* and sasl.oauthbearer.scope or, where those are not set, from clientId,
///         clientSecret and scope in sasl.jaas.config, whose ssl.* options are for https; sasl.login.*.timeout.ms.
/// Errors  ConfigException naming the setting; OAuthRefusedException when the provider says no, RetriableException when
///         it cannot be asked. None of them holds the secret or a token.
/// Facts   KIP-768, KIP-1139; RFC 6749 sections 4.4 and 5, RFC 7519 section 4.1.4.
#pragma once
#include "connectors/api/config_def.hpp"
#include "connectors/http/http_client.hpp"

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>

namespace millrace {

struct OAuthRefusedException : ConnectException {
    using ConnectException::ConnectException;
};

struct OAuthSettings {
    std::string endpoint;
    std::string client_id;
    std::string client_secret;
    std::string scope = {};           ///< "": none is asked for
    bool encode_credentials = false;  ///< sasl.oauthbearer.header.urlencode
    HttpOptions http = {};
};

struct OAuthToken {
    std::string value;
    std::chrono::seconds lifetime{0};  ///< 0: not known
};

/// What `java`, the complete settings of one client, say.
OAuthSettings read_oauth_settings(const Settings& java);

/// Asks the provider, and waits for its answer, or until `stop` is requested.
OAuthToken fetch_oauth_token(const OAuthSettings& settings, const std::stop_token& stop);

/// The token in the answer of `endpoint`. Its lifetime is expires_in, or else the token's own claim `exp`.
OAuthToken read_oauth_answer(std::string_view body, const std::string& endpoint,
                             std::chrono::system_clock::time_point now);

}
