/// The .proto text of a Connect schema, as Confluent's converter has it.
///
/// Input    a Struct; or, with wrapper.for.raw.primitives, one value.
/// Output   proto3. Types that a Struct holds are messages within its message; Maps are lists of entries.
/// Errors   DataException for what Protobuf has no type for: lists of lists, and two Structs of one name.
/// Facts    Confluent's ProtobufData, fromConnectSchema.
#pragma once
#include "connectors/protobuf/protobuf_options.hpp"

#include <string>
#include <vector>

namespace millrace::protobuf {

struct ProtoText {
    std::string text;
    std::string message;               ///< the full name of the value's own
    std::vector<std::string> imports;  ///< names of files, in the order of the text
};

ProtoText to_proto(const Schema& schema, const ProtobufOptions& options);

}
