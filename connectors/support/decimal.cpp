#include "connectors/support/decimal.hpp"

#include "connectors/api/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <vector>

namespace millrace {

namespace {

constexpr std::uint32_t billion = 1'000'000'000;
constexpr std::int64_t max_exponent = 100'000;

/// Sign and decimal digits of two's complement bytes; no digits means zero.
struct Digits {
    bool negative = false;
    std::string text;
};

/// Big-endian limbs of the absolute value.
std::vector<std::uint32_t> magnitude(std::string_view bytes, bool negative) {
    std::vector<std::uint32_t> limbs((bytes.size() + 3) / 4, 0);
    std::uint64_t carry = negative ? 1 : 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {  // from the lowest byte
        const auto byte = static_cast<unsigned char>(bytes[bytes.size() - 1 - i]);
        const std::uint64_t digit = (negative ? static_cast<unsigned char>(~byte) : byte) + carry;
        limbs[limbs.size() - 1 - i / 4] |= static_cast<std::uint32_t>(digit & 0xFF) << 8 * (i % 4);
        carry = digit >> 8;
    }
    // A carry out of the top would need the magnitude 2^(8n), which n bytes of two's complement cannot hold.
    return limbs;
}

Digits digits_of(std::string_view bytes) {
    Digits digits{.negative = !bytes.empty() && (static_cast<unsigned char>(bytes[0]) & 0x80) != 0, .text = {}};
    auto limbs = magnitude(bytes, digits.negative);
    std::size_t top = 0;
    for (;;) {
        while (top < limbs.size() && limbs[top] == 0) ++top;
        if (top == limbs.size()) break;
        std::uint64_t rest = 0;
        for (std::size_t i = top; i < limbs.size(); ++i) {
            const std::uint64_t part = rest << 32 | limbs[i];
            limbs[i] = static_cast<std::uint32_t>(part / billion);
            rest = part % billion;
        }
        for (int i = 0; i < 9; ++i, rest /= 10) digits.text += static_cast<char>('0' + rest % 10);
    }
    while (digits.text.ends_with('0')) digits.text.pop_back();
    std::ranges::reverse(digits.text);
    return digits;
}

std::string twos_complement(bool negative, std::string_view digits) {
    std::string bytes;  // lowest first
    std::vector<std::uint32_t> limbs;
    for (std::size_t i = 0; i < digits.size();) {  // nine digits at a time
        std::uint64_t carry = 0;
        std::uint64_t power = 1;
        for (const auto end = std::min(i + 9, digits.size()); i < end; ++i) {
            carry = carry * 10 + static_cast<std::uint64_t>(digits[i] - '0');
            power *= 10;
        }
        for (auto& limb : limbs) {
            carry += std::uint64_t{limb} * power;
            limb = static_cast<std::uint32_t>(carry);
            carry >>= 32;
        }
        if (carry != 0) limbs.push_back(static_cast<std::uint32_t>(carry));
    }
    for (const auto limb : limbs) {
        for (unsigned shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(limb >> shift & 0xFF);
    }
    bytes += '\0';
    if (negative) {
        unsigned carry = 1;
        for (char& byte : bytes) {
            carry += static_cast<unsigned char>(~byte);
            byte = static_cast<char>(carry & 0xFF);
            carry >>= 8;
        }
    }
    // Drop what only repeats the sign.
    while (bytes.size() > 1) {
        const bool sign = (static_cast<unsigned char>(bytes[bytes.size() - 2]) & 0x80) != 0;
        if (bytes.back() != (sign ? '\xFF' : '\0')) break;
        bytes.pop_back();
    }
    std::ranges::reverse(bytes);
    return bytes;
}

/// A number's text taken apart: digits * 10^-scale.
struct Parsed {
    bool negative = false;
    std::string digits;
    std::int64_t scale = 0;
};

std::optional<Parsed> parse_number(std::string_view text) {
    Parsed number;
    if (text.starts_with('-') || text.starts_with('+')) {
        number.negative = text.front() == '-';
        text.remove_prefix(1);
    }
    bool point = false;
    std::size_t i = 0;
    for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
        if (text[i] == '.' && !point) {
            point = true;
        } else if (text[i] >= '0' && text[i] <= '9') {
            number.digits += text[i];
            if (point) ++number.scale;
        } else {
            return std::nullopt;
        }
    }
    if (number.digits.empty()) return std::nullopt;
    if (i < text.size()) {
        auto exponent_text = text.substr(i + 1);
        if (exponent_text.starts_with('+')) exponent_text.remove_prefix(1);
        std::int64_t exponent = 0;
        const auto* const last = exponent_text.data() + exponent_text.size();
        const auto [end, error] = std::from_chars(exponent_text.data(), last, exponent);
        if (error != std::errc{} || end != last || exponent > max_exponent || exponent < -max_exponent) {
            return std::nullopt;
        }
        number.scale -= exponent;
    }
    number.digits.erase(0, std::min(number.digits.find_first_not_of('0'), number.digits.size()));
    return number;
}

}

void append_decimal(std::string& out, std::string_view unscaled, std::int32_t scale) {
    auto digits = digits_of(unscaled);
    if (digits.text.empty()) digits.text.push_back('0');
    if (digits.negative) out += '-';
    const std::string_view text = digits.text;
    const auto length = static_cast<std::int64_t>(text.size());
    const std::int64_t exponent = length - 1 - scale;
    if (scale == 0) {
        out += text;
    } else if (scale > 0 && exponent >= -6) {
        if (scale >= length) {
            out += "0.";
            out.append(static_cast<std::size_t>(scale - length), '0');
            out += text;
        } else {
            const auto whole = static_cast<std::size_t>(length - scale);
            out += text.substr(0, whole);
            out += '.';
            out += text.substr(whole);
        }
    } else {
        out += text[0];
        if (length > 1) {
            out += '.';
            out += text.substr(1);
        }
        if (exponent != 0) fmt::format_to(std::back_inserter(out), "E{:+}", exponent);
    }
}

std::optional<ScaledNumber> parse_decimal(std::string_view text) {
    const auto number = parse_number(text);
    if (!number) return std::nullopt;
    return ScaledNumber{.unscaled = twos_complement(number->negative, number->digits),
                        .scale = static_cast<std::int32_t>(number->scale)};
}

std::optional<std::string> decimal_bytes(std::string_view text, std::int32_t scale) {
    auto number = parse_number(text);
    if (!number) return std::nullopt;
    std::int64_t missing = scale - number->scale;
    for (; missing < 0 && number->digits.ends_with('0'); ++missing) number->digits.pop_back();
    if (number->digits.empty()) return twos_complement(false, "");
    if (missing < 0) return std::nullopt;
    number->digits.append(static_cast<std::size_t>(missing), '0');
    return twos_complement(number->negative, number->digits);
}

std::optional<std::int32_t> decimal_places(std::string_view text) {
    auto number = parse_number(text);
    if (!number) return std::nullopt;
    for (; number->scale > 0 && number->digits.ends_with('0'); --number->scale) number->digits.pop_back();
    return number->digits.empty() ? 0 : static_cast<std::int32_t>(std::max<std::int64_t>(number->scale, 0));
}

std::int64_t decimal_low_bits(std::string_view unscaled, std::int32_t scale) {
    const auto digits = digits_of(unscaled);
    std::string_view whole = digits.text;
    if (scale > 0) whole.remove_suffix(std::min(whole.size(), static_cast<std::size_t>(scale)));
    std::uint64_t value = 0;
    for (const char c : whole) value = value * 10 + static_cast<std::uint64_t>(c - '0');
    // 10^64 is 0 in 64 bits: more zeros change nothing.
    for (std::int64_t zeros = std::min<std::int64_t>(-std::int64_t{scale}, 64); zeros > 0; --zeros) value *= 10;
    return static_cast<std::int64_t>(digits.negative ? 0 - value : value);
}

double decimal_to_double(std::string_view unscaled, std::int32_t scale) {
    std::string text;
    append_decimal(text, unscaled, scale);
    return std::strtod(text.c_str(), nullptr);
}

std::int32_t decimal_scale(const Schema& schema) {
    const auto* text = schema.parameter("scale");
    if (text == nullptr) throw DataException("Invalid Decimal schema: scale parameter not found.");
    std::int32_t scale = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), scale);
    if (error != std::errc{} || end != text->data() + text->size()) {
        throw DataException("Invalid scale parameter found in Decimal schema: ");
    }
    return scale;
}

}
