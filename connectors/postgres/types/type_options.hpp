/// How the connector's settings shape values: the handling modes, parsed. Names and defaults are Debezium's.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::postgres {

enum class TimePrecision : std::uint8_t {
    Adaptive,
    AdaptiveTimeMicroseconds,
    Connect,
    Microseconds,
    Nanoseconds,
    IsoString,
    Structured
};
enum class DecimalHandling : std::uint8_t { Precise, Double, String };
enum class BinaryHandling : std::uint8_t { Bytes, Base64, Base64UrlSafe, Hex };
enum class IntervalHandling : std::uint8_t { Numeric, String };
enum class HstoreHandling : std::uint8_t { Json, Map };
enum class ConversionFailure : std::uint8_t { Warn, Skip, Fail };

/// The values of time.precision.mode and so on, in any case; none if there is no such value.
std::optional<TimePrecision> parse_time_precision(std::string_view text) noexcept;
std::optional<DecimalHandling> parse_decimal_handling(std::string_view text) noexcept;
std::optional<BinaryHandling> parse_binary_handling(std::string_view text) noexcept;
std::optional<IntervalHandling> parse_interval_handling(std::string_view text) noexcept;
std::optional<HstoreHandling> parse_hstore_handling(std::string_view text) noexcept;
std::optional<ConversionFailure> parse_conversion_failure(std::string_view text) noexcept;
/// The bytes of unavailable.value.placeholder: the text itself, or what "hex:..." stands for. None if the hex is bad.
std::optional<std::string> parse_placeholder(std::string_view text);

struct TypeOptions {
    TimePrecision time_precision = TimePrecision::Adaptive;          ///< time.precision.mode
    DecimalHandling decimals = DecimalHandling::Precise;             ///< decimal.handling.mode
    BinaryHandling binary = BinaryHandling::Bytes;                   ///< binary.handling.mode
    IntervalHandling intervals = IntervalHandling::Numeric;          ///< interval.handling.mode
    HstoreHandling hstore = HstoreHandling::Json;                    ///< hstore.handling.mode
    ConversionFailure on_failure = ConversionFailure::Warn;          ///< event.converting.failure.handling.mode
    std::int16_t money_fraction_digits = 2;                          ///< money.fraction.digits
    bool include_unknown = false;                                    ///< include.unknown.datatypes
    std::string unavailable_value = "__debezium_unavailable_value";  ///< after parse_placeholder
    /// Debezium 3.7's values where they are wrong: `name` null in streaming; dates at infinity, before Christ and in
    /// October 1582 in snapshots and arrays; times in arrays cut to milliseconds; inner
    /// arrays, arrays of shapes, of enums with a null and of numerics with NaN null; 24:00 lost in two time modes;
    /// base64 placeholders null; the scale of numeric(p,-s) wrapped around. False: the right values, inner arrays row
    /// by row.
    bool reproduce_defects = true;
};

}
