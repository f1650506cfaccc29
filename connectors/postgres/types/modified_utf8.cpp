#include "connectors/postgres/types/modified_utf8.hpp"

#include "connectors/support/text.hpp"

#include <cstdint>

namespace millrace::postgres {
namespace {

bool is_supplementary(char c) noexcept { return static_cast<unsigned char>(c) >= 0xf0; }

/// The UTF-16 unit of three bytes at `at`, where there is one.
std::uint32_t unit_at(std::string_view text, std::size_t at) noexcept {
    if (at + 2 >= text.size() || (static_cast<unsigned char>(text[at]) & 0xf0) != 0xe0) return 0;
    const auto low = [&](std::size_t i) { return static_cast<unsigned char>(text[i]) & 0x3fU; };
    return (static_cast<unsigned char>(text[at]) & 0x0fU) << 12 | low(at + 1) << 6 | low(at + 2);
}

}

std::string modified_utf8(std::string_view text) {
    std::string out;
    const auto put_surrogate = [&](std::uint32_t unit) {
        out += static_cast<char>(0xe0U | unit >> 12);
        out += static_cast<char>(0x80U | (unit >> 6 & 0x3fU));
        out += static_cast<char>(0x80U | (unit & 0x3fU));
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\0') {
            out += "\xc0\x80";
        } else if (is_supplementary(text[i]) && i + 3 < text.size()) {
            std::uint32_t code = static_cast<unsigned char>(text[i]) & 7U;
            for (int k = 0; k < 3; ++k) code = code << 6 | (static_cast<unsigned char>(text[++i]) & 0x3fU);
            put_surrogate(0xd7c0U + (code >> 10));
            put_surrogate(0xdc00U + (code & 0x3ffU));
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string from_modified_utf8(std::string_view modified) {
    std::string out;
    for (std::size_t i = 0; i < modified.size(); ++i) {
        const auto high = unit_at(modified, i);
        const auto low = unit_at(modified, i + 3);
        if (modified.substr(i, 2) == "\xc0\x80") {
            out += '\0';
            ++i;
        } else if (high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
            append_utf8(out, 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
            i += 5;
        } else {
            out += modified[i];
        }
    }
    return out;
}

}
