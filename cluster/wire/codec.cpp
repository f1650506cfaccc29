#include "cluster/wire/codec.hpp"

#include "connectors/api/errors.hpp"

#include <fmt/core.h>

#include <limits>

namespace millrace::cluster {

void Writer::uvarint(std::uint32_t value) {
    while (value >= 0x80) {
        out_.push_back(static_cast<std::byte>((value & 0x7f) | 0x80));
        value >>= 7;
    }
    out_.push_back(static_cast<std::byte>(value));
}

void Writer::length(std::size_t count, std::size_t classic_bytes) {
    const std::size_t most = !flexible_ && classic_bytes == 2
                                 ? static_cast<std::size_t>(std::numeric_limits<std::int16_t>::max())
                                 : static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max() - 1);
    if (count > most) throw DataException(fmt::format("{} elements do not fit the Kafka protocol's {}", count, most));
    if (flexible_)
        uvarint(static_cast<std::uint32_t>(count + 1));
    else if (classic_bytes == 2)
        int16(static_cast<std::int16_t>(count));
    else
        int32(static_cast<std::int32_t>(count));
}

void Writer::string(std::string_view value) {
    length(value.size(), 2);
    raw(as_bytes(value));
}

void Writer::nullable_string(const std::optional<std::string>& value) {
    if (value) return string(*value);
    if (flexible_)
        uvarint(0);
    else
        int16(-1);
}

void Writer::bytes(ByteView value) {
    length(value.size(), 4);
    raw(value);
}

void Writer::nullable_bytes(const std::optional<Bytes>& value) {
    if (value) return bytes(*value);
    null_array();
}

void Writer::array_size(std::size_t count) { length(count, 4); }

void Writer::null_array() {
    if (flexible_)
        uvarint(0);
    else
        int32(-1);
}

void Writer::end_struct() {
    if (flexible_) uvarint(0);
}

void Reader::fail(std::string_view what, std::string_view why) const {
    throw DataException(fmt::format("{} at byte {} of {}: {}", what, offset_, data_.size(), why));
}

ByteView Reader::take(std::size_t count, std::string_view what) {
    if (count > left()) fail(what, fmt::format("needs {} bytes, {} are left", count, left()));
    const auto taken = data_.subspan(offset_, count);
    offset_ += count;
    return taken;
}

template <class T>
T Reader::big_endian(std::string_view what) {
    std::uint64_t value = 0;
    for (const std::byte byte : take(sizeof(T), what)) value = (value << 8) | std::to_integer<std::uint64_t>(byte);
    return static_cast<T>(value);
}

std::int8_t Reader::int8(std::string_view what) { return big_endian<std::int8_t>(what); }
std::int16_t Reader::int16(std::string_view what) { return big_endian<std::int16_t>(what); }
std::int32_t Reader::int32(std::string_view what) { return big_endian<std::int32_t>(what); }
std::int64_t Reader::int64(std::string_view what) { return big_endian<std::int64_t>(what); }

std::uint32_t Reader::uvarint(std::string_view what) {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
        const auto byte = std::to_integer<std::uint64_t>(take(1, what)[0]);
        value |= (byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) {
            if (value > std::numeric_limits<std::uint32_t>::max()) break;
            return static_cast<std::uint32_t>(value);
        }
    }
    fail(what, "a variable-length integer of more than 32 bits");
}

std::optional<std::size_t> Reader::length(std::size_t classic_bytes, std::string_view what) {
    std::int64_t count = 0;
    if (flexible_)
        count = static_cast<std::int64_t>(uvarint(what)) - 1;
    else
        count = classic_bytes == 2 ? int16(what) : int32(what);
    if (count == -1) return std::nullopt;
    if (count < 0 || static_cast<std::uint64_t>(count) > left())
        fail(what, fmt::format("a length of {} with {} bytes left", count, left()));
    return static_cast<std::size_t>(count);
}

std::optional<std::string> Reader::nullable_string(std::string_view what) {
    const auto size = length(2, what);
    if (!size) return std::nullopt;
    return to_text(take(*size, what));
}

std::string Reader::string(std::string_view what) {
    auto value = nullable_string(what);
    if (!value) fail(what, "null where a text is required");
    return *std::move(value);
}

std::optional<Bytes> Reader::nullable_bytes(std::string_view what) {
    const auto size = length(4, what);
    if (!size) return std::nullopt;
    const auto data = take(*size, what);
    return Bytes(data.begin(), data.end());
}

Bytes Reader::bytes(std::string_view what) {
    auto value = nullable_bytes(what);
    if (!value) fail(what, "null where bytes are required");
    return *std::move(value);
}

std::optional<std::size_t> Reader::array_size(std::string_view what) { return length(4, what); }

void Reader::end_struct() {
    if (!flexible_) return;
    for (auto tags = uvarint("tagged fields"); tags > 0; --tags) {
        (void)uvarint("tag");
        (void)take(uvarint("size of a tagged field"), "tagged field");
    }
}

std::string to_text(ByteView bytes) {
    std::string text;
    text.reserve(bytes.size());
    for (const std::byte byte : bytes) text.push_back(static_cast<char>(byte));
    return text;
}

}
