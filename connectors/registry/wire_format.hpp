/// What stands before the data of a record that belongs to a schema in a registry.
///
/// Form     a zero byte and the schema's id in four bytes, big-endian; or a byte 1 and the 16 bytes of its GUID.
/// Errors   DataException for what begins with another byte, or is too short.
/// Facts    Confluent's documentation of the wire format.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::registry {

struct WireMessage {
    std::optional<std::int32_t> id = {};
    std::string guid = {};           ///< where there is no id: 8-4-4-4-12 hexadecimal digits
    std::string_view selector = {};  ///< which part of the schema, where it has several
    std::string_view payload;
};

void append_prefix(std::string& out, std::int32_t id);
/// The other form. `guid` is as in WireMessage; throws DataException for another text.
void append_guid(std::string& out, std::string_view guid);
WireMessage read_prefix(std::string_view data);

}
