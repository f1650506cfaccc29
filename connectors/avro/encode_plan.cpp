#include "connectors/avro/encode_plan.hpp"

#include "connectors/avro/avro_defaults.hpp"
#include "connectors/avro/binary.hpp"
#include "connectors/avro/connect_to_avro.hpp"
#include "connectors/converters/json_schema.hpp"
#include "connectors/support/decimal.hpp"
#include "connectors/support/json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::avro {

namespace {

bool is_whole(Type type) noexcept {
    return type == Type::Int8 || type == Type::Int16 || type == Type::Int32 || type == Type::Int64;
}

bool is_entry_list(const AvroSchema& avro) noexcept {
    return avro.type == AvroType::Array && avro.parts[0]->type == AvroType::Record &&
           avro.parts[0]->field("key") != nullptr && avro.parts[0]->field("value") != nullptr;
}

/// Whether values of `connect` have a place in `avro`, by their types alone.
bool fits(const Schema& connect, const AvroSchema& avro) noexcept {
    const bool text = connect.type() == Type::String;
    switch (avro.type) {
    case AvroType::Null:
    case AvroType::Union:
        return false;
    case AvroType::Boolean:
        return connect.type() == Type::Boolean;
    case AvroType::Int:
        return is_whole(connect.type()) && connect.type() != Type::Int64;
    case AvroType::Long:
        return is_whole(connect.type());
    case AvroType::Float:
        return is_whole(connect.type()) || connect.type() == Type::Float32;
    case AvroType::Double:
        return is_whole(connect.type()) || connect.type() == Type::Float32 || connect.type() == Type::Float64;
    case AvroType::Bytes:
        return text || connect.type() == Type::Bytes;
    case AvroType::String:
        return text;
    case AvroType::Enum:
        return text;
    case AvroType::Fixed:
        return connect.type() == Type::Bytes;
    case AvroType::Record:
        return connect.type() == Type::Struct;
    case AvroType::Array:
        return connect.type() == Type::Array || (connect.type() == Type::Map && is_entry_list(avro));
    case AvroType::Map:
        return connect.type() == Type::Map && connect.key_schema()->type() == Type::String;
    }
    return false;
}

/// Whether to_avro() would give such values just this schema, by type and name.
bool is_own(const Schema& connect, const AvroSchema& avro, const AvroOptions& options) {
    if (own_type(connect, options) != avro.type || !fits(connect, avro)) return false;
    if (!avro.is_named()) return (connect.type() == Type::Map) == (avro.type == AvroType::Map || is_entry_list(avro));
    if (avro.type == AvroType::Enum)
        return *connect.parameter(options.sum_types ? names::sum_enumeration : names::enumeration) == avro.name;
    return connect.name().empty() ? avro.name.starts_with(names::unnamed_record)
                                  : full_name(connect.name(), options) == avro.name;
}

std::optional<std::size_t> find_branch(const Schema& connect, const AvroSchema& avro, const AvroOptions& options) {
    const auto find = [&](auto&& good) -> std::optional<std::size_t> {
        const auto found = std::ranges::find_if(avro.parts, good);
        if (found == avro.parts.end()) return std::nullopt;
        return static_cast<std::size_t>(found - avro.parts.begin());
    };
    if (const auto own = find([&](const auto* branch) { return is_own(connect, *branch, options); })) return own;
    return find([&](const auto* branch) { return fits(connect, *branch); });
}

[[noreturn]] void no_place(const Schema& connect, const AvroSchema& avro) {
    throw DataException(fmt::format("A value of type {} {} cannot be written as {} {} of Avro",
                                    type_name(connect.type()), connect.name(), to_string(avro.type), avro.name));
}

std::optional<std::string> null_branch(const AvroSchema& avro) {
    if (avro.type != AvroType::Union) return std::nullopt;
    for (std::size_t i = 0; i < avro.parts.size(); ++i) {
        if (avro.parts[i]->type == AvroType::Null) return encoded_long(static_cast<std::int64_t>(i));
    }
    return std::nullopt;
}

}

EncodePlan::EncodePlan(const Schema& connect, const AvroSchema& avro, const AvroOptions& options)
    : EncodePlan(connect, avro, options, false) {}

