#include "connectors/tls/ciphers.hpp"

#include "connectors/api/errors.hpp"

#include <openssl/ssl.h>

namespace millrace {

CipherChoice read_cipher_choice(const Settings& settings) {
    CipherChoice choice;
    const auto names = settings.find("ssl.cipher.suites");
    if (names == settings.end()) return choice;
    for (const auto& name : split_list(names->second)) {
        const std::string_view known = OPENSSL_cipher_name(name.c_str());
        if (known == "(NONE)") throw ConfigException("ssl.cipher.suites names an unknown suite: " + name);
        auto& list = known.starts_with("TLS_") ? choice.tls13 : choice.tls12;
        list += (list.empty() ? "" : ":") + std::string(known);
    }
    return choice;
}

}
