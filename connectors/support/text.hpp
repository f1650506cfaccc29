/// Small tools for text: hexadecimal, base64, UTF-8 and UTF-16, and the nearest of some names.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

void append_hex(std::string& out, std::string_view bytes);  ///< lower case
std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);  ///< none unless pairs of hexadecimal digits

enum class Base64 : std::uint8_t { Standard, UrlSafe };
/// Padded, in one line.
void append_base64(std::string& out, std::string_view bytes, Base64 alphabet = Base64::Standard);
std::string to_base64(std::string_view bytes, Base64 alphabet = Base64::Standard);
/// None if the text is not base64 of that alphabet; padding may be missing altogether but not in part.
std::optional<std::string> from_base64(std::string_view text, Base64 alphabet = Base64::Standard);

std::string lower_case(std::string_view text);  ///< of ASCII letters alone
bool valid_utf8(std::string_view text) noexcept;
/// Every byte that belongs to no character becomes U+FFFD.
std::string to_valid_utf8(std::string_view text);
/// Code units; every byte that belongs to no character becomes U+FFFD.
std::u16string to_utf16(std::string_view utf8);
std::uint32_t java_hash(std::string_view utf8) noexcept;  ///< Java's String.hashCode
void append_utf8(std::string& out, char32_t code_point);  ///< U+FFFD for what is no character (a lone surrogate)

/// Between separators, as Java's String.split has it: without the empty parts at the end.
std::vector<std::string_view> java_split(std::string_view text, char separator);

/// How many characters to insert, delete, replace or swap with their neighbour to turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b);
/// The candidate that `name` was probably meant to be, or none if all are too far. Case does not count.
std::optional<std::string_view> nearest_name(std::string_view name, std::span<const std::string_view> candidates);

}