EncodePlan::EncodePlan(const Schema& connect, const AvroSchema& avro, const AvroOptions& options, bool in_struct)
    : kind_(converters::kind_of(connect.type())) {
    if (connect.type() == Type::Struct && is_union(connect)) {
        plan_union(connect, avro, options);
    } else if (avro.type == AvroType::Union) {
        const auto branch = find_branch(connect, avro, options);
        if (!branch) no_place(connect, avro);
        branch_ = encoded_long(static_cast<std::int64_t>(*branch));
        plan_present(connect, *avro.parts[*branch], options);
    } else {
        plan_present(connect, avro, options);
    }
    set_null(connect, avro, options, in_struct);
}

void EncodePlan::set_null(const Schema& connect, const AvroSchema& avro, const AvroOptions& options, bool in_struct) {
    const auto& otherwise = connect.default_value();
    if (in_struct && !otherwise.is_null() && !(options.ignore_defaults && connect.optional())) {
        converters::TextBuffer bytes;
        write(otherwise, bytes);
        null_ = std::string(bytes.text());
    } else if (connect.optional()) {
        null_ = null_branch(avro);
    }
}

void EncodePlan::plan_present(const Schema& connect, const AvroSchema& avro, const AvroOptions& options) {
    if (!fits(connect, avro)) no_place(connect, avro);
    switch (avro.type) {
    case AvroType::Boolean:
        code_ = Code::Boolean;
        return;
    case AvroType::Int:
    case AvroType::Long:
        code_ = Code::Whole;
        return;
    case AvroType::Float:
        code_ = Code::Float;
        return;
    case AvroType::Double:
        code_ = Code::Double;
        return;
    case AvroType::Enum:
        code_ = Code::Enum;
        symbols_ = avro.symbols;
        return;
    case AvroType::Fixed:
        code_ = connect.name() == decimal_schema_name ? Code::FixedDecimal : Code::Fixed;
        size_ = avro.size;
        return;
    case AvroType::Record:
        return plan_record(connect, avro, options);
    case AvroType::Array:
    case AvroType::Map:
        return plan_parts(connect, avro, options);
    default:
        code_ = Code::Text;
        return;
    }
}

void EncodePlan::plan_parts(const Schema& connect, const AvroSchema& avro, const AvroOptions& options) {
    const auto add = [&](const char* name, const SchemaPtr& part, const AvroSchema& place) {
        parts_.push_back({.name = name, .constant = {}, .plan = EncodePlan(*part, place, options, false)});
    };
    if (connect.type() == Type::Array) {
        code_ = Code::Array;
        return add("element", connect.value_schema(), *avro.parts[0]);
    }
    code_ = avro.type == AvroType::Map ? Code::Map : Code::Entries;
    static const AvroSchema text{.type = AvroType::String};
    if (code_ == Code::Map) {
        parts_.push_back({.name = "key",
                          .constant = {},
                          .plan = EncodePlan(*make_schema({.type = Type::String}), text, options, false)});
        return add("value", connect.value_schema(), *avro.parts[0]);
    }
    add("key", connect.key_schema(), *avro.parts[0]->field("key")->schema);
    add("value", connect.value_schema(), *avro.parts[0]->field("value")->schema);
}

void EncodePlan::plan_record(const Schema& connect, const AvroSchema& avro, const AvroOptions& options) {
    code_ = Code::Record;
    size_ = static_cast<std::int32_t>(connect.fields().size());
    parts_.reserve(avro.fields.size());
    for (const auto& place : avro.fields) {
        const auto fields = connect.fields();
        const auto field = std::ranges::find_if(
            fields, [&](const Field& candidate) { return field_name(candidate.name, options) == place.name; });
        if (field != fields.end()) {
            parts_.push_back({.name = field->name,
                              .from = static_cast<std::int32_t>(field - fields.begin()),
                              .constant = {},
                              .plan = EncodePlan(*field->schema, *place.schema, options, true)});
        } else if (place.default_json) {
            const auto nothing = make_schema({.type = Type::Boolean});
            const AvroSchema nowhere{.type = AvroType::Boolean};
            parts_.push_back({.name = place.name,
                              .from = -1,
                              .constant = encode_default(*place.schema, *place.default_json),
                              .plan = EncodePlan(*nothing, nowhere, options, false)});
        } else {
            throw DataException(
                fmt::format("Field {} of record {} is not in the data, and has no default", place.name, avro.name));
        }
    }
}

