/// Numbers of variable length, seven bits a byte from the lowest on, and signed ones folded into them, as Avro and
/// Protobuf write them.
///
/// Facts    Protocol Buffers, "Encoding"; Apache Avro specification, "Binary Encoding".
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace millrace {

inline constexpr std::size_t most_varint_bytes = 10;

constexpr std::uint64_t zig_zag(std::int64_t value) noexcept {
    return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t un_zig_zag(std::uint64_t bits) noexcept {
    return static_cast<std::int64_t>(bits >> 1 ^ (~(bits & 1) + 1));
}

/// The number at `at`, which is moved behind it. `fail` is called with what is wrong, and throws.
template <class Fail>
std::uint64_t read_varint(std::string_view bytes, std::size_t& at, const Fail& fail) {
    std::uint64_t bits = 0;
    for (unsigned shift = 0;; shift += 7) {
        if (at == bytes.size()) fail("ends within a number");
        const auto byte = static_cast<unsigned char>(bytes[at++]);
        if (shift == 63 && byte > 1) fail("has a number of more than 64 bits");
        bits |= std::uint64_t{byte & 0x7Fu} << shift;
        if (byte < 0x80) return bits;
    }
}

/// Writes with `put`, one byte at a time.
template <class Put>
void write_varint(std::uint64_t bits, const Put& put) {
    for (; bits > 0x7F; bits >>= 7) put(static_cast<char>((bits & 0x7F) | 0x80));
    put(static_cast<char>(bits));
}

}
