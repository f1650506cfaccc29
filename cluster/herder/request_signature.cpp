#include "cluster/herder/request_signature.hpp"

#include "connectors/support/text.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cctype>

namespace millrace::cluster {
namespace {

const EVP_MD* digest_of(std::string_view algorithm) {
    if (algorithm == "HmacSHA256") return EVP_sha256();
    if (algorithm == "HmacSHA1") return EVP_sha1();
    if (algorithm == "HmacSHA224") return EVP_sha224();
    if (algorithm == "HmacSHA384") return EVP_sha384();
    if (algorithm == "HmacSHA512") return EVP_sha512();
    return algorithm == "HmacMD5" ? EVP_md5() : nullptr;
}

std::string decoded_signature(std::string_view text) {
    for (const char c : text)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '+' && c != '/' && c != '=')
            throw SignatureException(400, fmt::format("Illegal base64 character {:x}", static_cast<unsigned char>(c)));
    auto bytes = from_base64(text);
    if (!bytes) throw SignatureException(400, "Input byte array has wrong 4-byte ending unit");
    return std::move(*bytes);
}

bool same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}

std::optional<std::string> message_authentication_code(std::string_view algorithm, std::string_view key,
                                                       std::string_view body) {
    const auto* digest = digest_of(algorithm);
    if (!digest) return std::nullopt;
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned length = 0;
    const std::basic_string<unsigned char> bytes(body.begin(), body.end());
    if (!HMAC(digest, key.data(), static_cast<int>(key.size()), bytes.data(), bytes.size(), mac.data(), &length))
        throw ConnectException(fmt::format("{} failed", algorithm));
    return std::string(mac.begin(), mac.begin() + length);
}

std::string sign_request(std::string_view algorithm, std::string_view key, std::string_view body) {
    const auto mac = message_authentication_code(algorithm, key, body);
    if (!mac) throw ConnectException(fmt::format("Algorithm {} not available", algorithm));
    return to_base64(*mac);
}

void verify_request(const RequestSignature& request, const std::vector<std::string>& permitted_algorithms,
                    const std::optional<SessionKey>& key) {
    if (!request.signature || !request.algorithm)
        throw SignatureException(400, "Internal request missing required signature");
    const auto& algorithm = *request.algorithm;
    if (!digest_of(algorithm)) throw SignatureException(400, fmt::format("Algorithm {} not available", algorithm));
    const auto signature = decoded_signature(*request.signature);
    if (std::find(permitted_algorithms.begin(), permitted_algorithms.end(), algorithm) == permitted_algorithms.end())
        throw SignatureException(
            400, fmt::format("This worker does not support the '{}' key signing algorithm used by other workers. This "
                             "worker is currently configured to use: [{}]. Check that all workers' configuration files "
                             "permit the same set of signature algorithms, and correct any misconfigured worker and "
                             "restart it.",
                             algorithm, fmt::join(permitted_algorithms, ", ")));
    if (!key)
        throw SignatureException(
            503,
            "This worker is still starting up and has not been able to read a session key from the "
            "config topic yet");
    if (!same(*message_authentication_code(algorithm, key->key, request.body), signature))
        throw SignatureException(403, "Internal request contained invalid signature.");
}

}
