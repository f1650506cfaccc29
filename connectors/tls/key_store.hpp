/// What Java's ssl.* settings give one side of a TLS connection, read from PEM, PKCS#12 and JKS files.
///
/// Errors  ConfigException naming the setting, the file, the alias and the reason, never a secret.
/// Facts   Kafka's ssl.keystore.* and ssl.truststore.* (KIP-651 for PEM); PKCS#12 (RFC 7292). As in Java, a file's
/// first bytes say
///         whether it is JKS or PKCS#12, whichever of the two its type setting says.
#pragma once
#include "connectors/api/config_def.hpp"

#include <string>
#include <vector>

namespace millrace {

/// PEM texts; empty: not given. Those that come from one PEM file are that file: OpenSSL takes its part.
struct TlsMaterial {
    std::string certificate_chain = {};  ///< own certificate first
    std::string private_key = {};
    std::string private_key_password = {};  ///< of a key that is encrypted in PEM
    std::string trusted_certificates = {};
};

/// From ssl.keystore.location, .type, .password, .key and .certificate.chain, ssl.key.password, and
/// ssl.truststore.location, .type, .password and .certificates: texts win over files.
TlsMaterial read_tls_material(const Settings& settings);

/// What to say of a key store that has no private key, where one is needed: it names the file and the aliases in it.
std::string missing_key(const Settings& settings);

/// The files that read_tls_material reads.
std::vector<std::string> tls_files(const Settings& settings);

}
