#include "connectors/protobuf/proto_to_connect.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/protobuf/json_messages.hpp"
#include "connectors/protobuf/wire.hpp"
#include "connectors/registry/recursion.hpp"
#include "connectors/support/decimal.hpp"
#include "connectors/support/logical_type.hpp"

#include <fmt/core.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace millrace::protobuf {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

constexpr int field_meta = 1088;  // of the options' extension confluent.field_meta
constexpr int meta_params = 2;
constexpr std::string_view wrappers = "google.protobuf.";

/// The params of confluent.field_meta.
std::map<std::string, std::string> params_of(const FieldDescriptor& field) {
    std::map<std::string, std::string> params;
    const auto& unknown = field.options().GetReflection()->GetUnknownFields(field.options());
    for (int i = 0; i < unknown.field_count(); ++i) {
        const auto& option = unknown.field(i);
        if (option.number() != field_meta || option.type() != google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED)
            continue;
        WireReader meta(option.length_delimited());
        while (!meta.at_end()) {
            const auto [number, type] = read_tag(meta);
            if (number != meta_params || type != WireType::Length) {
                meta.skip(number, type);
                continue;
            }
            WireReader entry(meta.length_delimited());
            std::string parts[2];  // key and value
            while (!entry.at_end()) {
                const auto [part, part_type] = read_tag(entry);
                if ((part == 1 || part == 2) && part_type == WireType::Length) {
                    parts[part - 1] = entry.length_delimited();
                } else {
                    entry.skip(part, part_type);
                }
            }
            params[parts[0]] = parts[1];
        }
    }
    return params;
}

std::optional<std::int32_t> whole_number(std::string_view text) {
    std::int32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// OrderLines becomes order_lines.
std::string snake_case(std::string_view name) {
    std::string out;
    for (const char c : name) {
        const bool upper = c >= 'A' && c <= 'Z';
        if (upper && !out.empty()) out += '_';
        out += upper ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out;
}

bool is_entry(const Descriptor& message) {
    if (message.options().map_entry()) return true;
    return std::string_view(message.name()).ends_with(names::entry) && message.field_count() == 2 &&
           message.field(0)->name() == "key" && message.field(1)->name() == "value";
}

Type scalar_type(const FieldDescriptor& field) {
    switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
        return Type::Int32;
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT64:
        return Type::Int64;
    case FieldDescriptor::CPPTYPE_FLOAT:
        return Type::Float32;
    case FieldDescriptor::CPPTYPE_DOUBLE:
        return Type::Float64;
    case FieldDescriptor::CPPTYPE_BOOL:
        return Type::Boolean;
    case FieldDescriptor::CPPTYPE_ENUM:
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_MESSAGE:
        break;
    }
    return field.type() == FieldDescriptor::TYPE_BYTES ? Type::Bytes : Type::String;
}

class Reader {
public:
    explicit Reader(const ProtobufOptions& options) : options_(options) {}

    SchemaParts message(const Descriptor& from, std::optional<std::int32_t> version = {}) {
        if (std::ranges::find(path_, &from) != path_.end())
            throw DataException(fmt::format("Message {} holds itself, and schemas in Connect cannot. {}",
                                            from.full_name(), registry::way_round_recursion));
        path_.push_back(&from);
        SchemaParts parts{.type = Type::Struct, .name = name_of(from), .version = version};
        for (int i = 0; i < from.real_oneof_decl_count(); ++i) {
            const auto& oneof = *from.oneof_decl(i);
            if (options_.flatten_unions) {
                for (int j = 0; j < oneof.field_count(); ++j) add(parts, *oneof.field(j));
            } else {
                parts.fields.push_back({.name = union_name(oneof, options_), .schema = union_of(oneof)});
            }
        }
        for (int i = 0; i < from.field_count(); ++i) {
            if (from.field(i)->real_containing_oneof() == nullptr) add(parts, *from.field(i));
        }
        path_.pop_back();
        return parts;
    }

    SchemaPtr field(const FieldDescriptor& from) {
        auto parts = one(from);
        if (from.is_repeated() && parts.type != Type::Map) {
            parts.optional = true;
            parts = {.type = Type::Array, .optional = true, .value = make_schema(std::move(parts))};
        }
        if (options_.optional_nullables ? is_nullable(from, options_) : !options_.wrapper_nullables)
            parts.optional = true;
        parts.parameters.emplace_back(names::tag, std::to_string(from.number()));
        return make_schema(std::move(parts));
    }

private:
    template <class Named>
    std::string name_of(const Named& named) const {
        return options_.enhanced ? named.full_name() : named.name();
    }
    void add(SchemaParts& parts, const FieldDescriptor& from) {
        parts.fields.push_back({.name = from.name(), .schema = field(from)});
    }

    SchemaPtr union_of(const google::protobuf::OneofDescriptor& oneof) {
        SchemaParts parts{.type = Type::Struct, .optional = true};
        if (options_.sum_types) {
            parts.name = oneof.name();
            parts.parameters = {{std::string(names::sum_union), oneof.name()}};
        } else {
            parts.name = fmt::format("{}.{}", names::union_struct, name_of(oneof));
        }
        for (int i = 0; i < oneof.field_count(); ++i) add(parts, *oneof.field(i));
        return make_schema(std::move(parts));
    }

    SchemaParts one(const FieldDescriptor& from) {
        switch (shape_of(from, options_)) {
        case Shape::Scalar:
            return scalar(from);
        case Shape::Enum:
            return enumeration(*from.enum_type());
        case Shape::Wrapper:
            return {.type = scalar_type(*from.message_type()->field(0)), .optional = true};
        case Shape::Decimal:
            return decimal(from);
        case Shape::Date:
            return make_logical_schema(Logical::Date, true)->parts();
        case Shape::Time:
            return make_logical_schema(Logical::Time, true)->parts();
        case Shape::Timestamp:
            return make_logical_schema(Logical::Timestamp, true)->parts();
        case Shape::Json:
            return {.type = Type::String, .optional = true, .name = from.message_type()->full_name()};
        case Shape::Map:
            return map(*from.message_type());
        case Shape::Struct:
            break;
        }
        auto parts = message(*from.message_type());
        parts.optional = true;
        return parts;
    }

    static SchemaParts scalar(const FieldDescriptor& from) {
        SchemaParts parts{.type = scalar_type(from)};
        if (parts.type == Type::Int32) {
            const auto params = params_of(from);
            const auto kept = params.find(std::string(names::connect_type));
            if (kept != params.end() && kept->second == "int8") parts.type = Type::Int8;
            if (kept != params.end() && kept->second == "int16") parts.type = Type::Int16;
        }
        const bool whole = parts.type == Type::Int32 || parts.type == Type::Int64;
        if (whole && from.type() != FieldDescriptor::TYPE_INT32 && from.type() != FieldDescriptor::TYPE_INT64)
            parts.parameters.emplace_back(names::type, from.type_name());
        return parts;
    }

    SchemaParts enumeration(const google::protobuf::EnumDescriptor& from) const {
        SchemaParts parts{.type = options_.int_enums ? Type::Int32 : Type::String, .optional = true};
        parts.name = name_of(from);
        const std::string parameter(enum_parameter(options_));
        parts.parameters.emplace_back(parameter, name_of(from));
        for (int i = 0; i < from.value_count(); ++i)
            parts.parameters.emplace_back(fmt::format("{}.{}", parameter, from.value(i)->name()),
                                          std::to_string(from.value(i)->number()));
        return parts;
    }

    static SchemaParts decimal(const FieldDescriptor& from) {
        const auto params = params_of(from);
        const auto number = [&](std::string_view name) -> std::optional<std::int32_t> {
            const auto found = params.find(std::string(name));
            return found == params.end() ? std::nullopt : whole_number(found->second);
        };
        SchemaParts parts{
            .type = Type::Bytes, .optional = true, .name = std::string(decimal_schema_name), .version = 1};
        parts.parameters.emplace_back(names::scale, std::to_string(number(names::scale).value_or(0)));
        if (const auto precision = number(names::precision))
            parts.parameters.emplace_back(names::connect_precision, std::to_string(*precision));
        return parts;
    }

    SchemaParts map(const Descriptor& entry) {
        auto name = name_of(entry);
        if (name.ends_with(names::entry)) name.resize(name.size() - names::entry.size());
        const auto point = name.rfind('.') + 1;
        name = name.substr(0, point) + snake_case(std::string_view(name).substr(point));
        return {.type = Type::Map,
                .optional = true,
                .name = std::move(name),
                .key = field(*entry.field(0)),
                .value = field(*entry.field(1))};
    }

    const ProtobufOptions& options_;
    std::vector<const Descriptor*> path_;
};

}

