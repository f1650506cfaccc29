#include "connectors/transforms/debezium/java_hash.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/support/decimal.hpp"
#include "connectors/support/logical_type.hpp"
#include "connectors/support/text.hpp"

#include <bit>
#include <cmath>
#include <string>

namespace millrace::transforms {

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
        return millrace::java_hash(value.as_text());
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

/// One hash under way: two words of state, two of input and two multipliers.
struct Murmur {
    static constexpr std::uint64_t seed = 9001;
    std::uint64_t h1 = 0x9368E53C2F6AF274 ^ seed;
    std::uint64_t h2 = 0x586DCD208F7CD3FD ^ seed;
    std::uint64_t c1 = 0x87C37B91114253D5;
    std::uint64_t c2 = 0x4CF5AD432745937F;

    void mix(std::uint64_t k1, std::uint64_t k2) noexcept {
        h1 ^= std::rotl(k1 * c1, 23) * c2;
        h1 += h2;
        h2 = std::rotl(h2, 41);
        h2 ^= std::rotl(k2 * c2, 23) * c1;
        h2 += h1;
        h1 = h1 * 3 + 0x52DCE729;
        h2 = h2 * 3 + 0x38495AB5;
        c1 = c1 * 5 + 0x7B7D159C;
        c2 = c2 * 5 + 0x6BCE6396;
    }
    static std::uint64_t finished(std::uint64_t k) noexcept {
        k ^= k >> 33;
        k *= 0xFF51AFD7ED558CCD;
        k ^= k >> 33;
        k *= 0xC4CEB9FE1A85EC53;
        return k ^ k >> 33;
    }
};

/// The bytes of the last, incomplete block are taken with their sign, which a usual implementation does not do.
std::int32_t murmur3(std::string_view bytes) {
    Murmur state;
    const auto word = [&](std::size_t at) {
        std::uint64_t w = 0;
        for (std::size_t i = 0; i < 8; ++i) {
            w |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[at + i])) << 8 * i;
        }
        return w;
    };
    const auto tail = bytes.size() / 16 * 16;
    for (std::size_t at = 0; at < tail; at += 16) state.mix(word(at), word(at + 8));
    if (tail < bytes.size()) {
        std::uint64_t k1 = 0;
        std::uint64_t k2 = 0;
        for (std::size_t i = tail; i < bytes.size(); ++i) {
            const auto shifted = static_cast<std::uint64_t>(std::int64_t{static_cast<signed char>(bytes[i])})
                                 << 8 * ((i - tail) % 8);
            (i - tail < 8 ? k1 : k2) ^= shifted;
        }
        state.mix(k1, k2);
    }
    state.h2 ^= bytes.size();
    state.h1 += state.h2;
    state.h2 += state.h1;
    state.h1 = Murmur::finished(state.h1) + Murmur::finished(state.h2);
    return static_cast<std::int32_t>(state.h1 >> 32);
}

}

std::int32_t java_hash(const SchemaPtr& schema, const Value& value) {
    return static_cast<std::int32_t>(hash_of(schema, value));
}

std::int32_t murmur3_hash(const SchemaPtr& schema, const Value& value) {
    const bool is_text = value.kind() == Value::Kind::String;
    const bool is_bytes = value.kind() == Value::Kind::Bytes && logical_of(schema) == Logical::None;
    if (is_text || is_bytes) return murmur3(value.as_text());
    const auto hash = static_cast<std::uint32_t>(java_hash(schema, value));
    const std::string bytes{static_cast<char>(hash), static_cast<char>(hash >> 8), static_cast<char>(hash >> 16),
                            static_cast<char>(hash >> 24)};
    return murmur3(bytes);
}

}
