#include "cluster/async/key_store.hpp"

#include "cluster/async/pem.hpp"
#include "cluster/async/tls.hpp"
#include "connectors/api/errors.hpp"

#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>

#include <algorithm>
#include <cctype>
#include <memory>

namespace millrace::cluster {
namespace {

using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;
using StorePtr = std::unique_ptr<PKCS12, decltype(&PKCS12_free)>;
using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using CertificatePtr = std::unique_ptr<X509, decltype(&X509_free)>;

struct StackDeleter {
    void operator()(STACK_OF(X509) * stack) const noexcept { sk_X509_pop_free(stack, X509_free); }
};
using StackPtr = std::unique_ptr<STACK_OF(X509), StackDeleter>;

[[noreturn]] void refuse(const std::string& path, std::string_view why) {
    ERR_clear_error();
    throw ConfigException(fmt::format("TLS: key store {}: {}", path, why));
}

KeyStore read_pkcs12(const std::string& path, const std::string& password) {
    const auto bytes = read_pem_file(path);
    const BioPtr bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())), &BIO_free);
    const StorePtr store(d2i_PKCS12_bio(bio.get(), nullptr), &PKCS12_free);
    if (!store) refuse(path, "it is no PKCS#12 file");
    EVP_PKEY* raw_key = nullptr;
    X509* raw_certificate = nullptr;
    STACK_OF(X509)* raw_others = nullptr;
    if (PKCS12_parse(store.get(), password.c_str(), &raw_key, &raw_certificate, &raw_others) != 1)
        refuse(path, "the password does not open it, or it uses an algorithm that OpenSSL has given up (RC2, 3DES)");
    const KeyPtr key(raw_key, &EVP_PKEY_free);
    const CertificatePtr certificate(raw_certificate, &X509_free);
    const StackPtr others(raw_others);
    KeyStore found;
    std::string rest;
    for (int i = 0; others && i < sk_X509_num(others.get()); ++i) rest += pem_of(sk_X509_value(others.get(), i));
    if (certificate) found.certificate_chain = pem_of(certificate.get()) + rest;
    if (key) found.private_key = pem_of(key.get());
    found.trusted_certificates = found.certificate_chain.empty() ? rest : found.certificate_chain;
    return found;
}

}

KeyStore read_key_store(const std::string& path, std::string_view type, const std::string& password) {
    std::string name(type);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (name == "PKCS12") return read_pkcs12(path, password);
    if (name == "PEM") {
        const auto text = read_pem_file(path);
        return {.certificate_chain = text, .private_key = text, .trusted_certificates = text};
    }
    refuse(path, fmt::format("stores of type {} cannot be read: convert it with 'keytool -importkeystore -srckeystore "
                             "{} -destkeystore store.p12 -deststoretype PKCS12' and set its type to PKCS12",
                             type, path));
}

}
