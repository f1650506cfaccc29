#include "connectors/support/text.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace millrace {

namespace {

constexpr char hex_digits[] = "0123456789abcdef";

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

constexpr std::string_view standard_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

unsigned byte_at(std::string_view text, std::size_t i) noexcept { return static_cast<unsigned char>(text[i]); }

}

std::string lower_case(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    return out;
}

void append_hex(std::string& out, std::string_view bytes) {
    for (const char c : bytes) {
        out += hex_digits[static_cast<unsigned char>(c) >> 4];
        out += hex_digits[static_cast<unsigned char>(c) & 15];
    }
}

std::string to_hex(std::string_view bytes) {
    std::string out;
    append_hex(out, bytes);
    return out;
}

std::optional<std::string> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_value(text[i]);
        const int low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high << 4 | low);
    }
    return out;
}

void append_base64(std::string& out, std::string_view bytes, Base64 alphabet) {
    const auto from = out.size();
    const auto length = (bytes.size() + 2) / 3 * 4;
    // One more, for the zero that EVP_EncodeBlock writes; it may not write past what the string has.
    out.resize(from + length + 1);
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data() + from),
                    reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    out.pop_back();
    if (alphabet == Base64::UrlSafe) {
        std::replace(out.begin() + static_cast<std::ptrdiff_t>(from), out.end(), '+', '-');
        std::replace(out.begin() + static_cast<std::ptrdiff_t>(from), out.end(), '/', '_');
    }
}

std::string to_base64(std::string_view bytes, Base64 alphabet) {
    std::string out;
    append_base64(out, bytes, alphabet);
    return out;
}

std::optional<std::string> from_base64(std::string_view text, Base64 alphabet) {
    const auto padded = text.size();
    while (!text.empty() && text.back() == '=' && padded - text.size() < 2) text.remove_suffix(1);
    if ((padded != text.size() && padded % 4 != 0) || text.size() % 4 == 1) return std::nullopt;
    std::string out;
    out.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (char c : text) {
        if (alphabet == Base64::UrlSafe) {
            if (c == '+' || c == '/') return std::nullopt;
            if (c == '-') c = '+';
            if (c == '_') c = '/';
        }
        const auto digit = standard_alphabet.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out += static_cast<char>(bits >> count & 0xFF);
        }
    }
    return out;
}

namespace {

/// Of the character that begins at `i`; 0 if none does.
std::size_t character_length(std::string_view text, std::size_t i) noexcept {
    const unsigned first = byte_at(text, i);
    const std::size_t length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (length == 0 || first > 0xF4 || text.size() - i < length) return 0;
    for (std::size_t k = 1; k < length; ++k) {
        if ((byte_at(text, i + k) & 0xC0) != 0x80) return 0;
    }
    if (length > 2) {
        const unsigned second = byte_at(text, i + 1);
        const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
        const bool surrogate = first == 0xED && second > 0x9F;
        if (overlong || surrogate || (first == 0xF4 && second > 0x8F)) return 0;
    }
    return length;
}

template <class Use>
void each_utf16_unit(std::string_view utf8, Use use) {
    for (std::size_t i = 0; i < utf8.size();) {
        const auto length = character_length(utf8, i);
        if (length == 0) {
            use(u'\uFFFD');
            ++i;
            continue;
        }
        char32_t point = length == 1 ? byte_at(utf8, i) : byte_at(utf8, i) & (0xFFU >> (length + 1));
        for (std::size_t k = 1; k < length; ++k) point = point << 6 | (byte_at(utf8, i + k) & 0x3F);
        if (point < 0x10000) {
            use(static_cast<char16_t>(point));
        } else {
            use(static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10)));
            use(static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FF)));
        }
        i += length;
    }
}

}

bool valid_utf8(std::string_view text) noexcept {
    for (std::size_t i = 0; i < text.size();) {
        const auto length = character_length(text, i);
        if (length == 0) return false;
        i += length;
    }
    return true;
}

std::string to_valid_utf8(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto length = character_length(text, i);
        if (length == 0) {
            append_utf8(out, U'\uFFFD');
            ++i;
        } else {
            out += text.substr(i, length);
            i += length;
        }
    }
    return out;
}

std::u16string to_utf16(std::string_view utf8) {
    std::u16string units;
    units.reserve(utf8.size());
    each_utf16_unit(utf8, [&](char16_t unit) { units += unit; });
    return units;
}

std::uint32_t java_hash(std::string_view utf8) noexcept {
    std::uint32_t hash = 0;
    each_utf16_unit(utf8, [&](char16_t unit) { hash = hash * 31 + unit; });
    return hash;
}

void append_utf8(std::string& out, char32_t c) {
    if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) c = 0xFFFD;
    const auto tail = [&out, c](unsigned shift) { out += static_cast<char>(0x80 | (c >> shift & 0x3F)); };
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0 | c >> 6);
        tail(0);
    } else if (c < 0x10000) {
        out += static_cast<char>(0xE0 | c >> 12);
        tail(6), tail(0);
    } else {
        out += static_cast<char>(0xF0 | c >> 18);
        tail(12), tail(6), tail(0);
    }
}

std::vector<std::string_view> java_split(std::string_view text, char separator) {
    if (text.empty()) return {text};
    std::vector<std::string_view> parts;
    for (std::size_t from = 0; from <= text.size();) {
        const auto end = std::min(text.find(separator, from), text.size());
        parts.push_back(text.substr(from, end - from));
        from = end + 1;
    }
    while (!parts.empty() && parts.back().empty()) parts.pop_back();
    return parts;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    // Rows of the usual table; two rows back are needed to see that neighbours were swapped.
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

std::optional<std::string_view> nearest_name(std::string_view name, std::span<const std::string_view> candidates) {
    const auto wanted = lower_case(name);
    const std::size_t too_far = std::max<std::size_t>(2, name.size() / 4) + 1;
    std::size_t least = too_far;
    std::optional<std::string_view> nearest;
    for (const auto candidate : candidates) {
        const auto distance = edit_distance(wanted, lower_case(candidate));
        if (distance < least) {
            least = distance;
            nearest = candidate;
        }
    }
    return nearest;
}

}