void EncodePlan::plan_union(const Schema& connect, const AvroSchema& avro, const AvroOptions& options) {
    if (avro.type != AvroType::Union) no_place(connect, avro);
    code_ = Code::Union;
    for (const auto& field : connect.fields()) {
        parts_.push_back({.name = field.name, .constant = {}, .plan = EncodePlan(*field.schema, avro, options, true)});
    }
}

void EncodePlan::write(const Value& value, converters::TextBuffer& out) const {
    if (!write_any(value, out)) throw DataException(explain(value, ""));
}

bool EncodePlan::write_any(const Value& value, converters::TextBuffer& out) const {
    if (value.kind() == kind_) {
        if (!branch_.empty()) out.append(branch_);
        return write_present(value, out);
    }
    if (!value.is_null() || !null_) return false;
    out.append(*null_);
    return true;
}

bool EncodePlan::write_present(const Value& value, converters::TextBuffer& out) const {
    const bool whole = kind_ != Value::Kind::Float32 && kind_ != Value::Kind::Float64;
    switch (code_) {
    case Code::Boolean:
        out.room(1);
        out.put(value.as_boolean() ? '\1' : '\0');
        return true;
    case Code::Whole:
        append_long(out, value.as_integer());
        return true;
    case Code::Float:
        append_real(out, static_cast<float>(whole ? static_cast<double>(value.as_integer()) : value.as_double()));
        return true;
    case Code::Double:
        append_real(out, whole ? static_cast<double>(value.as_integer()) : value.as_double());
        return true;
    case Code::Text: {
        const auto text = value.as_text();
        out.room(most_varint_bytes + text.size());
        put_long(out, static_cast<std::int64_t>(text.size()));
        out.put(text);
        return true;
    }
    case Code::Fixed:
    case Code::FixedDecimal:
        return write_fixed(value, out);
    case Code::Enum:
        return write_enum(value, out);
    case Code::Array:
        return write_list(value, out);
    case Code::Map:
    case Code::Entries:
        return write_map(value, out);
    case Code::Record:
        return write_record(value, out);
    case Code::Union:
        return write_union(value, out);
    }
    return false;
}

bool EncodePlan::write_fixed(const Value& value, converters::TextBuffer& out) const {
    const auto bytes = value.as_text();
    const auto size = static_cast<std::size_t>(size_);
    if (bytes.size() > size || (bytes.size() < size && code_ == Code::Fixed)) return false;
    const char sign = !bytes.empty() && static_cast<signed char>(bytes[0]) < 0 ? '\xFF' : '\0';
    out.room(size);
    for (std::size_t i = bytes.size(); i < size; ++i) out.put(sign);
    out.put(bytes);
    return true;
}

bool EncodePlan::write_enum(const Value& value, converters::TextBuffer& out) const {
    const auto found = std::ranges::find(symbols_, value.as_text());
    if (found == symbols_.end()) return false;
    append_long(out, found - symbols_.begin());
    return true;
}

bool EncodePlan::write_list(const Value& value, converters::TextBuffer& out) const {
    const auto& element = parts_[0].plan;
    const auto values = value.as_values();
    if (!values.empty()) append_long(out, static_cast<std::int64_t>(values.size()));
    for (const auto& part : values) {
        if (!element.write_any(part, out)) return false;
    }
    append_long(out, 0);
    return true;
}

bool EncodePlan::write_map(const Value& value, converters::TextBuffer& out) const {
    const auto entries = value.as_entries();
    if (!entries.empty()) append_long(out, static_cast<std::int64_t>(entries.size()));
    for (const auto& [key, of_key] : entries) {
        if (!parts_[0].plan.write_any(key, out) || !parts_[1].plan.write_any(of_key, out)) return false;
    }
    append_long(out, 0);
    return true;
}

bool EncodePlan::write_record(const Value& value, converters::TextBuffer& out) const {
    const auto values = value.as_values();
    if (values.size() != static_cast<std::size_t>(size_)) return false;
    for (const auto& part : parts_) {
        if (part.from < 0) {
            out.append(part.constant);
        } else if (!part.plan.write_any(values[static_cast<std::size_t>(part.from)], out)) {
            return false;
        }
    }
    return true;
}

/// The first branch that has a value, or a default.
bool EncodePlan::write_union(const Value& value, converters::TextBuffer& out) const {
    const auto values = value.as_values();
    if (values.size() != parts_.size()) return false;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!values[i].is_null()) return parts_[i].plan.write_any(values[i], out);
    }
    if (!null_) return false;
    out.append(*null_);
    return true;
}

}
