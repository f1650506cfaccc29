#include "connectors/tls/key_store.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/support/text.hpp"
#include "connectors/tls/jks.hpp"
#include "connectors/tls/key_pair.hpp"
#include "connectors/tls/pem.hpp"
#include "connectors/tls/pkcs12.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

#include <memory>
#include <optional>
#include <vector>

namespace millrace {

namespace {

using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Pkcs12Ptr = std::unique_ptr<PKCS12, decltype(&PKCS12_free)>;
using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using CertificatePtr = std::unique_ptr<X509, decltype(&X509_free)>;

struct StackDeleter {
    void operator()(STACK_OF(X509) * stack) const noexcept { sk_X509_pop_free(stack, X509_free); }
};
using StackPtr = std::unique_ptr<STACK_OF(X509), StackDeleter>;

/// ssl.keystore or ssl.truststore: a file and what opens it.
struct Store {
    std::string setting;
    std::string path;
    std::string bytes;
    std::string password;
    std::string key_password;

    [[noreturn]] void refuse(std::string_view why) const {
        ERR_clear_error();
        throw ConfigException(fmt::format("Invalid value {} for configuration {}.location: {}", path, setting, why));
    }
};

struct Contents {
    std::string certificate_chain;
    std::string private_key;
    std::string trusted_certificates;
    std::string key_alias = {};
    std::vector<std::string> other_aliases = {};  ///< of certificates without a key
};

const unsigned char* as_der(const std::string& bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());  // NOLINT(*-reinterpret-cast): OpenSSL's bytes
}

/// While it lives, this thread's OpenSSL also knows what it has given up otherwise: RC2, which Java's keytool took
/// until 2021. Without OpenSSL's module for that it knows what it always does.
class OldAlgorithms {
public:
    OldAlgorithms()
        : library_(OSSL_LIB_CTX_new(), &OSSL_LIB_CTX_free), before_(OSSL_LIB_CTX_set0_default(library_.get())) {
        for (const auto* name : {"default", "legacy"}) {
            if (auto* provider = OSSL_PROVIDER_load(library_.get(), name)) providers_.emplace_back(provider);
        }
    }
    ~OldAlgorithms() {
        OSSL_LIB_CTX_set0_default(before_);
        ERR_clear_error();
    }
    OldAlgorithms(const OldAlgorithms&) = delete;
    OldAlgorithms& operator=(const OldAlgorithms&) = delete;

private:
    struct Unload {
        void operator()(OSSL_PROVIDER* provider) const noexcept { OSSL_PROVIDER_unload(provider); }
    };
    std::unique_ptr<OSSL_LIB_CTX, decltype(&OSSL_LIB_CTX_free)> library_;
    OSSL_LIB_CTX* before_;
    std::vector<std::unique_ptr<OSSL_PROVIDER, Unload>> providers_;
};

std::string alias_of(X509* certificate) {
    int size = 0;
    const auto* name = X509_alias_get0(certificate, &size);
    return name == nullptr ? "" : std::string(name, name + size);
}

/// What a message says of the one that is meant.
std::string of_alias(const std::string& alias) { return alias.empty() ? "" : fmt::format(" of alias '{}'", alias); }

std::string why_closed(const Store& store, PKCS12* parsed) {
    const auto* reason = ERR_reason_error_string(ERR_peek_last_error());
    if (PKCS12_mac_present(parsed) == 0 || PKCS12_verify_mac(parsed, store.password.c_str(), -1) != 1) {
        return fmt::format("{}.password does not open it", store.setting);
    }
    return fmt::format("OpenSSL cannot read what is in it: {}", reason == nullptr ? "" : reason);
}

/// None, and why in `complaint`, if OpenSSL cannot read it with what it knows. As Java reads it: keys may have a
/// password of their own, and of several the first counts. A trust store's are let be.
std::optional<Contents> try_pkcs12(const Store& store, std::string& complaint) {
    const BioPtr bio(BIO_new_mem_buf(store.bytes.data(), static_cast<int>(store.bytes.size())), &BIO_free);
    const Pkcs12Ptr parsed(d2i_PKCS12_bio(bio.get(), nullptr), &PKCS12_free);
    if (!parsed) store.refuse("it is no PKCS#12 file");
    STACK_OF(X509)* raw_certificates = nullptr;
    if (PKCS12_parse(parsed.get(), store.password.c_str(), nullptr, nullptr, &raw_certificates) != 1) {
        complaint = why_closed(store, parsed.get());
        return std::nullopt;
    }
    const StackPtr certificates(raw_certificates);
    const int count = certificates ? sk_X509_num(certificates.get()) : 0;
    Contents found;
    std::string rest;
    const auto keys = pkcs12_keys(parsed.get(), store.password, store.key_password);
    const auto* first = keys.empty() ? nullptr : &keys.front();
    if (first != nullptr && !first->key && store.setting == "ssl.keystore") {
        complaint =
            fmt::format("the key{} is protected with another password: set ssl.key.password", of_alias(first->alias));
        return std::nullopt;
    }
    for (int i = 0; i < count; ++i) {
        auto* certificate = sk_X509_value(certificates.get(), i);
        const bool own = found.certificate_chain.empty() && first != nullptr && first->key &&
                         X509_check_private_key(certificate, first->key.get()) == 1;
        (own ? found.certificate_chain : rest) += pem_of(certificate);
        if (!own) found.other_aliases.push_back(alias_of(certificate));
    }
    if (first != nullptr) found.key_alias = first->alias;
    if (first != nullptr && first->key) found.private_key = pem_of(first->key.get());
    if (!found.private_key.empty() && found.certificate_chain.empty() && store.setting == "ssl.keystore") {
        store.refuse(fmt::format("{}there is no certificate of its private key in it",
                                 first->alias.empty() ? "" : "alias '" + first->alias + "': "));
    }
    if (!found.certificate_chain.empty()) found.certificate_chain += rest;
    found.trusted_certificates = found.certificate_chain.empty() ? rest : found.certificate_chain;
    return found;
}

Contents read_pkcs12(const Store& store) {
    std::string complaint;
    if (auto found = try_pkcs12(store, complaint)) return std::move(*found);
    ERR_clear_error();
    const OldAlgorithms old;
    if (auto found = try_pkcs12(store, complaint)) return std::move(*found);
    store.refuse(complaint);
}

std::string pem_certificates(const Store& store, const JksEntry& entry) {
    std::string text;
    for (const auto& der : entry.certificates) {
        const auto* at = as_der(der);
        const CertificatePtr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())), &X509_free);
        if (!certificate) store.refuse(fmt::format("the certificate of alias '{}' is no X.509", entry.alias));
        text += pem_of(certificate.get());
    }
    return text;
}

