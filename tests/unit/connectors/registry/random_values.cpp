#include "tests/unit/connectors/registry/random_values.hpp"

#include <fmt/core.h>

#include <bit>
#include <cmath>

namespace millrace::registry {

std::string RandomValues::text() {
    constexpr const char* parts[] = {
        "a", "Zz", " ", "\"", "\\", "\n", "\x01", "/", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};
    std::string out;
    for (auto left = below(one_in(10) ? 200 : 6); left > 0; --left) out += parts[below(std::size(parts))];
    return out;
}

std::string RandomValues::new_name() {
    return fmt::format("{}N{}", one_in(2) ? "a.b." : one_in(2) ? "c." : "", ++names_);
}

Value RandomValues::scalar(Type type, Arena& arena) {
    const auto whole = one_in(8) ? 0 : chance_();
    const auto bits = whole >> below(64);
    switch (type) {
    case Type::Int8:
        return Value::int8(static_cast<std::int8_t>(bits));
    case Type::Int16:
        return Value::int16(static_cast<std::int16_t>(bits));
    case Type::Int32:
        return Value::int32(static_cast<std::int32_t>(bits));
    case Type::Int64:
        return Value::int64(static_cast<std::int64_t>(one_in(2) ? bits : ~bits));
    case Type::Float32: {
        const auto real = std::bit_cast<float>(static_cast<std::uint32_t>(whole));
        return Value::float32(std::isfinite(real) ? real : 0.1F);
    }
    case Type::Float64: {
        const auto real = std::bit_cast<double>(whole);
        return Value::float64(std::isfinite(real) ? real : 0.1);
    }
    case Type::Boolean:
        return Value::boolean(one_in(2));
    case Type::String:
        return Value::string(arena.copy(text()));
    default:
        break;
    }
    std::string bytes;
    for (auto left = below(12) + 1; left > 0; --left) bytes += static_cast<char>(chance_());
    return Value::bytes(arena.copy(bytes));
}

Value RandomValues::key(Type type, std::size_t entry, Arena& arena) {
    const auto number = static_cast<std::int32_t>(entry * 1000);
    switch (type) {
    case Type::String:
        return Value::string(arena.copy(fmt::format("k{}{}", entry, text())));
    case Type::Int32:
        return Value::int32(number);
    case Type::Boolean:
        return Value::boolean(entry == 1);
    default:
        return Value::int64(number);
    }
}

}
