#include "connectors/api/java_integer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace millrace {

namespace {

/// The digits zero of all scripts but ASCII; the nine others follow each.
constexpr std::array<std::uint32_t, 36> zeros{0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6,
                                              0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090,
                                              0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40,
                                              0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10};

/// Takes one character of two or three bytes; 0 for anything else.
std::uint32_t take_character(std::string_view& text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const std::size_t size = byte(0) >= 0xE0 ? 3 : 2;
    if (byte(0) < 0xC0 || byte(0) >= 0xF0 || text.size() < size) return 0;
    std::uint32_t character = byte(0) & (size == 3 ? 0x0Fu : 0x1Fu);
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return 0;
        character = character << 6 | (byte(i) & 0x3Fu);
    }
    text.remove_prefix(size);
    return character;
}

/// None where there is a character that is no digit of any script.
std::optional<std::string> with_ascii_digits(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        if (static_cast<unsigned char>(text.front()) < 0x80) {
            out += text.front();
            text.remove_prefix(1);
            continue;
        }
        const auto character = take_character(text);
        const auto after = std::ranges::upper_bound(zeros, character);
        if (after == zeros.begin() || character - *(after - 1) > 9) return std::nullopt;
        out += static_cast<char>('0' + (character - *(after - 1)));
    }
    return out;
}

}

std::optional<std::int64_t> parse_java_integer(std::string_view text, std::int64_t least, std::int64_t most) {
    const bool is_ascii = std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    if (!is_ascii) {
        const auto ascii = with_ascii_digits(text);
        return ascii ? parse_java_integer(*ascii, least, most) : std::nullopt;
    }
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (text.starts_with('-')) return std::nullopt;
    }
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most) return std::nullopt;
    return value;
}

}