std::string pem_key(const Store& store, const JksEntry& entry) {
    const auto der = unprotect_jks_key(entry.protected_key, store.key_password);
    if (!der) {
        store.refuse(
            fmt::format("the key of alias '{}' is protected with another password: set ssl.key.password", entry.alias));
    }
    const auto* at = as_der(*der);
    const KeyPtr key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der->size())), &EVP_PKEY_free);
    if (!key) store.refuse(fmt::format("the key of alias '{}' is of a kind that OpenSSL does not know", entry.alias));
    return pem_of(key.get());
}

/// Of several keys the first.
Contents read_jks(const Store& store) {
    if (!store.password.empty() && !opens_jks(store.bytes, store.password)) {
        store.refuse(fmt::format("{}.password does not open it, or it was tampered with", store.setting));
    }
    Contents found;
    try {
        for (const auto& entry : parse_jks(store.bytes)) {
            const auto certificates = pem_certificates(store, entry);
            if (entry.protected_key.empty()) {
                found.trusted_certificates += certificates;
                found.other_aliases.push_back(entry.alias);
            } else if (found.private_key.empty() && store.setting == "ssl.keystore") {
                found.certificate_chain = certificates;
                found.private_key = pem_key(store, entry);
                found.key_alias = entry.alias;
            }
        }
    } catch (const DataException& e) {
        store.refuse(e.what());
    }
    return found;
}

Contents read_store(const Store& store) {
    if (store.bytes.starts_with("\xFE\xED\xFE\xED")) return read_jks(store);
    if (store.bytes.starts_with('\x30')) return read_pkcs12(store);
    if (store.bytes.find("-----BEGIN") != std::string::npos) return {store.bytes, store.bytes, store.bytes};
    store.refuse(
        "it is neither PEM nor PKCS#12 nor JKS; 'keytool -importkeystore -deststoretype PKCS12' converts what Java "
        "reads");
}

std::string setting_of(const Settings& settings, std::string_view name) {
    const auto found = settings.find(name);
    return found == settings.end() ? std::string() : std::string(trim(found->second));
}

Contents contents_of(const Settings& settings, const std::string& store) {
    const auto path = setting_of(settings, store + ".location");
    if (path.empty()) return {};
    const auto password = setting_of(settings, store + ".password");
    const auto key_password = setting_of(settings, "ssl.key.password");
    const Store opened{.setting = store,
                       .path = path,
                       .bytes = read_tls_file(path),
                       .password = password,
                       .key_password = key_password.empty() ? password : key_password};
    auto contents = read_store(opened);
    if (store == "ssl.keystore" && !(contents.certificate_chain.empty() && contents.private_key.empty())) {
        const auto problem = key_pair_problem(contents.certificate_chain, contents.private_key, key_password);
        if (!problem.empty() && contents.key_alias.empty()) opened.refuse(problem);
        if (!problem.empty()) opened.refuse(fmt::format("alias '{}': {}", contents.key_alias, problem));
    }
    return contents;
}

}

TlsMaterial read_tls_material(const Settings& settings) {
    const auto own = contents_of(settings, "ssl.keystore");
    const auto trusted = contents_of(settings, "ssl.truststore");
    const auto or_stored = [&](std::string_view name, const std::string& stored) {
        auto text = setting_of(settings, name);
        return text.empty() ? stored : text;
    };
    return {.certificate_chain = or_stored("ssl.keystore.certificate.chain", own.certificate_chain),
            .private_key = or_stored("ssl.keystore.key", own.private_key),
            .private_key_password = setting_of(settings, "ssl.key.password"),
            .trusted_certificates = or_stored("ssl.truststore.certificates", trusted.trusted_certificates)};
}

std::string missing_key(const Settings& settings) {
    const auto path = setting_of(settings, "ssl.keystore.location");
    std::vector<std::string> aliases;
    for (const auto& alias : contents_of(settings, "ssl.keystore").other_aliases)
        if (!alias.empty()) aliases.push_back("'" + alias + "'");
    const auto only =
        aliases.empty() ? "" : fmt::format(", but certificates alone, of alias {}", fmt::join(aliases, ", "));
    return fmt::format("Invalid value {} for configuration ssl.keystore.location: there is no private key in it{}",
                       path, only);
}

std::vector<std::string> tls_files(const Settings& settings) {
    std::vector<std::string> files;
    for (const std::string_view name : {"ssl.keystore.location", "ssl.truststore.location"}) {
        if (auto path = setting_of(settings, name); !path.empty()) files.push_back(std::move(path));
    }
    return files;
}

}
