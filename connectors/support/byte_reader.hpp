/// Reads big-endian integers and strings from bytes that came from outside. Every read is checked; the first that goes
/// past the end throws DataException naming what was read and the offset.
///
///     ByteReader in(payload, "pgoutput message");
///     const auto lsn = in.u64("commit LSN");
///     const auto name = in.c_string("relation name");
///     in.expect_end();
#pragma once
#include "connectors/api/errors.hpp"

#include <fmt/core.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace millrace {

class ByteReader {
public:
    /// Borrows `bytes`; string_views that it gives point into them. `subject` begins its messages.
    explicit ByteReader(std::string_view bytes, std::string_view subject = "message") noexcept
        : bytes_(bytes), subject_(subject) {}

    std::size_t offset() const noexcept { return offset_; }
    std::size_t remaining() const noexcept { return bytes_.size() - offset_; }
    bool at_end() const noexcept { return offset_ == bytes_.size(); }

    std::uint8_t u8(std::string_view what) { return integer<std::uint8_t>(what); }
    std::uint16_t u16(std::string_view what) { return integer<std::uint16_t>(what); }
    std::uint32_t u32(std::string_view what) { return integer<std::uint32_t>(what); }
    std::uint64_t u64(std::string_view what) { return integer<std::uint64_t>(what); }
    std::int8_t i8(std::string_view what) { return static_cast<std::int8_t>(u8(what)); }
    std::int16_t i16(std::string_view what) { return static_cast<std::int16_t>(u16(what)); }
    std::int32_t i32(std::string_view what) { return static_cast<std::int32_t>(u32(what)); }
    std::int64_t i64(std::string_view what) { return static_cast<std::int64_t>(u64(what)); }
    /// The next `count` bytes.
    std::string_view bytes(std::size_t count, std::string_view what) {
        if (count > remaining()) throw_short(what, count);
        const auto found = bytes_.substr(offset_, count);
        offset_ += count;
        return found;
    }
    /// Up to a zero byte, which is read too.
    std::string_view c_string(std::string_view what) {
        const auto end = bytes_.find('\0', offset_);
        if (end == std::string_view::npos) fail(what, "has no terminating zero");
        const auto found = bytes_.substr(offset_, end - offset_);
        offset_ = end + 1;
        return found;
    }
    void expect_end() const {
        if (!at_end()) fail("end", fmt::format("expected, but {} bytes follow", remaining()));
    }
    /// For values that were read but make no sense: "pgoutput message: tuple kind 'x' is unknown (offset 17)".
    [[noreturn]] void fail(std::string_view what, std::string_view why) const {
        throw DataException(fmt::format("{}: {} {} (offset {})", subject_, what, why, offset_));
    }

private:
    template <class T>
    T integer(std::string_view what) {
        const auto raw = bytes(sizeof(T), what);
        T value = 0;
        for (const char c : raw) {
            if constexpr (sizeof(T) > 1) value = static_cast<T>(value << 8);
            value = static_cast<T>(value | static_cast<unsigned char>(c));
        }
        return value;
    }
    [[noreturn]] void throw_short(std::string_view what, std::size_t wanted) const {
        fail(what, fmt::format("needs {} bytes, {} are left", wanted, remaining()));
    }

    std::string_view bytes_;
    std::string_view subject_;
    std::size_t offset_ = 0;
};

}
