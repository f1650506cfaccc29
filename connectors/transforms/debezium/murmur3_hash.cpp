#include "connectors/transforms/debezium/murmur3_hash.hpp"

#include "connectors/support/java_value_hash.hpp"
#include "connectors/support/logical_type.hpp"

#include <bit>
#include <string>

namespace millrace::transforms {

namespace {

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

std::int32_t murmur3_hash(const SchemaPtr& schema, const Value& value) {
    const bool is_text = value.kind() == Value::Kind::String;
    const bool is_bytes = value.kind() == Value::Kind::Bytes && logical_of(schema) == Logical::None;
    if (is_text || is_bytes) return murmur3(value.as_text());
    const auto hash = static_cast<std::uint32_t>(java_value_hash(schema, value));
    const std::string bytes{static_cast<char>(hash), static_cast<char>(hash >> 8), static_cast<char>(hash >> 16),
                            static_cast<char>(hash >> 24)};
    return murmur3(bytes);
}

}
