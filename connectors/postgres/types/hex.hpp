/// Hexadecimal and base64, into memory that the caller has.
#pragma once
#include "connectors/api/arena.hpp"

#include <string_view>

namespace millrace::postgres {

/// Writes digits.size() / 2 bytes; false if the digits are odd in number or not hexadecimal.
bool decode_hex(std::string_view digits, char* to) noexcept;
/// Lower case.
std::string_view encode_hex(std::string_view bytes, Arena& arena);
/// Padded; `url_safe` takes - and _ in the place of + and /.
std::string_view encode_base64(std::string_view bytes, bool url_safe, Arena& arena);

}
