/// How a client proves itself to a broker, and the broker to it.
#pragma once
#include "cluster/async/tls.hpp"

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace millrace::cluster {

enum class SecurityProtocol : std::uint8_t { Plaintext, Ssl, SaslPlaintext, SaslSsl };
enum class SaslMechanism : std::uint8_t { Plain, ScramSha256, ScramSha512, OAuthBearer };

/// "SASL_SSL", "SCRAM-SHA-256", ...; throw ConfigException naming the key and the valid values.
SecurityProtocol security_protocol_from(std::string_view text);
SaslMechanism sasl_mechanism_from(std::string_view text);
std::string_view to_string(SaslMechanism mechanism) noexcept;

/// Calls back once, from any thread, with a token or why there is none. A RetriableException: ask again later.
using BearerTokens = std::function<void(std::function<void(std::exception_ptr, std::string)>)>;

/// The client settings security.protocol, sasl.*, ssl.*, made into what a connection needs.
struct SecuritySettings {
    SecurityProtocol protocol = SecurityProtocol::Plaintext;
    SaslMechanism mechanism = SaslMechanism::Plain;
    std::string user = {};
    std::string password = {};
    BearerTokens bearer_tokens = {};             ///< asked for each authentication by OAUTHBEARER
    std::shared_ptr<const TlsContext> tls = {};  ///< required with the two protocols that end in SSL
    bool verify_host_name = true;                ///< ssl.endpoint.identification.algorithm=https

    bool uses_tls() const noexcept {
        return protocol == SecurityProtocol::Ssl || protocol == SecurityProtocol::SaslSsl;
    }
    bool uses_sasl() const noexcept {
        return protocol == SecurityProtocol::SaslPlaintext || protocol == SecurityProtocol::SaslSsl;
    }
};

}
