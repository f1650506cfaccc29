/// Protobuf's binary form: numbers, tags and lengths, and the path to a message that stands before the data.
///
/// Errors   Reading throws DataException naming the offset.
/// Facts    Protocol Buffers, "Encoding"; Confluent's wire format for message indexes.
#pragma once
#include "connectors/api/errors.hpp"
#include "connectors/support/varint.hpp"

#include <fmt/core.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::protobuf {

enum class WireType : std::uint8_t { Varint = 0, Fixed64 = 1, Length = 2, StartGroup = 3, EndGroup = 4, Fixed32 = 5 };

inline void put_varint(std::string& out, std::uint64_t bits) {
    write_varint(bits, [&out](char byte) { out += byte; });
}
inline void put_tag(std::string& out, std::uint32_t number, WireType type) {
    put_varint(out, std::uint64_t{number} << 3 | static_cast<std::uint64_t>(type));
}
template <class Number>
void put_fixed(std::string& out, Number value) {
    static_assert(std::endian::native == std::endian::little);
    char bytes[sizeof(Number)];
    std::memcpy(bytes, &value, sizeof(Number));
    out.append(bytes, sizeof(Number));
}
/// Puts the length of what was written since `begin` before it.
void close_length(std::string& out, std::size_t begin);

class WireReader {
public:
    explicit WireReader(std::string_view bytes) noexcept : bytes_(bytes) {}

    bool at_end() const noexcept { return at_ == bytes_.size(); }
    std::size_t offset() const noexcept { return at_; }
    std::uint64_t varint();
    std::string_view length_delimited();
    template <class Number>
    Number fixed() {
        Number value{};
        std::memcpy(&value, take(sizeof(Number)).data(), sizeof(Number));
        return value;
    }
    /// Of a field that nobody wants.
    void skip(std::uint32_t number, WireType type, int level = 0);
    [[noreturn]] void fail(std::string_view why) const;

private:
    std::string_view take(std::uint64_t count);

    std::string_view bytes_;
    std::size_t at_ = 0;
};

struct WireTag {
    std::uint32_t number;
    WireType type;
};
WireTag read_tag(WireReader& in);

/// The path from a file's messages inwards; that to the first message is one zero.
std::string message_path(std::span<const std::int32_t> path);
/// How many bytes of `data` are such a path.
std::size_t message_path_size(std::string_view data);
std::vector<std::int32_t> read_message_path(std::string_view data);

}
