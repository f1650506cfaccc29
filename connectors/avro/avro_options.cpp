#include "connectors/avro/avro_options.hpp"

#include "connectors/avro/avro_schema.hpp"
#include "connectors/registry/scrubbed_name.hpp"
#include "connectors/support/text.hpp"

#include <fmt/core.h>

namespace millrace::avro {

namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::string scrubbed(std::string_view name) {
    auto out = registry::scrubbed_name(name);
    if (!out.empty() && is_digit(out[0])) out.insert(0, 1, 'x');
    return out;
}

std::string_view avro_type_name(Type type) noexcept {
    switch (type) {
    case Type::Int8:
    case Type::Int16:
    case Type::Int32:
        return "int";
    case Type::Int64:
        return "long";
    case Type::Float32:
        return "float";
    case Type::Float64:
        return "double";
    case Type::Boolean:
        return "boolean";
    case Type::String:
        return "string";
    case Type::Bytes:
        return "bytes";
    case Type::Array:
        return "array";
    case Type::Map:
        return "map";
    case Type::Struct:
        return "record";
    }
    return "";
}

}

bool is_union(const Schema& schema) noexcept {
    return schema.type() == Type::Struct &&
           (schema.name() == names::union_struct || schema.parameter(names::sum_union) != nullptr);
}

bool is_fixed(const Schema& schema) noexcept {
    return schema.type() == Type::Bytes && !schema.name().empty() && schema.parameter(names::fixed_size) != nullptr;
}

bool is_enum(const Schema& schema, const AvroOptions& options) noexcept {
    if (schema.type() != Type::String) return false;
    if (options.sum_types) return schema.parameter(names::sum_enumeration) != nullptr;
    return options.enhanced && schema.parameter(names::enumeration) != nullptr;
}

bool is_avro_map(const Schema& schema, const AvroOptions& options) noexcept {
    const auto& key = *schema.key_schema();
    return key.type() == Type::String && (!key.optional() || options.optional_map_keys);
}

std::string field_name(std::string_view name, const AvroOptions& options) {
    return options.scrub_names ? scrubbed(name) : std::string(name);
}

std::string full_name(std::string_view name, const AvroOptions& options) {
    if (!options.scrub_names) return std::string(name);
    std::string out;
    for (const auto part : java_split(name, '.')) {
        if (!out.empty()) out += '.';
        out += scrubbed(part);
    }
    return out;
}

std::string branch_name(const Schema& schema, std::size_t index, const AvroOptions& options) {
    if (options.sum_types) return fmt::format("{}field_{}", names::sum_union_prefix, index);
    const bool is_any_enum =
        schema.parameter(names::enumeration) != nullptr || schema.parameter(names::sum_enumeration) != nullptr;
    if (schema.type() != Type::Struct && !is_fixed(schema) && !(schema.type() == Type::String && is_any_enum))
        return std::string(avro_type_name(schema.type()));
    const auto full = full_name(schema.name(), options);
    return options.enhanced ? full : std::string(simple_name(full));
}

}
