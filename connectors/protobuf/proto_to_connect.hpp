/// The Connect schema of a Protobuf message.
///
/// Output   google.protobuf.Struct, Value and ListValue are Strings of their names, which hold JSON.
/// Errors   DataException for what Connect has no schema for: other messages that hold themselves.
/// Facts    Confluent's ProtobufData, toConnectSchema.
#pragma once
#include "connectors/protobuf/protobuf_options.hpp"

#include <cstdint>
#include <optional>

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
}

namespace millrace::protobuf {

/// `version`: the registry's.
SchemaPtr to_connect(const google::protobuf::Descriptor& message, const ProtobufOptions& options,
                     std::optional<std::int32_t> version = {});

/// What one value of a field is, whether the field is repeated or not.
enum class Shape : std::uint8_t { Scalar, Enum, Struct, Map, Wrapper, Decimal, Date, Time, Timestamp, Json };
Shape shape_of(const google::protobuf::FieldDescriptor& field, const ProtobufOptions& options);
/// Whether the message is one of google.protobuf's around one value.
bool is_wrapper(const google::protobuf::Descriptor& message);
/// Whether an absent value is null, and not the default.
bool is_nullable(const google::protobuf::FieldDescriptor& field, const ProtobufOptions& options);

}
