/// Java's own key store format, JKS, which keytool wrote by default until Java 9.
///
/// Input   The file's bytes. All in big-endian order: magic FEEDFEED, version 1 or 2, the number of entries, the
/// entries, the SHA-1
///         of password, "Mighty Aphrodite" and everything before. Passwords go in as UTF-16.
/// Errors  DataException saying what is wrong and where, never a secret.
/// Facts   OpenJDK, sun.security.provider.JavaKeyStore and KeyProtector.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

struct JksEntry {
    std::string alias = {};
    std::string protected_key = {};              ///< EncryptedPrivateKeyInfo in DER; empty: a trusted certificate
    std::vector<std::string> certificates = {};  ///< X.509 in DER; a key's own first, then those that vouch for it
};

std::vector<JksEntry> parse_jks(std::string_view bytes);

/// Whether the file was written with this password and not changed since.
bool opens_jks(std::string_view bytes, std::string_view password);

/// The key of an entry as PKCS#8 in DER; none if the password is not its own.
std::optional<std::string> unprotect_jks_key(std::string_view protected_key, std::string_view password);

}
