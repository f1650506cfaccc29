#include "connectors/support/java_value_hash.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/support/decimal.hpp"
#include "connectors/support/logical_type.hpp"
#include "connectors/support/text.hpp"

#include <bit>
#include <cmath>
#include <string>

namespace millrace {

namespace {

std::uint32_t folded(std::uint64_t v) noexcept { return static_cast<std::uint32_t>(v ^ v >> 32); }

/// BigInteger.hashCode of two's complement bytes: over the absolute value's words, highest first.
std::uint32_t big_integer_hash(std::string_view bytes) {
    const bool negative = !bytes.empty() && (static_cast<unsigned char>(bytes[0]) & 0x80) != 0;
    std::string magnitude(bytes);
    unsigned carry = negative ? 1 : 0;
    for (std::size_t i = magnitude.size(); negative && i-- > 0;) {
        const unsigned digit = static_cast<unsigned char>(~magnitude[i]) + carry;
        magnitude[i] = static_cast<char>(digit & 0xFF);
        carry = digit >> 8;
    }
    const auto first = magnitude.find_first_not_of('\0');
    magnitude.erase(0, first == std::string::npos ? magnitude.size() : first);
    magnitude.insert(0, (4 - magnitude.size() % 4) % 4, '\0');
    std::uint32_t hash = 0;
    for (std::size_t i = 0; i < magnitude.size(); i += 4) {
        std::uint32_t word = 0;
        for (std::size_t k = 0; k < 4; ++k) word = word << 8 | static_cast<unsigned char>(magnitude[i + k]);
        hash = 31 * hash + word;
    }
    return negative ? 0 - hash : hash;
}

std::uint32_t hash_of(const SchemaPtr& schema, const Value& value);

std::uint32_t array_hash(const SchemaPtr& schema, std::span<const Value> values) {
    std::uint32_t hash = 1;
    for (const auto& value : values) hash = 31 * hash + hash_of(schema ? schema->value_schema() : nullptr, value);
    return hash;
}

std::uint32_t map_hash(const SchemaPtr& schema, std::span<const MapEntry> entries) {
    std::uint32_t hash = 0;
    for (const auto& entry : entries) {
        hash += hash_of(schema ? schema->key_schema() : nullptr, entry.key) ^
                hash_of(schema ? schema->value_schema() : nullptr, entry.value);
    }
    return hash;
}

std::uint32_t bytes_hash(const SchemaPtr& schema, std::string_view bytes) {
    if (logical_of(schema) == Logical::Decimal) {
        return 31 * big_integer_hash(bytes) + static_cast<std::uint32_t>(decimal_scale(*schema));
    }
    std::uint32_t hash = 1;
    for (const char c : bytes) hash = 31 * hash + static_cast<std::uint32_t>(static_cast<signed char>(c));
    return hash;
}

std::uint32_t hash_of(const SchemaPtr& schema, const Value& value) {
    const auto logical = logical_of(schema);
    switch (value.kind()) {
    case Value::Kind::Null:
        return 0;
    case Value::Kind::Boolean:
        return value.as_boolean() ? 1231 : 1237;
    case Value::Kind::Int8:
    case Value::Kind::Int16:
        return static_cast<std::uint32_t>(value.as_integer());
    case Value::Kind::Int32:
        if (logical != Logical::None) return folded(static_cast<std::uint64_t>(epoch_ms(logical, value)));
        return static_cast<std::uint32_t>(value.as_integer());
    case Value::Kind::Int64:
        return folded(static_cast<std::uint64_t>(value.as_integer()));
    case Value::Kind::Float32:
        if (std::isnan(value.as_double())) return 0x7FC00000;
        return std::bit_cast<std::uint32_t>(static_cast<float>(value.as_double()));
    case Value::Kind::Float64:
        if (std::isnan(value.as_double())) return 0x7FF80000;
        return folded(std::bit_cast<std::uint64_t>(value.as_double()));
    case Value::Kind::String:
        return java_hash(value.as_text());
    case Value::Kind::Bytes:
        return bytes_hash(schema, value.as_text());
    case Value::Kind::Array:
        return array_hash(schema, value.as_values());
    case Value::Kind::Map:
        return map_hash(schema, value.as_entries());
    case Value::Kind::Struct:
        throw DataException("A struct has no lasting hash code. Name one of its fields.");
    }
    return 0;
}

}

std::int32_t java_value_hash(const SchemaPtr& schema, const Value& value) {
    return static_cast<std::int32_t>(hash_of(schema, value));
}

std::int32_t java_value_hash(OffsetEntries entries) {
    std::uint32_t hash = 0;
    for (const auto& entry : entries) hash += java_hash(entry.key) ^ hash_of(nullptr, entry.value);
    return static_cast<std::int32_t>(hash);
}

}
