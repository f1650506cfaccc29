#include "connectors/api/value.hpp"

#include <algorithm>
#include <cmath>

namespace millrace {

bool operator==(const Value& a, const Value& b) noexcept {
    if (a.kind() != b.kind()) return false;
    switch (a.kind()) {
    case Value::Kind::Null:
        return true;
    case Value::Kind::Float32:
    case Value::Kind::Float64:
        return a.as_double() == b.as_double() || (std::isnan(a.as_double()) && std::isnan(b.as_double()));
    case Value::Kind::String:
    case Value::Kind::Bytes:
        return a.as_text() == b.as_text();
    case Value::Kind::Array:
    case Value::Kind::Struct:
        return std::ranges::equal(a.as_values(), b.as_values());
    case Value::Kind::Map:
        return std::ranges::equal(a.as_entries(), b.as_entries(), [](const MapEntry& x, const MapEntry& y) {
            return x.key == y.key && x.value == y.value;
        });
    default:
        return a.as_integer() == b.as_integer();
    }
}

namespace {

std::span<const Value> copy_values(std::span<const Value> from, Arena& arena) {
    auto* to = arena.make_array<Value>(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) to[i] = deep_copy(from[i], arena);
    return {to, from.size()};
}

}

Value deep_copy(const Value& value, Arena& arena) {
    switch (value.kind()) {
    case Value::Kind::String:
        return Value::string(arena.copy(value.as_text()));
    case Value::Kind::Bytes:
        return Value::bytes(arena.copy(value.as_text()));
    case Value::Kind::Array:
        return Value::array(copy_values(value.as_values(), arena));
    case Value::Kind::Struct:
        return Value::structure(copy_values(value.as_values(), arena));
    case Value::Kind::Map: {
        const auto from = value.as_entries();
        auto* to = arena.make_array<MapEntry>(from.size());
        for (std::size_t i = 0; i < from.size(); ++i)
            to[i] = {deep_copy(from[i].key, arena), deep_copy(from[i].value, arena)};
        return Value::map({to, from.size()});
    }
    default:
        return value;
    }
}

}
