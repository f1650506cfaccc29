/// The private keys of a PKCS#12 file, which may be protected with a password of their own.
#pragma once
#include <openssl/evp.h>
#include <openssl/pkcs12.h>

#include <memory>
#include <string>
#include <vector>

namespace millrace {

struct Pkcs12Key {
    std::string alias = {};                                                            ///< "" if it has none
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{nullptr, &EVP_PKEY_free};  ///< null: another password
};

/// In their order. `store_password` opens what the file holds as a whole.
std::vector<Pkcs12Key> pkcs12_keys(const PKCS12* file, const std::string& store_password,
                                   const std::string& key_password);

}
