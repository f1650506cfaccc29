#include "connectors/postgres/client/lsn.hpp"

#include <fmt/core.h>

#include <charconv>

namespace millrace::postgres {

std::string to_string(Lsn lsn) { return fmt::format("{:X}/{:X}", number(lsn) >> 32, number(lsn) & 0xFFFFFFFF); }

std::optional<Lsn> parse_lsn(std::string_view text) noexcept {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return {};
    const auto part = [](std::string_view digits) -> std::optional<std::uint32_t> {
        std::uint32_t value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
        if (error != std::errc{} || end != digits.data() + digits.size()) return {};
        return value;
    };
    const auto high = part(text.substr(0, slash));
    const auto low = part(text.substr(slash + 1));
    if (!high || !low) return {};
    return Lsn{(std::uint64_t{*high} << 32) | *low};
}

}
