#include "connectors/postgres/types/numeric.hpp"

#include "connectors/postgres/types/text_cursor.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace millrace::postgres {

namespace {

using boost::multiprecision::cpp_int;
__extension__ using UInt128 = unsigned __int128;

constexpr std::size_t digits_in_64_bits = 18;
constexpr std::size_t digits_in_128_bits = 38;

/// A number as the digits before and after its point.
struct Parts {
    bool negative = false;
    std::string_view whole;     ///< without leading zeros
    std::string_view fraction;  ///< as written
};

Parts split(std::string_view text) {
    TextCursor in(text, "finite number");
    Parts parts;
    parts.negative = in.peek() == '-';
    if (parts.negative || in.peek() == '+') in.advance();
    const auto digits = in.rest();
    const auto point = std::min(digits.find('.'), digits.size());
    parts.whole = digits.substr(0, point);
    if (point < digits.size()) parts.fraction = digits.substr(point + 1);
    if (parts.whole.empty() && parts.fraction.empty()) in.fail("it has no digits");
    if (!std::ranges::all_of(parts.whole, TextCursor::is_digit) ||
        !std::ranges::all_of(parts.fraction, TextCursor::is_digit))
        in.fail("it has other characters than digits");
    parts.whole.remove_prefix(std::min(parts.whole.find_first_not_of('0'), parts.whole.size()));
    return parts;
}

template <class Unsigned>
Unsigned read(std::string_view digits, Unsigned value = 0) noexcept {
    for (const char c : digits) value = value * 10 + static_cast<Unsigned>(c - '0');
    return value;
}

/// `magnitude` fits a signed number of its size.
template <class Unsigned>
std::string_view to_bytes(Unsigned magnitude, bool negative, Arena& arena) {
    const Unsigned bits = negative ? ~magnitude + 1 : magnitude;
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(bits >> (8 * i)); };
    std::size_t size = sizeof(Unsigned);
    // A leading byte goes as long as the next one carries the sign too.
    const std::uint8_t filler = negative && magnitude != 0 ? 0xff : 0x00;
    while (size > 1 && byte(size - 1) == filler && ((byte(size - 2) ^ filler) & 0x80) == 0) --size;
    auto* const to = arena.make_array<char>(size);
    for (std::size_t i = 0; i < size; ++i) to[i] = static_cast<char>(byte(size - 1 - i));
    return {to, size};
}

std::string_view to_bytes(const cpp_int& magnitude, bool negative, Arena& arena) {
    // -n is the complement of n - 1.
    const cpp_int shown = negative ? cpp_int(magnitude - 1) : magnitude;
    std::vector<std::uint8_t> bytes;
    if (shown != 0) export_bits(shown, std::back_inserter(bytes), 8);
    if (bytes.empty() || (bytes.front() & 0x80) != 0) bytes.insert(bytes.begin(), 0);
    auto* const to = arena.make_array<char>(bytes.size());
    std::ranges::transform(bytes, to, [&](std::uint8_t b) { return static_cast<char>(negative ? ~b : b); });
    return {to, bytes.size()};
}

bool is_zero(std::string_view digits) noexcept { return digits.find_first_not_of('0') == std::string_view::npos; }

/// The digits of whole and fraction, `zeros` more, and 1 added if `up`.
std::string_view encode(const Parts& parts, std::string_view fraction, std::size_t zeros, bool up, Arena& arena) {
    const auto count = parts.whole.size() + fraction.size() + zeros;
    if (count <= digits_in_64_bits) {
        auto value = read<std::uint64_t>(fraction, read<std::uint64_t>(parts.whole));
        for (std::size_t i = 0; i < zeros; ++i) value *= 10;
        return to_bytes<std::uint64_t>(value + (up ? 1 : 0), parts.negative, arena);
    }
    if (count <= digits_in_128_bits) {
        auto value = read<UInt128>(fraction, read<UInt128>(parts.whole));
        for (std::size_t i = 0; i < zeros; ++i) value *= 10;
        return to_bytes<UInt128>(value + (up ? 1 : 0), parts.negative, arena);
    }
    std::string digits;
    digits.reserve(count);
    digits.append(parts.whole).append(fraction).append(zeros, '0');
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    cpp_int value(digits);
    if (up) ++value;
    return to_bytes(value, parts.negative && value != 0, arena);
}

}

std::string_view unscaled_bytes(std::string_view text, std::int32_t scale, Rounding rounding, Arena& arena) {
    const auto parts = split(text);
    const auto wanted = static_cast<std::size_t>(std::max(scale, 0));
    if (parts.fraction.size() <= wanted)
        return encode(parts, parts.fraction, wanted - parts.fraction.size(), false, arena);
    const auto dropped = parts.fraction.substr(wanted);
    if (rounding == Rounding::Never && !is_zero(dropped))
        throw DataException(fmt::format("{} has more than {} decimals", text.substr(0, max_quoted_in_message), scale));
    return encode(parts, parts.fraction.substr(0, wanted), 0, dropped.front() >= '5', arena);
}

ScaledBytes smallest_scale(std::string_view text, Arena& arena) {
    const auto parts = split(text);
    const auto last = parts.fraction.find_last_not_of('0');
    const auto fraction = parts.fraction.substr(0, last == std::string_view::npos ? 0 : last + 1);
    return {static_cast<std::int32_t>(fraction.size()), encode(parts, fraction, 0, false, arena)};
}

std::string_view with_scale(std::string_view text, std::int32_t scale, Arena& arena) {
    const auto point = text.find('.');
    const auto have = point == std::string_view::npos ? 0 : text.size() - point - 1;
    const auto wanted = static_cast<std::size_t>(std::max(scale, 0));
    if (have == wanted) return text;
    split(text);
    if (have > wanted) {
        if (!is_zero(text.substr(text.size() - (have - wanted))))
            throw DataException(
                fmt::format("{} has more than {} decimals", text.substr(0, max_quoted_in_message), scale));
        return text.substr(0, wanted == 0 ? point : point + 1 + wanted);
    }
    const auto with_point = text.size() + (have == 0 && point == std::string_view::npos ? 1 : 0);
    auto* const to = arena.make_array<char>(with_point + wanted - have);
    std::ranges::copy(text, to);
    if (with_point != text.size()) to[text.size()] = '.';
    std::fill_n(to + with_point, wanted - have, '0');
    return {to, with_point + wanted - have};
}

std::string_view plain_money(std::string_view text, Arena& arena) {
    TextCursor in(text, "money value");
    const bool negative = in.peek() == '-' || in.peek() == '(';
    auto body = in.rest().substr(negative ? 1 : 0);
    if (text.starts_with('(')) {
        if (!body.ends_with(')')) in.fail("its parenthesis does not close");
        body.remove_suffix(1);
    }
    if (!body.empty() && !TextCursor::is_digit(body.front()) && body.front() != '.') {
        // One currency character, of as many bytes as UTF-8 takes for it.
        body.remove_prefix(1);
        while (!body.empty() && (static_cast<std::uint8_t>(body.front()) & 0xc0) == 0x80) body.remove_prefix(1);
    }
    auto* const begin = arena.make_array<char>(body.size() + 1);
    auto* at = begin;
    if (negative) *at++ = '-';
    for (const char c : body)
        if (c != ',') *at++ = c;
    const std::string_view plain(begin, static_cast<std::size_t>(at - begin));
    split(plain);
    return plain;
}

bool is_special_number(std::string_view text) noexcept {
    return text == "NaN" || text == "Infinity" || text == "-Infinity";
}

}
