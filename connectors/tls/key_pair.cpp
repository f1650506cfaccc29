#include "connectors/tls/key_pair.hpp"

#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <vector>

namespace millrace {

namespace {

using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;
using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using CertificatePtr = std::unique_ptr<X509, decltype(&X509_free)>;

BioPtr reader_of(const std::string& text) {
    return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
}

std::vector<CertificatePtr> certificates_of(const std::string& chain) {
    const auto bio = reader_of(chain);
    std::vector<CertificatePtr> found;
    while (X509* one = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) found.emplace_back(one, &X509_free);
    return found;
}

/// Always answers, as OpenSSL would ask at the terminal.
int give_password(char* buffer, int size, int, void* password) {
    const auto* text = static_cast<const std::string*>(password);
    return static_cast<int>(text->copy(buffer, static_cast<std::size_t>(size)));
}

std::string owner_of(const CertificatePtr& certificate) {
    const BioPtr bio(BIO_new(BIO_s_mem()), &BIO_free);
    X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate.get()), 0, XN_FLAG_RFC2253);
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string closed_key_problem(const std::string& private_key, const std::string& password) {
    if (private_key.find("PRIVATE KEY-----") == std::string::npos) return "there is no private key in it";
    if (private_key.find("ENCRYPTED") == std::string::npos) return "OpenSSL does not understand its private key";
    return password.empty() ? "its private key is encrypted: set ssl.key.password"
                            : "ssl.key.password does not open its private key";
}

std::string mismatch(const std::vector<CertificatePtr>& chain, const EVP_PKEY* key) {
    for (const auto& certificate : chain) {
        if (X509_check_private_key(certificate.get(), key) != 1) continue;
        return fmt::format(
            "its first certificate is that of {}, and its private key that of {}, whose certificate comes first in a "
            "chain",
            owner_of(chain.front()), owner_of(certificate));
    }
    return fmt::format("its private key is not that of its certificate, {}", owner_of(chain.front()));
}

std::string problem_of(const std::string& certificate_chain, const std::string& private_key, std::string password) {
    const auto bio = reader_of(private_key);
    const KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, give_password, &password), &EVP_PKEY_free);
    if (!key) return closed_key_problem(private_key, password);
    const auto chain = certificates_of(certificate_chain);
    if (chain.empty()) return "there is no certificate in it";
    return X509_check_private_key(chain.front().get(), key.get()) == 1 ? "" : mismatch(chain, key.get());
}

}

std::string key_pair_problem(const std::string& certificate_chain, const std::string& private_key,
                             const std::string& password) {
    auto problem = problem_of(certificate_chain, private_key, password);
    ERR_clear_error();  // the end of a text is reported as an error
    return problem;
}

}
