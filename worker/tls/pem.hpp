/// OpenSSL's objects as PEM texts; "" if OpenSSL cannot write one.
#pragma once
#include <string>

struct evp_pkey_st;  // EVP_PKEY
struct x509_st;      // X509

namespace millrace::cluster {

std::string pem_of(const x509_st* certificate);
/// Not encrypted.
std::string pem_of(const evp_pkey_st* private_key);

}
