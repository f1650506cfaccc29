/// Reads and writes the primitive types of the Kafka protocol, in its classic and its flexible (KIP-482) encoding.
///
/// Input   bytes from a broker or another worker: nothing in them is believed before it was checked.
/// Output  values that own their memory.
/// Throws  DataException naming what was read and the byte offset, if the bytes are short, too long or malformed.
/// Facts   Kafka protocol guide, "Protocol Primitive Types"; integers are big-endian.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::cluster {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

enum class Encoding : std::uint8_t { Classic, Flexible };

class Writer {
public:
    explicit Writer(Encoding encoding, Bytes& out) : flexible_(encoding == Encoding::Flexible), out_(out) {}
    void boolean(bool value) { int8(value ? 1 : 0); }
    void int8(std::int8_t value) { big_endian(static_cast<std::uint8_t>(value)); }
    void int16(std::int16_t value) { big_endian(static_cast<std::uint16_t>(value)); }
    void int32(std::int32_t value) { big_endian(static_cast<std::uint32_t>(value)); }
    void int64(std::int64_t value) { big_endian(static_cast<std::uint64_t>(value)); }
    void uvarint(std::uint32_t value);
    void string(std::string_view value);
    void nullable_string(const std::optional<std::string>& value);
    void bytes(ByteView value);
    void nullable_bytes(const std::optional<Bytes>& value);
    void array_size(std::size_t count);
    void null_array();
    void raw(ByteView value) { out_.insert(out_.end(), value.begin(), value.end()); }
    /// Ends a struct: an empty section of tagged fields in the flexible encoding, nothing in the classic one.
    void end_struct();

private:
    template <class T>
    void big_endian(T value) {
        for (int shift = static_cast<int>(sizeof(T) - 1) * 8; shift >= 0; shift -= 8)
            out_.push_back(static_cast<std::byte>((value >> shift) & 0xff));
    }
    void length(std::size_t count, std::size_t classic_bytes);

    bool flexible_;
    Bytes& out_;
};

class Reader {
public:
    Reader(Encoding encoding, ByteView data) : flexible_(encoding == Encoding::Flexible), data_(data) {}
    bool boolean(std::string_view what) { return int8(what) != 0; }
    std::int8_t int8(std::string_view what);
    std::int16_t int16(std::string_view what);
    std::int32_t int32(std::string_view what);
    std::int64_t int64(std::string_view what);
    std::uint32_t uvarint(std::string_view what);
    std::string string(std::string_view what);
    std::optional<std::string> nullable_string(std::string_view what);
    Bytes bytes(std::string_view what);
    std::optional<Bytes> nullable_bytes(std::string_view what);
    /// The number of elements, never more than there are bytes left; none for a null array.
    std::optional<std::size_t> array_size(std::string_view what);
    /// Skips the tagged fields that end a struct in the flexible encoding.
    void end_struct();

    std::size_t offset() const noexcept { return offset_; }
    std::size_t left() const noexcept { return data_.size() - offset_; }
    [[noreturn]] void fail(std::string_view what, std::string_view why) const;

private:
    template <class T>
    T big_endian(std::string_view what);
    ByteView take(std::size_t count, std::string_view what);
    /// None: null. Checked against what is left.
    std::optional<std::size_t> length(std::size_t classic_bytes, std::string_view what);

    bool flexible_;
    ByteView data_;
    std::size_t offset_ = 0;
};

inline ByteView as_bytes(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }
std::string to_text(ByteView bytes);

}
