/// Avro's numbers: zig-zag in groups of seven bits, and little-endian floating point.
///
/// Facts   Avro 1.12 specification, "Binary Encoding".
#pragma once
#include "connectors/api/errors.hpp"
#include "connectors/converters/text_buffer.hpp"
#include "connectors/support/varint.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::avro {

/// The caller has made room for most_varint_bytes.
inline void put_long(converters::TextBuffer& out, std::int64_t value) noexcept {
    write_varint(zig_zag(value), [&out](char byte) { out.put(byte); });
}
inline void append_long(converters::TextBuffer& out, std::int64_t value) {
    out.room(most_varint_bytes);
    put_long(out, value);
}
inline std::string encoded_long(std::int64_t value) {
    converters::TextBuffer out;
    append_long(out, value);
    return std::string(out.text());
}

template <class Number>
void append_real(converters::TextBuffer& out, Number value) {
    static_assert(std::endian::native == std::endian::little);
    const auto bytes = std::bit_cast<std::array<char, sizeof(Number)>>(value);
    out.append({bytes.data(), bytes.size()});
}

/// Reads what came from outside: each read is checked. Throws DataException with the offset.
class BinaryReader {
public:
    explicit BinaryReader(std::string_view bytes) noexcept : bytes_(bytes) {}

    std::size_t remaining() const noexcept { return bytes_.size() - at_; }
    std::int64_t read_long() {
        return un_zig_zag(read_varint(bytes_, at_, [this](std::string_view why) { fail(why); }));
    }
    std::int32_t read_int() {
        const auto value = read_long();
        if (value < INT32_MIN || value > INT32_MAX) fail("has an int of more than 32 bits");
        return static_cast<std::int32_t>(value);
    }
    bool read_boolean() {
        const char byte = read_bytes(1)[0];
        if (byte != 0 && byte != 1) fail("has a boolean that is neither 0 nor 1");
        return byte == 1;
    }
    template <class Number>
    Number read_real() {
        std::array<char, sizeof(Number)> bytes{};
        std::ranges::copy(read_bytes(sizeof(Number)), bytes.begin());
        return std::bit_cast<Number>(bytes);
    }
    std::string_view read_text() {
        const auto length = read_long();
        if (length < 0) fail("has a text of negative length");
        return read_bytes(static_cast<std::uint64_t>(length));
    }
    std::string_view read_bytes(std::uint64_t count) {
        if (count > remaining()) fail(fmt::format("ends where {} more bytes should be", count));
        const auto found = bytes_.substr(at_, count);
        at_ += count;
        return found;
    }
    /// Elements without a byte of their own: a few bytes may say that there are as many nulls as there are numbers.
    void take_empty(std::uint64_t count) {
        if (count > empty_left_) fail("has more elements than a message may have");
        empty_left_ -= count;
    }
    [[noreturn]] void fail(std::string_view why) const {
        throw DataException(fmt::format("Avro data {} (offset {})", why, at_));
    }

private:
    std::string_view bytes_;
    std::size_t at_ = 0;
    std::uint64_t empty_left_ = 1'000'000;
};

}
