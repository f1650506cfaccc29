#include "connectors/protobuf/protobuf_options.hpp"

#include "connectors/registry/scrubbed_name.hpp"

#include <fmt/core.h>
#include <google/protobuf/descriptor.h>

namespace millrace::protobuf {

bool is_union(const Schema& schema) noexcept {
    return schema.type() == Type::Struct &&
           (schema.name().starts_with(names::union_struct) || schema.parameter(names::sum_union) != nullptr);
}

std::string_view enum_parameter(const ProtobufOptions& options) noexcept {
    return options.sum_types ? names::sum_enumeration : names::enumeration;
}

const std::string* enum_name(const Schema& schema, const ProtobufOptions& options) noexcept {
    if (schema.type() != Type::String && schema.type() != Type::Int32) return nullptr;
    return schema.parameter(enum_parameter(options));
}

std::string field_name(std::string_view name, const ProtobufOptions& options) {
    if (!options.scrub_names || name.empty()) return std::string(name);
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto prefix = is_letter(name[0]) ? "" : "x";
    return prefix + registry::scrubbed_name(name);
}

std::string union_name(const google::protobuf::OneofDescriptor& oneof, const ProtobufOptions& options) {
    return options.union_index ? fmt::format("{}_{}", oneof.name(), oneof.index()) : oneof.name();
}

std::string_view wrapper_of(Type type) noexcept {
    switch (type) {
    case Type::Int8:
    case Type::Int16:
    case Type::Int32:
        return "google.protobuf.Int32Value";
    case Type::Int64:
        return "google.protobuf.Int64Value";
    case Type::Float32:
        return "google.protobuf.FloatValue";
    case Type::Float64:
        return "google.protobuf.DoubleValue";
    case Type::Boolean:
        return "google.protobuf.BoolValue";
    case Type::String:
        return "google.protobuf.StringValue";
    case Type::Bytes:
        return "google.protobuf.BytesValue";
    case Type::Array:
    case Type::Map:
    case Type::Struct:
        break;
    }
    return "";
}

}
