#include "connectors/converters/json_plan.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/converters/text_buffer.hpp"
#include "connectors/support/caused.hpp"
#include "connectors/support/decimal.hpp"
#include "connectors/support/json.hpp"

#include <fmt/format.h>

namespace millrace::converters {

namespace {

/// Room for a comma, brackets and any number but a decimal.
constexpr std::size_t scalar_room = 40;

}

JsonPlan::JsonPlan(const Schema& schema, const JsonOptions& options) : kind_(kind_of(schema.type())) {
    const auto add_part = [&](const std::string& name, std::string prefix, const Schema& part) {
        parts_.push_back({.name = name, .prefix = std::move(prefix), .plan = JsonPlan(part, options)});
    };
    switch (schema.type()) {
    case Type::Boolean:
        code_ = Code::Boolean;
        break;
    case Type::Int8:
    case Type::Int16:
    case Type::Int32:
    case Type::Int64:
        code_ = Code::Integer;
        break;
    case Type::Float32:
        code_ = Code::Float32;
        break;
    case Type::Float64:
        code_ = Code::Float64;
        break;
    case Type::String:
        code_ = Code::String;
        break;
    case Type::Bytes:
        code_ = Code::Bytes;
        if (schema.name() == decimal_schema_name && options.decimal_format == DecimalFormat::Numeric) {
            code_ = Code::DecimalNumber;
            scale_ = decimal_scale(schema);
        }
        break;
    case Type::Array:
        code_ = Code::Array;
        add_part("element", ",", *schema.value_schema());
        break;
    case Type::Map:
        code_ = schema.key_schema()->type() == Type::String ? Code::ObjectMap : Code::PairMap;
        add_part("key", ",", *schema.key_schema());
        add_part("value", ":", *schema.value_schema());
        break;
    case Type::Struct:
        code_ = Code::Struct;
        parts_.reserve(schema.fields().size());
        for (const auto& field : schema.fields()) {
            std::string prefix = parts_.empty() ? "{" : ",";
            json::append_string(prefix, field.name);
            add_part(field.name, prefix + ':', *field.schema);
        }
        break;
    }
    if (options.replace_null_with_default && !schema.default_value().is_null()) {
        std::string text;
        write(schema.default_value(), text);
        null_text_ = std::move(text);
    } else if (schema.optional()) {
        null_text_ = "null";
    }
}

void JsonPlan::write(const Value& value, std::string& out) const {
    TextBuffer buffer;
    if (!write(value, buffer)) {
        const auto misfit =
            explain(value, "").value_or(Misfit{.message = "The value does not fit its schema", .path = ""});
        if (misfit.path.empty()) throw DataException(misfit.message);
        throw_caused(misfit.message, fmt::format("It is the field {}", misfit.path));
    }
    out += buffer.text();
}

bool JsonPlan::write(const Value& value, TextBuffer& out) const {
    if (value.kind() == kind_) return write_present(value, out);
    if (!value.is_null() || !null_text_) return false;
    out.append(*null_text_);
    return true;
}

bool JsonPlan::write_present(const Value& value, TextBuffer& out) const {
    out.room(scalar_room);
    switch (code_) {
    case Code::Boolean:
        out.put(value.as_boolean() ? std::string_view{"true"} : std::string_view{"false"});
        return true;
    case Code::Integer:
        out.put_integer(value.as_integer());
        return true;
    case Code::Float32:
    case Code::Float64: {
        std::string text;
        if (code_ == Code::Float32) {
            json::append_float(text, static_cast<float>(value.as_double()));
        } else {
            json::append_double(text, value.as_double());
        }
        out.append(text);
        return true;
    }
    case Code::String:
        return write_string(value, out);
    case Code::Bytes:
        out.put('"');
        out.put_base64(value.as_text());
        out.append("\"");
        return true;
    case Code::DecimalNumber: {
        std::string text;
        append_decimal(text, value.as_text(), scale_);
        out.append(text);
        return true;
    }
    case Code::Array:
        return write_array(value, out);
    case Code::ObjectMap:
        return write_object(value, out);
    case Code::PairMap:
        return write_pairs(value, out);
    case Code::Struct:
        return write_struct(value, out);
    }
    return false;
}

bool JsonPlan::write_string(const Value& value, TextBuffer& out) {
    out.put('"');
    out.put_escaped(value.as_text());
    out.append("\"");
    return true;
}

bool JsonPlan::write_array(const Value& value, TextBuffer& out) const {
    const auto& element = parts_[0].plan;
    out.put('[');
    bool first = true;
    for (const auto& part : value.as_values()) {
        out.room(1);
        if (!first) out.put(',');
        first = false;
        if (!element.write(part, out)) return false;
    }
    out.append("]");
    return true;
}

bool JsonPlan::write_object(const Value& value, TextBuffer& out) const {
    out.put('{');
    bool first = true;
    for (const auto& entry : value.as_entries()) {
        if (entry.key.kind() != Value::Kind::String && !entry.key.is_null()) return false;
        out.room(scalar_room);
        if (!first) out.put(',');
        first = false;
        write_string(entry.key.is_null() ? Value::string("null") : entry.key, out);
        out.append(":");
        if (!parts_[1].plan.write(entry.value, out)) return false;
    }
    out.append("}");
    return true;
}

bool JsonPlan::write_pairs(const Value& value, TextBuffer& out) const {
    out.put('[');
    bool first = true;
    for (const auto& entry : value.as_entries()) {
        out.append(first ? "[" : ",[");
        first = false;
        if (!parts_[0].plan.write(entry.key, out)) return false;
        out.append(",");
        if (!parts_[1].plan.write(entry.value, out)) return false;
        out.append("]");
    }
    out.append("]");
    return true;
}

bool JsonPlan::write_struct(const Value& value, TextBuffer& out) const {
    const auto values = value.as_values();
    if (values.size() != parts_.size()) return false;
    if (values.empty()) out.put('{');
    const auto* field = values.data();
    for (const auto& part : parts_) {
        out.append(part.prefix);
        if (!part.plan.write(*field++, out)) return false;
    }
    out.append("}");
    return true;
}

std::optional<JsonPlan::Misfit> JsonPlan::explain(const Value& value, const std::string& path) const {
    if (value.is_null()) {
        if (null_text_) return std::nullopt;
        return Misfit{.message = "Conversion error: null value for field that is required and has no default value",
                      .path = path};
    }
    if (value.kind() != kind_) {
        return Misfit{.message = fmt::format("Conversion error: the schema says {} and the value is {}",
                                             to_string(kind_), to_string(value.kind())),
                      .path = path};
    }
    const auto within = [&path](std::string_view name) {
        return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
    };
    std::optional<Misfit> found;
    if (code_ == Code::Struct) {
        const auto values = value.as_values();
        if (values.size() != parts_.size()) {
            return Misfit{.message = fmt::format("Conversion error: the schema has {} fields and the struct {}",
                                                 parts_.size(), values.size()),
                          .path = path};
        }
        for (std::size_t i = 0; i < values.size() && !found; ++i) {
            found = parts_[i].plan.explain(values[i], within(parts_[i].name));
        }
    } else if (code_ == Code::Array) {
        for (const auto& element : value.as_values()) {
            if (!found) found = parts_[0].plan.explain(element, within("element"));
        }
    } else if (kind_ == Value::Kind::Map) {
        for (const auto& entry : value.as_entries()) {
            const bool null_name = code_ == Code::ObjectMap && entry.key.is_null();
            if (!found && !null_name) found = parts_[0].plan.explain(entry.key, within("key"));
            if (!found) found = parts_[1].plan.explain(entry.value, within("value"));
        }
    }
    return found;
}

}
