/// Connect's Decimal, the two's complement bytes of an unscaled whole number with a scale from the schema, and its
/// text.
///
/// Facts   Java SE API: BigDecimal.toString, BigInteger.toByteArray.
#pragma once
#include "connectors/api/schema.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace {

inline constexpr std::string_view decimal_schema_name = "org.apache.kafka.connect.data.Decimal";

/// 1.10, 1E+3 (negative scale), 0E-10: with an exponent where Java's toString has one.
void append_decimal(std::string& out, std::string_view unscaled, std::int32_t scale);
/// unscaled * 10^-scale.
struct ScaledNumber {
    std::string unscaled;  ///< two's complement bytes
    std::int32_t scale;
};
/// BigDecimal(String): 1.10 has scale 2, 1e3 scale -3. None if `text` is no number, or its exponent beyond 100000.
std::optional<ScaledNumber> parse_decimal(std::string_view text);
/// The shortest bytes of the number `text` at this scale, or none if `text` is no number, has more digits behind the
/// point than `scale`, or an exponent beyond 100000.
std::optional<std::string> decimal_bytes(std::string_view text, std::int32_t scale);
/// BigDecimal.longValue and doubleValue: the whole part's lowest 64 bits; the nearest double.
std::int64_t decimal_low_bits(std::string_view unscaled, std::int32_t scale);
double decimal_to_double(std::string_view unscaled, std::int32_t scale);
/// How many digits behind the point the number `text` needs, at least 0; none if it is no number.
std::optional<std::int32_t> decimal_places(std::string_view text);
/// The scale of a Decimal schema. Throws DataException if its parameter is missing or no number.
std::int32_t decimal_scale(const Schema& schema);

}
