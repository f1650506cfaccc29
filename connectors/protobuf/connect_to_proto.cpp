#include "connectors/protobuf/connect_to_proto.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/converters/json_schema.hpp"
#include "connectors/protobuf/json_messages.hpp"
#include "connectors/protobuf/known_files.hpp"
#include "connectors/support/decimal.hpp"
#include "connectors/support/logical_type.hpp"
#include "connectors/support/text.hpp"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <map>
#include <optional>

namespace millrace::protobuf {

namespace {

using Parameters = std::map<std::string, std::string>;

/// A message under construction: the texts of its parts.
struct MessageText {
    std::string name;
    std::string fields = {};
    std::string oneofs = {};
    std::map<std::string, std::string> nested = {};  ///< by name
    std::vector<std::string> order = {};             ///< of those

    void nest(const std::string& type, std::string text) {
        const auto [known, is_new] = nested.try_emplace(type, std::move(text));
        if (is_new) order.push_back(type);
    }
};

void append_indented(std::string& out, std::string_view lines) {
    while (!lines.empty()) {
        const auto end = lines.find('\n') + 1;
        out += "  ";
        out += lines.substr(0, end);
        lines.remove_prefix(end);
    }
}

std::string text_of(const MessageText& message) {
    auto out = fmt::format("message {} {{\n", message.name);
    append_indented(out, message.fields);
    if (!message.oneofs.empty()) {
        out += '\n';
        append_indented(out, message.oneofs);
    }
    for (const auto& type : message.order) {
        out += '\n';
        append_indented(out, message.nested.at(type));
    }
    return out + "}\n";
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n') {
            out += "\\n";
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string meta_text(const Parameters& parameters) {
    if (parameters.empty()) return "";
    std::string out = " [(confluent.field_meta) = {\n  params: [\n";
    std::size_t left = parameters.size();
    for (const auto& [key, value] : parameters)
        out += fmt::format("    {{\n      key: {},\n      value: {}\n    }}{}\n", quoted(key), quoted(value),
                           --left == 0 ? "" : ",");
    return out + "  ]\n}]";
}

/// Snake case becomes that of messages: order_lines, OrderLines.
std::string camel_case(std::string_view name) {
    if (name.find('_') == std::string_view::npos) return std::string(name);
    std::string out;
    bool starts = true;
    for (const char c : name) {
        if (c == '_') {
            starts = true;
            continue;
        }
        const bool lower = c >= 'a' && c <= 'z';
        out += starts && lower ? static_cast<char>(c - 'a' + 'A') : c;
        starts = false;
    }
    return out;
}

std::string_view scalar_name(Type type) noexcept {
    switch (type) {
    case Type::Int8:
    case Type::Int16:
    case Type::Int32:
        return "int32";
    case Type::Int64:
        return "int64";
    case Type::Float32:
        return "float";
    case Type::Float64:
        return "double";
    case Type::Boolean:
        return "bool";
    case Type::String:
        return "string";
    case Type::Bytes:
        return "bytes";
    case Type::Array:
    case Type::Map:
    case Type::Struct:
        break;
    }
    return "";
}

/// Of a file that libprotobuf has itself.
std::string known_text(std::string_view file) {
    return google::protobuf::DescriptorPool::generated_pool()->FindFileByName(std::string(file))->DebugString();
}

bool is_json(const Schema& schema) noexcept {
    return schema.type() == Type::String && json_message(schema.name()) != JsonMessage::None;
}

class Writer {
public:
    explicit Writer(const ProtobufOptions& options) : options_(options) {}

    ProtoText write(const Schema& schema) {
        const auto full = schema.name().empty() ? unnamed() : schema.name();
        const auto point = full.rfind('.');
        const auto name = field_name(point == std::string::npos ? full : full.substr(point + 1), options_);
        if (point != std::string::npos) package_ = package_of(full.substr(0, point));
        const auto message = message_of(schema, name);
        ProtoText out;
        out.text = "syntax = \"proto3\";\n";
        if (!package_.empty()) out.text += fmt::format("package {};\n", package_);
        if (!imports_.empty()) out.text += '\n';
        for (const auto& import : imports_) out.text += fmt::format("import \"{}\";\n", import);
        out.text += '\n' + message;
        out.message = package_.empty() ? name : package_ + "." + name;
        out.imports = imports_;
        return out;
    }

private:
    std::string unnamed() { return fmt::format("{}{}", names::unnamed, ++unnamed_); }

    std::string package_of(std::string_view text) const {
        std::string out;
        for (const auto part : java_split(text, '.')) out += (out.empty() ? "" : ".") + field_name(part, options_);
        return out;
    }

    std::string short_name(const std::string& name) {
        const auto full = name.empty() ? unnamed() : name;
        return field_name(full.substr(full.rfind('.') + 1), options_);
    }

    void import(std::string_view file) {
        if (std::ranges::find(imports_, file) == imports_.end()) imports_.emplace_back(file);
    }
    std::string import(std::string_view file, std::string_view type) {
        import(file);
        // Names are looked for from the inside out, so a part of the package would hide what is meant.
        const auto root = type.substr(0, type.find('.'));
        const bool hidden = ("." + package_ + ".").find(fmt::format(".{}.", root)) != std::string::npos;
        return fmt::format("{}{}", hidden ? "." : "", type);
    }

    std::string message_of(const Schema& schema, const std::string& name) {
        MessageText message{.name = name};
        int next = 1;
        for (const auto& field : schema.fields()) {
            const auto* tag = field.schema->parameter(names::tag);
            const auto number = tag != nullptr ? *tag : std::to_string(next++);
            const auto in_proto = field_name(field.name, options_);
            if (is_union(*field.schema)) {
                message.oneofs += oneof_of(message, *field.schema, next);
            } else {
                message.fields += line_of(message, *field.schema, in_proto, number);
            }
        }
        return text_of(message);
    }

    /// Branches without numbers of their own take the next of the message.
    std::string oneof_of(MessageText& message, const Schema& schema, int& next) {
        std::string name;
        if (options_.sum_types && schema.parameter(names::sum_union) != nullptr) {
            name = *schema.parameter(names::sum_union);
        } else {
            const auto prefix = names::union_struct.size() + 1;
            name = schema.name().size() > prefix ? schema.name().substr(prefix) : std::string("union");
        }
        std::string branches;
        bool first = true;
        for (const auto& field : schema.fields()) {
            const auto* tag = field.schema->parameter(names::tag);
            // The union itself has taken the first.
            const auto number = tag != nullptr ? *tag : std::to_string(first ? next - 1 : next++);
            first = first && tag != nullptr;
            branches += line_of(message, *field.schema, field_name(field.name, options_), number, true);
        }
        auto out = fmt::format("oneof {} {{\n", short_name(name));
        append_indented(out, branches);
        return out + "}\n";
    }

    std::string line_of(MessageText& message, const Schema& schema, const std::string& name, const std::string& number,
                        bool in_oneof = false) {
        const bool list = schema.type() == Type::Array;
        const auto& element = list ? *schema.value_schema() : schema;
        std::string label;
        if (list || schema.type() == Type::Map) {
            if (in_oneof) throw DataException(fmt::format("A union has no place for a list in Protobuf: {}", name));
            label = "repeated ";
        } else if (options_.optional_nullables && schema.optional() && !in_oneof) {
            label = "optional ";
        }
        Parameters parameters;
        const auto type = type_of(message, element, name, parameters);
        if (!parameters.empty()) import(meta_file);
        return fmt::format("{}{} {} = {}{};\n", label, type, name, number, meta_text(parameters));
    }

    std::string type_of(MessageText& message, const Schema& schema, const std::string& field, Parameters& parameters) {
        if (const auto logical = logical_type_of(schema, parameters)) return *logical;
        switch (schema.type()) {
        case Type::Array:
            throw DataException(fmt::format("Array cannot be nested: {}", field));
        case Type::Map:
            return map_of(message, schema);
        case Type::Struct:
            return struct_of(message, schema, field);
        default:
            break;
        }
        if (const auto* name = enum_name(schema, options_)) return enum_of(message, schema, *name);
        if (schema.type() == Type::Int8) parameters.emplace(names::connect_type, "int8");
        if (schema.type() == Type::Int16) parameters.emplace(names::connect_type, "int16");
        if (options_.wrapper_nullables && schema.optional()) return import(wrappers_file, wrapper_of(schema.type()));
        const auto* kept = schema.parameter(names::type);
        return kept != nullptr ? *kept : std::string(scalar_name(schema.type()));
    }

    std::optional<std::string> logical_type_of(const Schema& schema, Parameters& parameters) {
        if (schema.name() == date_schema_name) return import(date_file, names::date);
        if (schema.name() == time_schema_name) return import(time_file, names::time_of_day);
        if (schema.name() == timestamp_schema_name) return import(timestamp_file, names::timestamp);
        if (is_json(schema)) return import(struct_file, schema.name());
        if (schema.name() != decimal_schema_name) return std::nullopt;
        if (const auto* precision = schema.parameter(names::connect_precision))
            parameters.emplace(names::precision, *precision);
        if (const auto* scale = schema.parameter(names::scale)) parameters.emplace(names::scale, *scale);
        return import(decimal_file, names::decimal);
    }

    std::string map_of(MessageText& message, const Schema& schema) {
        const auto type = camel_case(short_name(schema.name())) + std::string(names::entry);
        MessageText entry{.name = type};
        entry.fields += line_of(entry, *schema.key_schema(), "key", "1");
        entry.fields += line_of(entry, *schema.value_schema(), "value", "2");
        add(message, type, text_of(entry));
        return type;
    }

    std::string struct_of(MessageText& message, const Schema& schema, const std::string& field) {
        auto type = short_name(schema.name());
        if (type == field) type += "Message";
        add(message, type, message_of(schema, type));
        return type;
    }

    std::string enum_of(MessageText& message, const Schema& schema, const std::string& full) {
        const auto type = short_name(full);
        const auto prefix = std::string(enum_parameter(options_)) + ".";
        std::string zero;
        std::string others;
        for (const auto& [name, value] : schema.parameters()) {
            if (!name.starts_with(prefix)) continue;
            auto& out = value == "0" && zero.empty() ? zero : others;  // which must come first
            out += fmt::format("  {} = {};\n", name.substr(prefix.size()), value);
        }
        add(message, type, fmt::format("enum {} {{\n{}{}}}\n", type, zero, others));
        return type;
    }

    /// Java would take the first of two types for both, and lose data.
    void add(MessageText& message, const std::string& type, std::string text) {
        const auto known = message.nested.find(type);
        if (known != message.nested.end() && known->second != text)
            throw DataException(fmt::format("Can't redefine: {} (in message {})", type, message.name));
        message.nest(type, std::move(text));
    }

    const ProtobufOptions& options_;
    std::string package_;
    std::vector<std::string> imports_;
    int unnamed_ = 0;
};

}

ProtoText to_proto(const Schema& schema, const ProtobufOptions& options) {
    if (schema.type() == Type::Struct) return Writer(options).write(schema);
    if (is_json(schema)) return {.text = known_text(struct_file), .message = schema.name(), .imports = {}};
    const auto wrapper = wrapper_of(schema.type());
    if (!options.raw_wrappers || wrapper.empty())
        throw DataException(fmt::format("Unsupported root schema of type {}", type_name(schema.type())));
    return {.text = known_text(wrappers_file), .message = std::string(wrapper), .imports = {}};
}

}