bool is_wrapper(const Descriptor& message) {
    const std::string_view name = message.full_name();
    return name.starts_with(wrappers) && name.ends_with("Value") && message.field_count() == 1 &&
           message.field(0)->name() == "value" && message.field(0)->number() == 1 &&
           message.file()->package() == "google.protobuf";
}

bool is_nullable(const FieldDescriptor& field, const ProtobufOptions& options) {
    if (field.is_repeated() || !field.has_presence()) return false;
    if (field.message_type() != nullptr || field.real_containing_oneof() != nullptr) return true;
    if (field.file()->syntax() == FileDescriptor::SYNTAX_PROTO3) return field.has_optional_keyword();
    return options.optional_proto2 && field.has_optional_keyword();
}

Shape shape_of(const FieldDescriptor& field, const ProtobufOptions& options) {
    if (field.enum_type() != nullptr) return Shape::Enum;
    const auto* message = field.message_type();
    if (message == nullptr) return Shape::Scalar;
    if (message->full_name() == names::decimal) return Shape::Decimal;
    if (message->full_name() == names::date) return Shape::Date;
    if (message->full_name() == names::time_of_day) return Shape::Time;
    if (message->full_name() == names::timestamp) return Shape::Timestamp;
    if (json_message(message->full_name()) != JsonMessage::None) return Shape::Json;
    if (options.wrapper_nullables && is_wrapper(*message)) return Shape::Wrapper;
    return field.is_repeated() && is_entry(*message) ? Shape::Map : Shape::Struct;
}

SchemaPtr to_connect(const Descriptor& message, const ProtobufOptions& options, std::optional<std::int32_t> version) {
    if (options.raw_wrappers && is_wrapper(message))
        return make_schema({.type = scalar_type(*message.field(0)), .version = version});
    if (json_message(message.full_name()) != JsonMessage::None)
        return make_schema({.type = Type::String, .name = message.full_name(), .version = version});
    return make_schema(Reader(options).message(message, version));
}

}
