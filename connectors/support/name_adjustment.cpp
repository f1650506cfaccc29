#include "connectors/support/name_adjustment.hpp"

#include "connectors/support/text.hpp"

#include <fmt/format.h>

namespace millrace {

namespace {
bool letter(char16_t c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool digit(char16_t c) noexcept { return c >= '0' && c <= '9'; }
}

std::string unicode_replacement(char16_t unit) {
    const auto digits = fmt::format("{:x}", static_cast<unsigned>(unit));
    return fmt::format("_u{}{}", digits.size() <= 2 ? "00" : "", digits);
}

std::string adjust_name(std::string_view name, NameAdjustment mode, bool is_field) {
    if (mode == NameAdjustment::None) return std::string(name);
    std::string out;
    bool first = true;
    for (const char16_t c : to_utf16(name)) {
        const bool underscore = c == '_' && mode == NameAdjustment::Avro;
        const bool dot = c == '.' && !is_field && !first;
        if (letter(c) || underscore || dot || (digit(c) && !first)) {
            out += static_cast<char>(c);
        } else if (mode == NameAdjustment::AvroUnicode) {
            out += unicode_replacement(c);
        } else {
            out += '_';
            if (digit(c)) out += static_cast<char>(c);
        }
        first = false;
    }
    return out;
}

}
