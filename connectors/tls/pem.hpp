/// PEM texts: OpenSSL's objects as such, and files of them.
///
/// Errors  ConfigException naming the file and the system's reason; "" if OpenSSL cannot write an object.
#pragma once
#include <string>

struct evp_pkey_st;  // EVP_PKEY
struct x509_st;      // X509

namespace millrace {

std::string pem_of(const x509_st* certificate);
/// Not encrypted.
std::string pem_of(const evp_pkey_st* private_key);
/// The whole file, whatever is in it.
std::string read_tls_file(const std::string& path);

}
