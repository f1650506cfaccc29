#include "connectors/registry/wire_format.hpp"

#include "connectors/support/byte_reader.hpp"
#include "connectors/support/text.hpp"

#include <fmt/core.h>

namespace millrace::registry {

namespace {
constexpr char id_follows = 0;
constexpr char guid_follows = 1;
constexpr std::size_t guid_bytes = 16;
}

void append_prefix(std::string& out, std::int32_t id) {
    const auto bits = static_cast<std::uint32_t>(id);
    out += id_follows;
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(bits >> shift & 0xFF);
}

void append_guid(std::string& out, std::string_view guid) {
    std::string digits(guid);
    std::erase(digits, '-');
    const auto bytes = from_hex(digits);
    if (!bytes || bytes->size() != guid_bytes)
        throw DataException(fmt::format("The registry's GUID of a schema is none: {}", guid));
    out += guid_follows;
    out += *bytes;
}

WireMessage read_prefix(std::string_view data) {
    if (data.empty() || (data[0] != id_follows && data[0] != guid_follows))
        throw DataException("Unknown magic byte! The data was not written with a schema registry");
    ByteReader in(data, "Data with a schema id");
    WireMessage message;
    if (in.u8("magic byte") == id_follows) {
        message.id = in.i32("schema id");
    } else {
        auto hex = to_hex(in.bytes(guid_bytes, "schema GUID"));
        for (const std::size_t at : {20U, 16U, 12U, 8U}) hex.insert(at, 1, '-');
        message.guid = std::move(hex);
    }
    message.payload = data.substr(in.offset());
    return message;
}

}
