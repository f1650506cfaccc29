#include "connectors/postgres/types/masking.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/postgres/types/hex.hpp"
#include "connectors/postgres/types/modified_utf8.hpp"

#include <fmt/core.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>

namespace millrace::postgres {

namespace {

struct Free {
    void operator()(EVP_MD* p) const noexcept { EVP_MD_free(p); }
    void operator()(EVP_MD_CTX* p) const noexcept { EVP_MD_CTX_free(p); }
};

using Algorithm = std::unique_ptr<EVP_MD, Free>;

Algorithm fetch(const std::string& name) { return Algorithm(EVP_MD_fetch(nullptr, name.c_str(), nullptr)); }

std::string_view digest(const std::string& algorithm, std::span<const std::string_view> parts, Arena& arena) {
    const auto type = fetch(algorithm);
    const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
    auto* const out = arena.make_array<char>(EVP_MAX_MD_SIZE);
    unsigned int size = 0;
    bool good = type && context && EVP_DigestInit_ex(context.get(), type.get(), nullptr) == 1;
    for (const auto part : parts) good = good && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    good = good && EVP_DigestFinal_ex(context.get(), bytes.data(), &size) == 1;
    if (!good) throw ConnectException(fmt::format("cannot compute the hash {}", algorithm));
    std::ranges::transform(std::span(bytes).first(size), out, [](unsigned char b) { return static_cast<char>(b); });
    return {out, size};
}

bool is_continuation(char c) noexcept { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }
bool is_supplementary(char c) noexcept { return static_cast<unsigned char>(c) >= 0xf0; }

/// A String as java.io.ObjectOutputStream writes it.
std::string java_serialized(std::string_view text) {
    constexpr std::size_t longest_short = 0xffff;
    const auto body = modified_utf8(text);
    const bool is_long = body.size() > longest_short;
    std::string out("\xac\xed\x00\x05", 4);
    out += is_long ? '\x7c' : '\x74';
    for (int shift = is_long ? 56 : 8; shift >= 0; shift -= 8) out += static_cast<char>(body.size() >> shift & 0xff);
    return out + body;
}

}

void check_mapping(const ColumnMapping& mapping, std::string_view column) {
    if (mapping.kind != ColumnMapping::Kind::Hash && mapping.kind != ColumnMapping::Kind::HashV2) return;
    if (!fetch(mapping.algorithm))
        throw ConfigException(
            fmt::format("column.mask.hash of {}: there is no hash {}; SHA-256 is one", column, mapping.algorithm));
}

std::string_view truncate_text(std::string_view text, std::int32_t units, Arena& arena) {
    std::int32_t seen = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_continuation(text[i])) continue;
        if (seen >= units) return text.substr(0, i);
        seen += is_supplementary(text[i]) ? 2 : 1;
        if (seen > units) {
            auto* const to = arena.make_array<char>(i + 1);
            std::ranges::copy(text.substr(0, i), to);
            to[i] = '?';
            return {to, i + 1};
        }
    }
    return text;
}

std::string_view hash_text(std::string_view text, const ColumnMapping& mapping, std::int32_t max_length, Arena& arena) {
    const std::string serialized = mapping.kind == ColumnMapping::Kind::Hash ? java_serialized(text) : std::string();
    const std::array<std::string_view, 2> parts{mapping.salt,
                                                mapping.kind == ColumnMapping::Kind::Hash ? serialized : text};
    const auto hex = encode_hex(digest(mapping.algorithm, parts, arena), arena);
    return max_length > 0 ? hex.substr(0, static_cast<std::size_t>(max_length)) : hex;
}

std::string_view name_uuid(std::string_view bytes, Arena& arena) {
    const std::array<std::string_view, 1> parts{bytes};
    auto md5 = std::string(digest("MD5", parts, arena));
    md5[6] = static_cast<char>((md5[6] & 0x0f) | 0x30);
    md5[8] = static_cast<char>((md5[8] & 0x3f) | 0x80);
    const auto hex = encode_hex(md5, arena);
    return arena.copy(fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                                  hex.substr(16, 4), hex.substr(20)));
}

}
