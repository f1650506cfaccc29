#include "connectors/avro/avro_schema.hpp"

#include "connectors/support/json.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>

namespace millrace::avro {

namespace {

constexpr std::array<std::string_view, 14> type_names{"null",   "boolean", "int",    "long",  "float",
                                                      "double", "bytes",   "string", "fixed", "enum",
                                                      "record", "array",   "map",    "union"};

/// Writes a schema; a named type is written once and named from then on.
class Printer {
public:
    explicit Printer(std::string& out) : out_(out) {}

    void write(const AvroSchema& schema) {
        if (schema.is_named() && !written_.insert(schema.name).second)
            return append_avro_string(out_, reference(schema));
        switch (schema.type) {
        case AvroType::Union:
            return write_union(schema);
        case AvroType::Record:
            return write_record(schema);
        case AvroType::Enum:
        case AvroType::Fixed:
            return write_flat(schema);
        case AvroType::Array:
        case AvroType::Map:
            out_ += schema.type == AvroType::Array ? R"({"type":"array","items":)" : R"({"type":"map","values":)";
            write(*schema.parts[0]);
            write_properties(schema.properties);
            out_ += '}';
            return;
        default:
            return write_primitive(schema);
        }
    }

private:
    std::string_view reference(const AvroSchema& schema) const {
        return namespace_of(schema.name) == namespace_ ? simple_name(schema.name) : std::string_view(schema.name);
    }
    void write_member(std::string_view name, std::string_view text) {
        out_ += fmt::format(",\"{}\":", name);
        append_avro_string(out_, text);
    }
    void write_name(const AvroSchema& schema) {
        write_member("name", simple_name(schema.name));
        const auto space = namespace_of(schema.name);
        if (space != namespace_) write_member("namespace", space);
    }
    void write_properties(const std::vector<Property>& properties) {
        for (const auto& [name, json] : properties) {
            out_ += ',';
            append_avro_string(out_, name);
            out_ += ':';
            out_ += json;
        }
    }
    void write_names(std::string_view member, const std::vector<std::string>& names, bool relative) {
        out_ += fmt::format(",\"{}\":[", member);
        for (const auto& name : names) {
            if (&name != names.data()) out_ += ',';
            const bool near = relative && namespace_of(name) == namespace_;
            append_avro_string(out_, near ? simple_name(name) : std::string_view(name));
        }
        out_ += ']';
    }
    void write_aliases(const AvroSchema& schema) {
        if (!schema.aliases.empty()) write_names("aliases", schema.aliases, true);
    }
    void write_union(const AvroSchema& schema) {
        out_ += '[';
        for (const auto* branch : schema.parts) {
            if (branch != schema.parts.front()) out_ += ',';
            write(*branch);
        }
        out_ += ']';
    }
    void write_flat(const AvroSchema& schema) {
        out_ += schema.type == AvroType::Enum ? R"({"type":"enum")" : R"({"type":"fixed")";
        write_name(schema);
        if (schema.doc) write_member("doc", *schema.doc);
        if (schema.type == AvroType::Enum) {
            write_names("symbols", schema.symbols, false);
            if (schema.default_symbol) write_member("default", *schema.default_symbol);
        } else {
            out_ += fmt::format(",\"size\":{}", schema.size);
        }
        write_properties(schema.properties);
        write_aliases(schema);
        out_ += '}';
    }
    void write_record(const AvroSchema& schema) {
        out_ += R"({"type":"record")";
        write_name(schema);
        const auto around = namespace_;
        namespace_ = namespace_of(schema.name);
        if (schema.doc) write_member("doc", *schema.doc);
        out_ += ",\"fields\":[";
        for (const auto& field : schema.fields) {
            if (&field != schema.fields.data()) out_ += ',';
            out_ += "{\"name\":";
            append_avro_string(out_, field.name);
            out_ += ",\"type\":";
            write(*field.schema);
            if (field.doc) write_member("doc", *field.doc);
            if (field.default_json) out_ += ",\"default\":" + *field.default_json;
            if (!field.aliases.empty()) write_names("aliases", field.aliases, false);
            write_properties(field.properties);
            out_ += '}';
        }
        out_ += ']';
        write_properties(schema.properties);
        write_aliases(schema);
        namespace_ = around;
        out_ += '}';
    }
    void write_primitive(const AvroSchema& schema) {
        if (schema.properties.empty()) return append_avro_string(out_, to_string(schema.type));
        out_ += fmt::format("{{\"type\":\"{}\"", to_string(schema.type));
        write_properties(schema.properties);
        out_ += '}';
    }

    std::string& out_;
    std::string_view namespace_;
    std::set<std::string_view> written_;
};

}

std::string_view to_string(AvroType type) noexcept { return type_names[static_cast<std::size_t>(type)]; }

const std::string* AvroSchema::property(std::string_view wanted) const noexcept {
    const auto found = std::ranges::find(properties, wanted, &Property::name);
    return found == properties.end() ? nullptr : &found->json;
}

std::optional<std::string> AvroSchema::text_property(std::string_view wanted) const {
    const auto* text = property(wanted);
    if (text == nullptr || !text->starts_with('"')) return std::nullopt;
    return std::string(json::Document(*text).root().text());
}

std::optional<std::int32_t> AvroSchema::number_property(std::string_view wanted) const {
    const auto* text = property(wanted);
    if (text == nullptr) return std::nullopt;
    const json::Document document(*text);
    const auto number = document.root().as_integer();
    return number ? std::optional(static_cast<std::int32_t>(*number)) : std::nullopt;
}

const AvroField* AvroSchema::field(std::string_view wanted) const noexcept {
    const auto found = std::ranges::find(fields, wanted, &AvroField::name);
    return found == fields.end() ? nullptr : &*found;
}

void append_avro_schema(std::string& out, const AvroSchema& schema) { Printer(out).write(schema); }

void append_avro_string(std::string& out, std::string_view text) {
    // Java's Avro writes characters above U+FFFF as they are; all else as other JSON has it.
    std::string quoted;
    out += '"';
    while (!text.empty()) {
        const auto high = std::min(
            text.size(), static_cast<std::size_t>(
                             std::ranges::find_if(text, [](char c) { return static_cast<unsigned char>(c) >= 0xF0; }) -
                             text.begin()));
        quoted.clear();
        json::append_string(quoted, text.substr(0, high));
        out.append(quoted, 1, quoted.size() - 2);
        text.remove_prefix(high);
        const auto character = text.substr(0, 4);
        out += character;
        text.remove_prefix(character.size());
    }
    out += '"';
}

std::string_view namespace_of(std::string_view full_name) noexcept {
    const auto dot = full_name.rfind('.');
    return dot == std::string_view::npos ? std::string_view{} : full_name.substr(0, dot);
}

std::string_view simple_name(std::string_view full_name) noexcept {
    const auto dot = full_name.rfind('.');
    return dot == std::string_view::npos ? full_name : full_name.substr(dot + 1);
}

}
