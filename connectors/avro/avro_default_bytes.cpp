#include "connectors/avro/avro_defaults.hpp"
#include "connectors/avro/binary.hpp"
#include "connectors/support/json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::avro {

namespace {

constexpr int most_levels = 200;

std::string latin1_bytes(std::string_view text) {
    Arena arena(64);
    const auto read = read_default(*make_schema({.type = Type::Bytes}), json::Node::string(text), {}, arena);
    return read ? std::string(read->as_text()) : std::string();
}

void append_default_bytes(converters::TextBuffer& out, const AvroSchema& schema, const json::Node& value, int level) {
    if (level > most_levels) throw DataException(fmt::format("Defaults of {} hold each other for ever", schema.name));
    const auto append_text = [&](std::string_view text) {
        append_long(out, static_cast<std::int64_t>(text.size()));
        out.append(text);
    };
    const auto append_list = [&](const auto& list, auto&& append) {
        if (!list.empty()) append_long(out, static_cast<std::int64_t>(list.size()));
        for (const auto& element : list) append(element);
        append_long(out, 0);
    };
    if (!is_valid_default(schema, value))
        throw DataException(fmt::format("A default is none of Avro's {} {}", to_string(schema.type), schema.name));
    switch (schema.type) {
    case AvroType::Null:
        return;
    case AvroType::Boolean:
        out.room(1);
        return out.put(value.as_boolean() ? '\1' : '\0');
    case AvroType::Int:
    case AvroType::Long:
        return append_long(out, value.as_wrapped_integer().value_or(0));
    case AvroType::Float:
        return append_real(out, static_cast<float>(value.as_double()));
    case AvroType::Double:
        return append_real(out, value.as_double());
    case AvroType::String:
        return append_text(value.text());
    case AvroType::Bytes:
        return append_text(latin1_bytes(value.text()));
    case AvroType::Fixed:
        return out.append(latin1_bytes(value.text()));
    case AvroType::Enum:
        return append_long(out, std::ranges::find(schema.symbols, value.text()) - schema.symbols.begin());
    case AvroType::Array:
        return append_list(value.elements(), [&](const json::Node& element) {
            append_default_bytes(out, *schema.parts[0], element, level + 1);
        });
    case AvroType::Map:
        return append_list(value.members(), [&](const json::Member& member) {
            append_text(member.name);
            append_default_bytes(out, *schema.parts[0], member.value, level + 1);
        });
    case AvroType::Union:
        append_long(out, 0);
        return append_default_bytes(out, *schema.parts[0], value, level + 1);
    case AvroType::Record:
        for (const auto& field : schema.fields) {
            if (const auto* member = value.find(field.name)) {
                append_default_bytes(out, *field.schema, *member, level + 1);
            } else if (field.default_json) {  // or the value would not be valid
                const json::Document otherwise(*field.default_json);
                append_default_bytes(out, *field.schema, otherwise.root(), level + 1);
            }
        }
        return;
    }
}

}

std::string encode_default(const AvroSchema& schema, const std::string& json) {
    const json::Document document(json);
    converters::TextBuffer out;
    append_default_bytes(out, schema, document.root(), 0);
    return std::string(out.text());
}

}
