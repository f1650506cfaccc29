#include "connectors/tls/jks.hpp"

#include "connectors/support/byte_reader.hpp"
#include "connectors/support/text.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

namespace millrace {

namespace {

constexpr std::size_t digest_size = 20;
constexpr std::string_view whitener = "Mighty Aphrodite";
/// Sun's "proprietary" password-based protection of a key.
constexpr std::string_view protector_oid = "1.3.6.1.4.1.42.2.17.1.1";

std::string sha1(std::initializer_list<std::string_view> parts) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    std::string digest(digest_size, '\0');
    bool good = context && EVP_DigestInit_ex(context.get(), EVP_sha1(), nullptr) == 1;
    for (const auto part : parts) good = good && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
    auto* out = reinterpret_cast<unsigned char*>(digest.data());  // NOLINT(*-reinterpret-cast): OpenSSL's bytes
    if (!good || EVP_DigestFinal_ex(context.get(), out, nullptr) != 1)
        throw DataException("JKS: SHA-1 is not to be had");
    return digest;
}

std::string password_bytes(std::string_view password) {
    std::string bytes;
    for (const char16_t unit : to_utf16(password)) {
        bytes += static_cast<char>(unit >> 8);
        bytes += static_cast<char>(unit & 0xFF);
    }
    return bytes;
}

std::string_view short_text(ByteReader& in, std::string_view what) { return in.bytes(in.u16(what), what); }
std::string_view long_bytes(ByteReader& in, std::string_view what) { return in.bytes(in.u32(what), what); }

std::string certificate(ByteReader& in, std::uint32_t version) {
    if (version == 2) {
        const auto type = short_text(in, "certificate type");
        if (type != "X.509") in.fail("certificate type", "is not X.509");
    }
    return std::string(long_bytes(in, "certificate"));
}

JksEntry entry(ByteReader& in, std::uint32_t version) {
    constexpr std::uint32_t key_tag = 1;
    constexpr std::uint32_t trusted_tag = 2;
    const auto tag = in.u32("entry's tag");
    if (tag != key_tag && tag != trusted_tag) in.fail("entry's tag", "is neither key nor trusted certificate");
    JksEntry made;
    made.alias = short_text(in, "alias");
    in.u64("entry's time");
    std::uint32_t certificates = 1;
    if (tag == key_tag) {
        made.protected_key = long_bytes(in, "key");
        if (made.protected_key.empty()) in.fail("key", "is empty");
        certificates = in.u32("number of certificates");
    }
    for (std::uint32_t i = 0; i < certificates; ++i) made.certificates.push_back(certificate(in, version));
    return made;
}

/// The octets in an EncryptedPrivateKeyInfo; none if it is not one, or protected in another way.
std::optional<std::string> protected_octets(std::string_view der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());  // NOLINT(*-reinterpret-cast): OpenSSL's bytes
    const std::unique_ptr<X509_SIG, decltype(&X509_SIG_free)> info(
        d2i_X509_SIG(nullptr, &at, static_cast<long>(der.size())), &X509_SIG_free);
    if (!info) return std::nullopt;
    const X509_ALGOR* algorithm = nullptr;
    const ASN1_OCTET_STRING* octets = nullptr;
    X509_SIG_get0(info.get(), &algorithm, &octets);
    std::array<char, 80> oid{};
    OBJ_obj2txt(oid.data(), oid.size(), algorithm->algorithm, 1);
    if (oid.data() != protector_oid) return std::nullopt;
    const auto* data = ASN1_STRING_get0_data(octets);
    return std::string(data, data + ASN1_STRING_length(octets));
}

}

std::vector<JksEntry> parse_jks(std::string_view bytes) {
    constexpr std::uint32_t magic = 0xFEEDFEED;
    if (bytes.size() < digest_size) throw DataException("JKS: the file is cut off");
    ByteReader in(bytes.substr(0, bytes.size() - digest_size), "JKS");
    if (in.u32("magic number") != magic) in.fail("magic number", "is not that of a JKS file");
    const auto version = in.u32("version");
    if (version != 1 && version != 2) in.fail("version", "is neither 1 nor 2");
    const auto count = in.u32("number of entries");
    std::vector<JksEntry> entries;
    for (std::uint32_t i = 0; i < count; ++i) entries.push_back(entry(in, version));
    in.expect_end();
    return entries;
}

bool opens_jks(std::string_view bytes, std::string_view password) {
    if (bytes.size() < digest_size) return false;
    const auto content = bytes.substr(0, bytes.size() - digest_size);
    return sha1({password_bytes(password), whitener, content}) == bytes.substr(content.size());
}

std::optional<std::string> unprotect_jks_key(std::string_view protected_key, std::string_view password) {
    const auto octets = protected_octets(protected_key);
    if (!octets || octets->size() < 2 * digest_size) return std::nullopt;  // salt, key, check
    const auto secret = password_bytes(password);
    const auto length = octets->size() - 2 * digest_size;
    std::string key = octets->substr(digest_size, length);
    std::string pad = octets->substr(0, digest_size);
    for (std::size_t i = 0; i < length; ++i) {
        if (i % digest_size == 0) pad = sha1({secret, pad});
        key[i] = static_cast<char>(key[i] ^ pad[i % digest_size]);
    }
    if (sha1({secret, key}) != octets->substr(digest_size + length)) return std::nullopt;
    return key;
}

}
