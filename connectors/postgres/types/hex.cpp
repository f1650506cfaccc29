#include "connectors/postgres/types/hex.hpp"

#include <array>
#include <cstdint>

namespace millrace::postgres {

namespace {

constexpr std::uint8_t no_digit = 0xff;

constexpr std::array<std::uint8_t, 256> make_digit_values() {
    std::array<std::uint8_t, 256> values{};
    values.fill(no_digit);
    for (std::uint8_t i = 0; i < 10; ++i) values[static_cast<std::size_t>('0') + i] = i;
    for (std::uint8_t i = 0; i < 6; ++i) {
        values[static_cast<std::size_t>('a') + i] = static_cast<std::uint8_t>(10 + i);
        values[static_cast<std::size_t>('A') + i] = static_cast<std::uint8_t>(10 + i);
    }
    return values;
}
constexpr auto digit_values = make_digit_values();

std::uint32_t byte_at(std::string_view bytes, std::size_t i) noexcept {
    return i < bytes.size() ? static_cast<std::uint8_t>(bytes[i]) : 0;
}

}

bool decode_hex(std::string_view digits, char* to) noexcept {
    if (digits.size() % 2 != 0) return false;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const auto high = digit_values[static_cast<std::uint8_t>(digits[i])];
        const auto low = digit_values[static_cast<std::uint8_t>(digits[i + 1])];
        if (high == no_digit || low == no_digit) return false;
        *to++ = static_cast<char>(high << 4 | low);
    }
    return true;
}

std::string_view encode_hex(std::string_view bytes, Arena& arena) {
    constexpr std::string_view digits = "0123456789abcdef";
    auto* const to = arena.make_array<char>(bytes.size() * 2);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        to[2 * i] = digits[byte_at(bytes, i) >> 4];
        to[2 * i + 1] = digits[byte_at(bytes, i) & 15];
    }
    return {to, bytes.size() * 2};
}

std::string_view encode_base64(std::string_view bytes, bool url_safe, Arena& arena) {
    constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    constexpr std::string_view safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const auto alphabet = url_safe ? safe : plain;
    const auto size = (bytes.size() + 2) / 3 * 4;
    auto* const to = arena.make_array<char>(size);
    auto* out = to;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto group = byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
        *out++ = alphabet[group >> 18];
        *out++ = alphabet[group >> 12 & 63];
        *out++ = i + 1 < bytes.size() ? alphabet[group >> 6 & 63] : '=';
        *out++ = i + 2 < bytes.size() ? alphabet[group & 63] : '=';
    }
    return {to, size};
}

}
