#include "connectors/protobuf/wire.hpp"

namespace millrace::protobuf {

namespace {

constexpr int most_group_levels = 100;
constexpr std::uint64_t most_path_parts = 100;

std::vector<std::int32_t> read_path(WireReader& in) {
    const auto count = un_zig_zag(in.varint());
    if (count == 0) return {0};
    if (count < 0 || static_cast<std::uint64_t>(count) > most_path_parts)
        in.fail("has a path to a message that cannot be");
    std::vector<std::int32_t> path;
    for (auto left = count; left > 0; --left) path.push_back(static_cast<std::int32_t>(un_zig_zag(in.varint())));
    return path;
}

}

void close_length(std::string& out, std::size_t begin) {
    char bytes[most_varint_bytes];
    std::size_t count = 0;
    write_varint(out.size() - begin, [&](char byte) { bytes[count++] = byte; });
    out.insert(begin, bytes, count);
}

std::uint64_t WireReader::varint() {
    return read_varint(bytes_, at_, [this](std::string_view why) { fail(why); });
}

std::string_view WireReader::length_delimited() { return take(varint()); }

std::string_view WireReader::take(std::uint64_t count) {
    if (count > bytes_.size() - at_) fail(fmt::format("ends where {} more bytes should be", count));
    const auto found = bytes_.substr(at_, count);
    at_ += count;
    return found;
}

void WireReader::skip(std::uint32_t number, WireType type, int level) {
    switch (type) {
    case WireType::Varint:
        varint();
        return;
    case WireType::Fixed64:
        take(sizeof(std::uint64_t));
        return;
    case WireType::Length:
        length_delimited();
        return;
    case WireType::Fixed32:
        take(sizeof(std::uint32_t));
        return;
    case WireType::StartGroup:
        if (level > most_group_levels) fail("has groups that go too deep");
        for (;;) {
            const auto inner = read_tag(*this);
            if (inner.type == WireType::EndGroup) {
                if (inner.number != number) fail("ends another group than it began");
                return;
            }
            skip(inner.number, inner.type, level + 1);
        }
    case WireType::EndGroup:
        break;
    }
    fail("ends a group that did not begin");
}

void WireReader::fail(std::string_view why) const {
    throw DataException(fmt::format("Protobuf data {} (offset {})", why, at_));
}

WireTag read_tag(WireReader& in) {
    const auto bits = in.varint();
    const auto type = static_cast<std::uint8_t>(bits & 7);
    if (bits > UINT32_MAX || bits >> 3 == 0 || type > 5) in.fail("has a field that cannot be");
    return {.number = static_cast<std::uint32_t>(bits >> 3), .type = static_cast<WireType>(type)};
}

std::string message_path(std::span<const std::int32_t> path) {
    std::string out;
    if (path.size() == 1 && path[0] == 0) return std::string(1, '\0');
    put_varint(out, zig_zag(static_cast<std::int64_t>(path.size())));
    for (const auto index : path) put_varint(out, zig_zag(index));
    return out;
}

std::size_t message_path_size(std::string_view data) {
    WireReader in(data);
    read_path(in);
    return in.offset();
}

std::vector<std::int32_t> read_message_path(std::string_view data) {
    WireReader in(data);
    return read_path(in);
}

}
