/// Reads whole numbers as Java does.
///
/// Facts   Java SE API, Integer.parseInt and Long.parseLong, which take any digit that Character.digit(char, 10) knows:
///         those of every script below U+10000 in Unicode 15.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace millrace {

/// Long.parseLong within these limits: a sign and digits, nothing else.
std::optional<std::int64_t> parse_java_integer(std::string_view text, std::int64_t least, std::int64_t most);

}
