#include "connectors/postgres/client/client_identity.hpp"

#include "connectors/api/errors.hpp"

#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string_view>

namespace millrace::postgres {
namespace {

template <auto Free>
struct With {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, With<Free>>;
using Memory = Owned<BIO, BIO_free_all>;

void free_certificates(STACK_OF(X509) * certificates) noexcept { sk_X509_pop_free(certificates, X509_free); }

struct Opened {
    Owned<EVP_PKEY, EVP_PKEY_free> key;
    Owned<X509, X509_free> certificate;
    Owned<STACK_OF(X509), free_certificates> others;
};

[[noreturn]] void refuse(const std::string& file, std::string_view why) {
    throw ConnectException(fmt::format("database.sslkey={} cannot be read as PKCS#12: {}", file, why));
}

Opened open(const std::string& file, const std::string& password) {
    ERR_clear_error();
    const Memory in(BIO_new_file(file.c_str(), "rb"));
    if (!in) refuse(file, "no such file, or it may not be read");
    const Owned<PKCS12, PKCS12_free> store(d2i_PKCS12_bio(in.get(), nullptr));
    if (!store) refuse(file, "it is something else");
    EVP_PKEY* key = nullptr;
    X509* certificate = nullptr;
    STACK_OF(X509)* others = nullptr;
    if (PKCS12_parse(store.get(), password.c_str(), &key, &certificate, &others) == 0) {
        const auto* reason = ERR_reason_error_string(ERR_peek_last_error());
        refuse(file, reason == nullptr ? "is database.sslpassword right?" : reason);
    }
    Opened opened{.key = {}, .certificate = {}, .others = {}};
    opened.key.reset(key);
    opened.certificate.reset(certificate);
    opened.others.reset(others);
    if (!opened.key || !opened.certificate) refuse(file, "it has no key with a certificate");
    return opened;
}

/// libpq wants a file that is nobody else's.
int memory_file(const char* name, BIO* content) {
    char* text = nullptr;
    const auto size = BIO_get_mem_data(content, &text);
    const int file = ::memfd_create(name, MFD_CLOEXEC);
    const bool written = file >= 0 && ::fchmod(file, S_IRUSR | S_IWUSR) == 0 &&
                         ::write(file, text, static_cast<std::size_t>(size)) == size;
    if (!written) {
        if (file >= 0) ::close(file);
        throw ConnectException("There is no memory for the client's key");
    }
    return file;
}

std::string path_of(int file) { return fmt::format("/proc/self/fd/{}", file); }

}

ClientIdentity::ClientIdentity(Keywords& keywords) {
    const auto find = [&](std::string_view name) {
        return std::ranges::find(keywords, name, [](const auto& entry) { return std::string_view(entry.first); });
    };
    const auto key = find("sslkey");
    if (key == keywords.end() || !(key->second.ends_with(".p12") || key->second.ends_with(".pfx"))) return;
    const auto password = find("sslpassword");
    const auto opened = open(key->second, password == keywords.end() ? std::string() : password->second);
    const Memory key_text(BIO_new(BIO_s_secmem()));
    PEM_write_bio_PrivateKey(key_text.get(), opened.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    const Memory certificates(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(certificates.get(), opened.certificate.get());
    for (int i = 0; i < sk_X509_num(opened.others.get()); ++i) {
        PEM_write_bio_X509(certificates.get(), sk_X509_value(opened.others.get(), i));
    }
    key_ = memory_file("client key", key_text.get());
    certificates_ = memory_file("client certificates", certificates.get());
    std::erase_if(keywords, [](const auto& entry) {
        return entry.first == "sslkey" || entry.first == "sslcert" || entry.first == "sslpassword";
    });
    keywords.emplace_back("sslkey", path_of(key_));
    keywords.emplace_back("sslcert", path_of(certificates_));
}

ClientIdentity::~ClientIdentity() {
    for (const int file : {key_, certificates_}) {
        if (file >= 0) ::close(file);
    }
}

}
