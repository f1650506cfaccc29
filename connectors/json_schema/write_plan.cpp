#include "connectors/json_schema/write_plan.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/converters/text_buffer.hpp"

#include <fmt/format.h>

namespace millrace::json_schema {

WritePlan::WritePlan(const Schema& schema, const JsonSchemaOptions& options) : type_(schema.type()) {
    const auto add_part = [&](const std::string& name, const Schema& part) {
        std::string prefix;
        json::append_string(prefix, name);
        parts_.push_back({.name = name, .prefix = prefix + ':', .plan = WritePlan(part, options)});
    };
    switch (schema.type()) {
    case Type::Array:
        form_ = Form::Array;
        add_part("element", *schema.value_schema());
        break;
    case Type::Map:
        form_ = is_object_map(schema) ? Form::Object : Form::Entries;
        add_part("key", *schema.key_schema());
        add_part("value", *schema.value_schema());
        break;
    case Type::Struct:
        form_ = is_union(schema) ? Form::Union : Form::Struct;
        parts_.reserve(schema.fields().size());
        for (const auto& field : schema.fields()) add_part(field.name, *field.schema);
        break;
    default:
        scalar_.emplace(schema, converters::JsonOptions{.decimal_format = options.decimal_format,
                                                        .replace_null_with_default = false});
        break;
    }
    has_default_ = !schema.default_value().is_null() && !options.ignore_defaults;
    absent_ = !schema.optional() && !has_default_;
    if (!has_default_) return;
    converters::TextBuffer text;
    write(schema.default_value(), text);
    null_text_ = text.text();
}

void WritePlan::write(const Value& value, converters::TextBuffer& out) const {
    if (value.is_null()) return out.append(null_text_);
    if (value.kind() != converters::kind_of(type_))
        throw DataException(
            fmt::format("Invalid type for {}: {}", type_name(type_), converters::to_string(value.kind())));
    switch (form_) {
    case Form::Scalar:
        if (!scalar_->write(value, out)) throw DataException("Invalid value");
        return;
    case Form::Array:
        return write_array(value, out);
    case Form::Object:
    case Form::Entries:
        return write_map(value, out);
    case Form::Struct:
        return write_struct(value, out);
    case Form::Union:
        return write_branch(value, out);
    }
}

void WritePlan::write_array(const Value& value, converters::TextBuffer& out) const {
    bool first = true;
    out.append("[");
    for (const auto& element : value.as_values()) {
        if (!first) out.append(",");
        first = false;
        parts_[0].plan.write(element, out);
    }
    out.append("]");
}

void WritePlan::write_map(const Value& value, converters::TextBuffer& out) const {
    const bool object = form_ == Form::Object;
    bool first = true;
    out.append(object ? "{" : "[");
    for (const auto& [key, of_key] : value.as_entries()) {
        if (!first) out.append(",");
        first = false;
        if (!object) out.append("{\"key\":");
        parts_[0].plan.write(key, out);
        out.append(object ? ":" : ",\"value\":");
        parts_[1].plan.write(of_key, out);
        if (!object) out.append("}");
    }
    out.append(object ? "}" : "]");
}

void WritePlan::write_struct(const Value& value, converters::TextBuffer& out) const {
    const auto values = value.as_values();
    if (values.size() != parts_.size()) throw DataException("Mismatching schema.");
    bool first = true;
    out.append("{");
    const auto* field = values.data();
    for (const auto& [name, prefix, plan] : parts_) {
        const auto& of_field = *field++;
        if (plan.is_absent(of_field)) continue;  // as Confluent's: it is not there
        if (!first) out.append(",");
        first = false;
        out.append(prefix);
        try {
            plan.write(of_field, out);
        } catch (const DataException& e) {
            throw DataException(fmt::format("{} (field {})", e.what(), name));
        }
    }
    out.append("}");
}

void WritePlan::write_branch(const Value& value, converters::TextBuffer& out) const {
    const auto values = value.as_values();
    for (std::size_t i = 0; i < values.size() && i < parts_.size(); ++i) {
        const auto& plan = parts_[i].plan;
        if (!values[i].is_null() || plan.has_default_) return plan.write(values[i], out);
    }
    out.append("null");
}

}
