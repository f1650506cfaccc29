/// The choice of cipher suites in Java's settings, as OpenSSL takes it.
#pragma once
#include "connectors/api/config_def.hpp"

#include <string>

namespace millrace {

/// OpenSSL's names separated by colons. Both empty: all that OpenSSL thinks good. One empty: not that version of TLS.
struct CipherChoice {
    std::string tls12 = {};
    std::string tls13 = {};

    bool all() const noexcept { return tls12.empty() && tls13.empty(); }
};

/// From ssl.cipher.suites, names of RFC 8446 and the IANA list. Throws ConfigException naming one that is unknown.
CipherChoice read_cipher_choice(const Settings& settings);

}
