/// Key stores as Java's TLS settings name them, as the PEM texts that TlsOptions take.
///
/// Throws  ConfigException naming the file and the reason, never a secret; for a JKS store also how to convert it.
/// Facts   PKCS#12 (RFC 7292); the types PEM and PKCS12 of Kafka's ssl.keystore.type and ssl.truststore.type.
#pragma once
#include <string>
#include <string_view>

namespace millrace::cluster {

/// Each a PEM text; empty if the store has none. A PEM file is in all three as it is: OpenSSL takes its part.
struct KeyStore {
    std::string certificate_chain = {};  ///< own certificate first
    std::string private_key = {};
    std::string trusted_certificates = {};
};

/// `type` is a Java name in any case; `password` opens a PKCS#12 store.
KeyStore read_key_store(const std::string& path, std::string_view type, const std::string& password);

}
