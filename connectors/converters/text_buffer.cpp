#include "connectors/converters/text_buffer.hpp"

#include "connectors/support/json.hpp"

#include <algorithm>
#include <string>

namespace millrace::converters {

namespace {

constexpr std::size_t word_bytes = sizeof(std::uint64_t);
constexpr std::size_t first_bytes = 4096;
constexpr std::uint64_t every = 0x0101010101010101;
constexpr std::uint64_t tops = 0x8080808080808080;

/// Not zero if one of the eight bytes must not be copied as it is: below 0x20, quote, backslash, 0xF0 and above.
/// May be wrong in a word that has such a byte only about which one it is.
std::uint64_t special_bytes(std::uint64_t word) noexcept {
    const auto zero_in = [](std::uint64_t w) { return (w - every) & ~w; };
    const std::uint64_t control = (word - every * 0x20) & ~word;
    const std::uint64_t high = word & word << 1 & word << 2 & word << 3;
    return (control | zero_in(word ^ every * '"') | zero_in(word ^ every * '\\') | high) & tops;
}

bool special(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || c == '"' || c == '\\' || byte >= 0xF0;
}

constexpr char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}

void TextBuffer::grow(std::size_t bytes) {
    const auto used = size();
    const auto capacity = std::max({first_bytes, used + bytes, static_cast<std::size_t>(end_ - begin_.get()) * 2});
    auto bigger = std::make_unique_for_overwrite<char[]>(capacity);
    if (used != 0) std::memcpy(bigger.get(), begin_.get(), used);
    begin_ = std::move(bigger);
    at_ = begin_.get() + used;
    end_ = begin_.get() + capacity;
}

void TextBuffer::put_special(std::string_view text, std::size_t& i) {
    // A character above U+FFFF is four bytes; json::append_string knows the rules.
    const std::size_t length =
        static_cast<unsigned char>(text[i]) >= 0xF0 ? std::min<std::size_t>(4, text.size() - i) : 1;
    std::string escaped;
    json::append_string(escaped, text.substr(i, length));
    append(std::string_view(escaped).substr(1, escaped.size() - 2));
    i += length;
}

void TextBuffer::put_escaped(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size()) {
        room(text.size() - i + word_bytes);
        while (text.size() - i >= word_bytes) {
            std::uint64_t word = 0;
            std::memcpy(&word, text.data() + i, word_bytes);
            if (special_bytes(word) != 0) break;
            std::memcpy(at_, &word, word_bytes);
            at_ += word_bytes;
            i += word_bytes;
        }
        while (i < text.size() && !special(text[i])) put(text[i++]);
        if (i < text.size()) put_special(text, i);
    }
}

void TextBuffer::put_base64(std::string_view bytes) {
    room((bytes.size() + 2) / 3 * 4);
    const auto byte = [bytes](std::size_t i) { return std::uint32_t{static_cast<unsigned char>(bytes[i])}; };
    const auto digit = [this](std::uint32_t bits) { put(base64_digits[bits & 63]); };
    std::size_t i = 0;
    for (; i + 3 <= bytes.size(); i += 3) {
        const auto bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
        digit(bits >> 18), digit(bits >> 12), digit(bits >> 6), digit(bits);
    }
    if (bytes.size() - i == 1) {
        const auto bits = byte(i) << 16;
        digit(bits >> 18), digit(bits >> 12), put("==");
    } else if (bytes.size() - i == 2) {
        const auto bits = byte(i) << 16 | byte(i + 1) << 8;
        digit(bits >> 18), digit(bits >> 12), digit(bits >> 6), put('=');
    }
}

}
