#include "connectors/json_schema/connect_to_json_schema.hpp"

#include "connectors/converters/text_buffer.hpp"
#include "connectors/json_schema/write_plan.hpp"
#include "connectors/support/decimal.hpp"
#include "connectors/support/json.hpp"

#include <optional>

namespace millrace::json_schema {

namespace {

class Writer {
public:
    Writer(std::string& out, const JsonSchemaOptions& options) : json_(out), options_(options) {}

    /// `index`: which field of its Struct it is. `present`: null has a place elsewhere.
    void write(const Schema& schema, std::optional<std::size_t> index = {}, bool present = false) {
        json_.begin_object();
        if (is_union(schema)) {
            write_branches(schema);
        } else if (schema.optional() && !present) {
            json_.key("oneOf").begin_array().raw(R"({"type":"null"})");
            part(schema, {}, true);
            json_.end_array();
        } else {
            write_present(schema);
        }
        if (index) json_.key("connect.index").integer(static_cast<std::int64_t>(*index));
        json_.end_object();
    }

private:
    /// Another schema inside of this.
    void part(const Schema& schema, std::optional<std::size_t> index = {}, bool present = false) {
        std::string text;
        Writer(text, options_).write(schema, index, present);
        json_.raw(text);
    }

    void write_branches(const Schema& schema) {
        json_.key("oneOf").begin_array();
        if (schema.optional()) json_.raw(R"({"type":"null"})");
        for (std::size_t i = 0; i < schema.fields().size(); ++i) part(*schema.fields()[i].schema, i, true);
        json_.end_array();
    }

    void write_type(std::string_view type, std::string_view connect_type = {}) {
        json_.key("type").string(type);
        if (!connect_type.empty()) json_.key("connect.type").string(connect_type);
    }

    void write_present(const Schema& schema) {
        switch (schema.type()) {
        case Type::Int8:
        case Type::Int16:
        case Type::Int32:
        case Type::Int64:
            write_type("integer", converters::json_type_name(schema.type()));
            break;
        case Type::Float32:
        case Type::Float64:
            write_type("number", schema.type() == Type::Float32 ? "float32" : "float64");
            break;
        case Type::Boolean:
            write_type("boolean");
            break;
        case Type::String:
            write_text(schema);
            break;
        case Type::Bytes:
            write_type(is_number(schema, options_) ? "number" : "string", "bytes");
            break;
        case Type::Array:
            write_type("array");
            json_.key("items");
            part(*schema.value_schema());
            break;
        case Type::Map:
            write_map(schema);
            break;
        case Type::Struct:
            write_struct(schema);
            break;
        }
        write_attributes(schema);
    }

    /// A String, or an enum of what its parameters name.
    void write_text(const Schema& schema) {
        const auto kind = options_.sum_types ? names::sum_enumeration : names::enumeration;
        if (schema.parameter(names::enumeration) == nullptr && schema.parameter(names::sum_enumeration) == nullptr)
            return write_type("string");
        const auto prefix = std::string(kind) + ".";
        json_.key("enum").begin_array();
        for (const auto& [name, value] : schema.parameters()) {
            if (!name.starts_with(prefix)) continue;
            const auto symbol = name.substr(prefix.size());
            if (symbol == names::null_marker) {
                json_.null();
            } else {
                json_.string(symbol);
            }
        }
        json_.end_array();
    }

    void write_map(const Schema& schema) {
        if (is_object_map(schema)) {
            write_type("object", "map");
            json_.key("additionalProperties");
            return part(*schema.value_schema());
        }
        write_type("array", "map");
        json_.key("items").begin_object().key("type").string("object").key("properties").begin_object();
        json_.key("key");
        part(*schema.key_schema(), 0);
        json_.key("value");
        part(*schema.value_schema(), 1);
        json_.end_object().end_object();
    }

    void write_struct(const Schema& schema) {
        write_type("object");
        json_.key("properties").begin_object();
        for (std::size_t i = 0; i < schema.fields().size(); ++i) {
            json_.key(schema.fields()[i].name);
            part(*schema.fields()[i].schema, i);
        }
        json_.end_object();
        if (!options_.additional_properties) json_.key("additionalProperties").boolean(false);
    }

    void write_attributes(const Schema& schema) {
        if (!schema.name().empty()) json_.key("title").string(schema.name());
        if (const auto version = schema.version()) json_.key("connect.version").integer(*version);
        if (!schema.doc().empty()) json_.key("description").string(schema.doc());
        bool any = false;
        for (const auto& [name, value] : schema.parameters()) {
            if (name.starts_with(names::space)) continue;
            if (!any) json_.key("connect.parameters").begin_object();
            any = true;
            json_.key(name).string(value);
        }
        if (any) json_.end_object();
        if (schema.default_value().is_null()) return;
        converters::TextBuffer text;
        WritePlan(schema, options_).write(schema.default_value(), text);
        json_.key("default").raw(text.text());
    }

    json::Writer json_;
    const JsonSchemaOptions& options_;
};

}

bool is_union(const Schema& schema) noexcept {
    return schema.type() == Type::Struct &&
           (schema.name() == names::one_of || schema.parameter(names::sum_union) != nullptr);
}

bool is_object_map(const Schema& schema) noexcept {
    return schema.key_schema()->type() == Type::String && !schema.key_schema()->optional();
}

bool is_number(const Schema& schema, const JsonSchemaOptions& options) noexcept {
    return schema.type() == Type::Bytes && schema.name() == decimal_schema_name &&
           options.decimal_format == converters::DecimalFormat::Numeric;
}

std::string to_json_schema(const Schema& schema, const JsonSchemaOptions& options) {
    std::string text;
    Writer(text, options).write(schema);
    return text;
}

}
