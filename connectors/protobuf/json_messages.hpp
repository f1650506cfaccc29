/// google.protobuf.Struct, Value and ListValue as texts of JSON: they hold themselves, and schemas of Connect cannot.
/// Messages without tag and length.
///
/// Output   compact JSON, members as they come, of those with one name the last value; whole numbers without a
/// fraction.
///          A Value without any kind is null.
/// Errors   DataException for what is no JSON, or none of this kind, and for numbers that JSON, or a double, has not.
/// Facts    Protocol Buffers, google/protobuf/struct.proto and "JSON Mapping".
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::protobuf {

enum class JsonMessage : std::uint8_t { None, Struct, Value, List };

JsonMessage json_message(std::string_view full_name) noexcept;

void put_json(std::string& out, std::string_view json, JsonMessage kind);
std::string read_json(std::string_view message, JsonMessage kind);

}
