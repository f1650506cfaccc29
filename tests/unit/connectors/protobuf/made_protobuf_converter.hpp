/// A Protobuf converter with a registry of its own.
#pragma once
#include "connectors/protobuf/protobuf_converter.hpp"
#include "tests/unit/connectors/registry/made_converter.hpp"

#include <string>

namespace millrace::protobuf {

struct MadeProtobufConverter : registry::MadeConverter<ProtobufConverter> {
    using MadeConverter::MadeConverter;
    /// Registers the file's text under t-value; its id.
    int add(const std::string& text) { return registry.add("t-value", text, R"(,"schemaType":"PROTOBUF")"); }
};

}
