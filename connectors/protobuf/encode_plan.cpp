#include "connectors/api/errors.hpp"
#include "connectors/converters/json_schema.hpp"
#include "connectors/protobuf/encode_plan_parts.hpp"
#include "connectors/protobuf/logical_messages.hpp"
#include "connectors/protobuf/wire.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace millrace::protobuf {

void EncodePlan::write(const Value& value, std::string& out) const {
    const auto& to_write = present(*root_->schema, value);
    if (to_write.is_null()) return;
    if (root_->form == Form::Wrapper) return write_field(root_->parts[0], to_write, out);
    if (root_->form == Form::Json) {
        if (to_write.kind() != Value::Kind::String)
            throw DataException(fmt::format("Invalid type for STRING: {}", converters::to_string(to_write.kind())));
        return put_json(out, to_write.as_text(), root_->json);
    }
    write_members(*root_, to_write, out);
}

const Value& EncodePlan::present(const Schema& schema, const Value& value) const {
    return value.is_null() && !ignore_defaults_ ? schema.default_value() : value;
}

void EncodePlan::write_members(const FieldPlan& plan, const Value& value, std::string& out) const {
    const auto values = value.as_values();
    const auto fields = plan.schema->fields();
    if (value.kind() != Value::Kind::Struct || values.size() != fields.size())
        throw DataException("Mismatching struct schema");
    for (const auto& [field, branch, member] : plan.members) {
        const auto& found = present(*fields[field].schema, values[field]);
        if (found.is_null()) continue;
        const auto* to_write = &found;
        if (branch) {
            // The first branch that is there is the one.
            const auto branches = found.as_values();
            const auto first = std::ranges::find_if(branches, [](const Value& one) { return !one.is_null(); });
            if (first == branches.end())
                throw DataException(fmt::format("Cannot find non-null field (field {})", fields[field].name));
            if (static_cast<std::size_t>(first - branches.begin()) != *branch) continue;
            to_write = &*first;
        }
        try {
            write_field(member, *to_write, out);
        } catch (const DataException& e) {
            throw DataException(fmt::format("{} (field {})", e.what(), member.name));
        }
    }
}

namespace {

bool is_default(const Value& value) noexcept {
    switch (value.kind()) {
    case Value::Kind::Float32:
    case Value::Kind::Float64:
        return std::bit_cast<std::uint64_t>(value.as_double()) == 0;  // -0.0 is written
    case Value::Kind::String:
    case Value::Kind::Bytes:
        return value.as_text().empty();
    case Value::Kind::Array:
    case Value::Kind::Map:
    case Value::Kind::Struct:
        return false;
    default:
        return value.as_integer() == 0;
    }
}

}

void EncodePlan::write_field(const FieldPlan& plan, const Value& value, std::string& out) const {
    if (value.is_null()) return;
    if (plan.number == 0) throw DataException(fmt::format("Cannot find field with name {}", plan.name));
    if (plan.repeated) return write_list(plan, value, out);
    if (plan.form == Form::Map) return write_map(plan, value, out);
    write_single(plan, value, out);
}

void EncodePlan::write_single(const FieldPlan& plan, const Value& value, std::string& out) const {
    if (value.kind() != converters::kind_of(plan.schema->type()))
        throw DataException(fmt::format("Invalid type for {}: {}", type_name(plan.schema->type()),
                                        converters::to_string(value.kind())));
    if (plan.form >= Form::Struct) return write_message(plan, value, out);
    if (!plan.presence && plan.form != Form::Enum && is_default(value)) return;
    const auto begin = out.size();
    switch (plan.form) {
    case Form::Fixed32:
    case Form::Float:
        put_tag(out, plan.number, WireType::Fixed32);
        break;
    case Form::Fixed64:
    case Form::Double:
        put_tag(out, plan.number, WireType::Fixed64);
        break;
    case Form::Text:
        put_tag(out, plan.number, WireType::Length);
        break;
    default:
        put_tag(out, plan.number, WireType::Varint);
        break;
    }
    write_one(plan, value, out);
    if (plan.form == Form::Enum && !plan.presence && out.back() == '\0') out.resize(begin);  // the enum's default
}

void EncodePlan::write_one(const FieldPlan& plan, const Value& value, std::string& out) const {
    switch (plan.form) {
    case Form::Varint:
        return put_varint(out, static_cast<std::uint64_t>(value.as_integer()));
    case Form::ZigZag:
        return put_varint(out, zig_zag(value.as_integer()));
    case Form::Fixed32:
        return put_fixed(out, static_cast<std::uint32_t>(value.as_integer()));
    case Form::Fixed64:
        return put_fixed(out, value.as_integer());
    case Form::Float:
        return put_fixed(out, static_cast<float>(value.as_double()));
    case Form::Double:
        return put_fixed(out, value.as_double());
    case Form::Text:
        put_varint(out, value.as_text().size());
        out += value.as_text();
        return;
    case Form::Enum: {
        if (value.kind() != Value::Kind::String) return put_varint(out, static_cast<std::uint64_t>(value.as_integer()));
        const auto symbol = plan.symbols.find(std::string(value.as_text()));
        if (symbol == plan.symbols.end())
            throw DataException(fmt::format("The enum has no symbol {}", value.as_text()));
        return put_varint(out, static_cast<std::uint64_t>(std::int64_t{symbol->second}));
    }
    default:
        return write_message(plan, value, out);
    }
}

void EncodePlan::write_message(const FieldPlan& plan, const Value& value, std::string& out) const {
    put_tag(out, plan.number, WireType::Length);
    const auto begin = out.size();
    switch (plan.form) {
    case Form::Decimal:
        put_decimal(out, value.as_text(), plan.scale);
        break;
    case Form::Date:
        put_date(out, value.as_integer());
        break;
    case Form::Time:
        put_time_of_day(out, value.as_integer());
        break;
    case Form::Timestamp:
        put_timestamp(out, value.as_integer());
        break;
    case Form::Json:
        put_json(out, value.as_text(), plan.json);
        break;
    case Form::Wrapper:
        write_field(plan.parts[0], value, out);
        break;
    default:
        write_members(plan, value, out);
        break;
    }
    close_length(out, begin);
}

void EncodePlan::write_list(const FieldPlan& plan, const Value& value, std::string& out) const {
    if (value.kind() != Value::Kind::Array)
        throw DataException(fmt::format("Invalid type for ARRAY: {}", converters::to_string(value.kind())));
    const auto elements = value.as_values();
    if (elements.empty()) return;
    const auto kind = converters::kind_of(plan.schema->type());
    for (const auto& element : elements) {
        if (element.kind() != kind)
            throw DataException(fmt::format("A list has {} among its {} elements: Protobuf has no place for it",
                                            converters::to_string(element.kind()), type_name(plan.schema->type())));
    }
    if (plan.packed) {
        put_tag(out, plan.number, WireType::Length);
        const auto begin = out.size();
        for (const auto& element : elements) write_one(plan, element, out);
        return close_length(out, begin);
    }
    for (const auto& element : elements) write_single(plan, element, out);
}

void EncodePlan::write_map(const FieldPlan& plan, const Value& value, std::string& out) const {
    if (value.kind() != Value::Kind::Map)
        throw DataException(fmt::format("Invalid type for MAP: {}", converters::to_string(value.kind())));
    for (const auto& [key, of_key] : value.as_entries()) {
        put_tag(out, plan.number, WireType::Length);
        const auto begin = out.size();
        write_field(plan.parts[0], key, out);
        write_field(plan.parts[1], of_key, out);
        close_length(out, begin);
    }
}

}
