/// The client's side of SASL: what to say, given what the broker said. Talks to nobody itself.
///
/// Throws  AuthenticationException when the broker refuses, or proves not to know the password.
/// Facts   RFC 4616 (PLAIN), RFC 5802 and 7677 (SCRAM; user names without SASLprep, as Kafka does), RFC 7628.
#pragma once
#include "cluster/wire/codec.hpp"
#include "cluster/wire/security.hpp"
#include "connectors/api/errors.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace millrace::cluster {

/// Credentials or certificates will not do: trying again does not help until somebody changes them.
struct AuthenticationException : ConnectException {
    using ConnectException::ConnectException;
};

/// One authentication. Ends when answer() returns none.
class SaslClient {
public:
    virtual ~SaslClient() = default;
    virtual Bytes first() = 0;
    virtual std::optional<Bytes> answer(ByteView challenge) = 0;
};

/// What one authentication has for itself.
struct FreshCredentials {
    std::string nonce = {};         ///< of SCRAM: printable, without commas
    std::string bearer_token = {};  ///< of OAUTHBEARER
};
std::unique_ptr<SaslClient> make_sasl_client(const SecuritySettings& security, FreshCredentials fresh);

/// 24 random printable characters from OpenSSL's generator.
std::string random_nonce();

}
