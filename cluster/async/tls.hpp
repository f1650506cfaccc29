/// TLS settings of one side of a connection, made once and shared by its connections. Knows PEM alone: key stores of
/// other kinds are turned into PEM by connectors/tls.
#pragma once
#include "connectors/api/config_def.hpp"
#include "connectors/tls/ciphers.hpp"

#include <memory>
#include <string>
#include <vector>

namespace boost::asio::ssl {
class context;  // NOLINT(readability-identifier-naming): Asio's
}

namespace boost::system {
class error_code;  // NOLINT(readability-identifier-naming): Boost's
}

struct ssl_st;  // OpenSSL's SSL

namespace millrace::cluster {

enum class ClientAuth : unsigned char { None, Requested, Required };

/// Texts, not file names. Empty means: not given.
struct TlsOptions {
    std::string certificate_chain = {};     ///< PEM, own certificate first
    std::string private_key = {};           ///< PEM
    std::string private_key_password = {};  ///< of an encrypted key
    std::string trusted_certificates = {};  ///< PEM; a client without any trusts the system's authorities
    std::vector<std::string> protocols = {"TLSv1.2", "TLSv1.3"};
    CipherChoice ciphers = {};
    ClientAuth client_auth = ClientAuth::None;  ///< of a server
};

/// What Java's ssl.* settings say: stores, ssl.enabled.protocols, ssl.cipher.suites. Throws ConfigException.
TlsOptions tls_options(const Settings& settings);

class TlsContext {
public:
    /// Throw ConfigException naming the part that will not do and OpenSSL's reason, never the key.
    static std::shared_ptr<const TlsContext> client(const TlsOptions& options);
    static std::shared_ptr<const TlsContext> server(const TlsOptions& options);
    ~TlsContext();

    /// For asio::ssl::stream, in the files that may see one.
    boost::asio::ssl::context& native() const noexcept { return *context_; }

private:
    explicit TlsContext(std::unique_ptr<boost::asio::ssl::context> context);
    std::unique_ptr<boost::asio::ssl::context> context_;
};

/// Before a client's handshake: the server that it wants, a name or an IP address, which its certificate must be for if
/// `verify`.
void expect_server(ssl_st* connection, const std::string& host, bool verify);
/// Why a handshake failed: the reason and, where the other side's certificate will not do, what is wrong with it.
std::string handshake_problem(const ssl_st* connection, const boost::system::error_code& error);

}
