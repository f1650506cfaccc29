/// A position in PostgreSQL's write-ahead log.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::postgres {

enum class Lsn : std::uint64_t {};      ///< byte position in the WAL, printed as "16/B374D848"
enum class PgMicros : std::int64_t {};  ///< microseconds since 2000-01-01 00:00:00 UTC

inline constexpr Lsn no_lsn{0};

constexpr std::uint64_t number(Lsn lsn) noexcept { return static_cast<std::uint64_t>(lsn); }
/// As offsets and source blocks hold it: the unsigned number in a signed one.
constexpr std::int64_t as_signed(Lsn lsn) noexcept { return static_cast<std::int64_t>(lsn); }
constexpr Lsn lsn_from_signed(std::int64_t value) noexcept { return Lsn{static_cast<std::uint64_t>(value)}; }

std::string to_string(Lsn lsn);
/// None unless the text is two hexadecimal numbers of at most 32 bits with a slash between.
std::optional<Lsn> parse_lsn(std::string_view text) noexcept;

inline constexpr std::int64_t micros_from_unix_to_2000 = 946684800LL * 1000 * 1000;
constexpr std::int64_t unix_micros(PgMicros t) noexcept {
    return static_cast<std::int64_t>(t) + micros_from_unix_to_2000;
}

}
