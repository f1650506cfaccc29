/// Decimal numbers: from text to the unscaled value in two's complement, big-endian and as short as can be, which is
/// the form of Connect's Decimal. Up to 38 digits without heap memory.
///
/// Throws  DataException if the text is not a finite number or does not fit the scale.
#pragma once
#include "connectors/api/arena.hpp"

#include <cstdint>
#include <string_view>

namespace millrace::postgres {

enum class Rounding : std::uint8_t { Never, HalfUp };

/// The unscaled value at `scale` (0 or more). A number with more decimals than that is rounded, or refused with Never.
std::string_view unscaled_bytes(std::string_view text, std::int32_t scale, Rounding rounding, Arena& arena);

struct ScaledBytes {
    std::int32_t scale;
    std::string_view unscaled;
};
/// At the smallest scale, not below 0, that holds the number.
ScaledBytes smallest_scale(std::string_view text, Arena& arena);

/// The number with exactly `scale` decimals: the text itself if it has them, otherwise with zeros added.
std::string_view with_scale(std::string_view text, std::int32_t scale, Arena& arena);

/// Without currency sign, thousands separators and parentheses: -1234.50. The result may lie in the arena.
std::string_view plain_money(std::string_view text, Arena& arena);

/// NaN, Infinity, -Infinity.
bool is_special_number(std::string_view text) noexcept;

}
