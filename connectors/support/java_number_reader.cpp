#include "connectors/support/java_number.hpp"

#include <charconv>
#include <cstdlib>

namespace millrace {

namespace {

std::string_view without_blanks(std::string_view text) {
    while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
    return text;
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_hex_digit(char c) noexcept { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::size_t take_digits(std::string_view& text, bool (*is)(char) noexcept) {
    std::size_t count = 0;
    while (count < text.size() && is(text[count])) ++count;
    text.remove_prefix(count);
    return count;
}

bool take(std::string_view& text, char lower) {
    if (text.empty() || (text.front() | 0x20) != lower) return false;
    text.remove_prefix(1);
    return true;
}

bool take_exponent(std::string_view& text) {
    if (!text.empty() && (text.front() == '+' || text.front() == '-')) text.remove_prefix(1);
    return take_digits(text, is_digit) > 0;
}

/// True if `text`, without its sign, is one of Java's floating-point literals.
bool is_literal(std::string_view text) {
    if (text == "NaN" || text == "Infinity") return true;
    const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    if (hexadecimal) text.remove_prefix(2);
    const auto is = hexadecimal ? is_hex_digit : is_digit;
    auto digits = take_digits(text, is);
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        digits += take_digits(text, is);
    }
    if (digits == 0) return false;
    const bool has_exponent = take(text, hexadecimal ? 'p' : 'e');
    if (has_exponent && !take_exponent(text)) return false;
    if (hexadecimal && !has_exponent) return false;
    if (!take(text, 'f')) take(text, 'd');
    return text.empty();
}

/// What strtod is to read, or none.
std::optional<std::string> checked(std::string_view text) {
    text = without_blanks(text);
    auto unsigned_text = text;
    if (!text.empty() && (text.front() == '+' || text.front() == '-')) unsigned_text.remove_prefix(1);
    if (!is_literal(unsigned_text)) return std::nullopt;
    return std::string(text);
}

}

std::optional<double> parse_java_double(std::string_view text) {
    const auto number = checked(text);
    if (!number) return std::nullopt;
    return std::strtod(number->c_str(), nullptr);
}

std::optional<float> parse_java_float(std::string_view text) {
    const auto number = checked(text);
    if (!number) return std::nullopt;
    return std::strtof(number->c_str(), nullptr);
}

}
