#include "connectors/protobuf/decode_plan.hpp"

#include "connectors/protobuf/decode_plan_parts.hpp"
#include "connectors/protobuf/logical_messages.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace millrace::protobuf {

DecodePlan::~DecodePlan() = default;

Value DecodePlan::read(std::string_view data, Arena& arena) const {
    if (!single_) return read_message(*root_, data, arena);
    if (root_->fields[0].form == Form::Json) return read_nested(root_->fields[0], data, arena);
    Collected found;
    collect(*root_, data, found, arena);
    return of_field(root_->fields[0], found.fields[0], arena);
}

Value DecodePlan::read_message(const MessagePlan& plan, std::string_view data, Arena& arena) const {
    Collected found;
    collect(plan, data, found, arena);
    auto* values = arena.make_array<Value>(plan.size);
    for (std::size_t i = 0; i < plan.fields.size(); ++i) {
        const auto& field = plan.fields[i];
        if (field.one_of != SIZE_MAX && found.chosen[field.one_of] != i) continue;
        try {
            const auto value = of_field(field, found.fields[i], arena);
            if (!field.branch) {
                values[field.field] = value;
                continue;
            }
            auto* branches = arena.make_array<Value>(field.branches);
            branches[*field.branch] = value;
            values[field.field] = Value::structure({branches, field.branches});
        } catch (const DataException& e) {
            throw DataException(fmt::format("{} (field {})", e.what(), field.name));
        }
    }
    return Value::structure({values, plan.size});
}

void DecodePlan::collect(const MessagePlan& plan, std::string_view data, Collected& found, Arena& arena) const {
    found.fields.resize(plan.fields.size());
    found.chosen.assign(plan.oneofs, SIZE_MAX);
    WireReader in(data);
    while (!in.at_end()) {
        const auto [number, type] = read_tag(in);
        const auto field = std::ranges::lower_bound(plan.fields, number, {}, &FieldPlan::number);
        if (field == plan.fields.end() || field->number != number) {
            in.skip(number, type);
            continue;
        }
        const auto at = static_cast<std::size_t>(field - plan.fields.begin());
        if (field->one_of != SIZE_MAX) found.chosen[field->one_of] = at;
        collect_field(*field, type, in, found.fields[at], arena);
    }
}

void DecodePlan::collect_field(const FieldPlan& plan, WireType type, WireReader& in, Found& found, Arena& arena) const {
    found.there = true;
    if (plan.form >= Form::Struct) {
        if (type != WireType::Length) in.fail("has another form than its schema");
        const auto message = in.length_delimited();
        if (plan.repeated) return found.messages.push_back(message);
        // What comes in parts is one message.
        found.data = found.data.empty() ? message : arena.copy(fmt::format("{}{}", found.data, message));
        return;
    }
    if (plan.repeated && type == WireType::Length && plan.form != Form::Text) {
        WireReader packed(in.length_delimited());
        while (!packed.at_end()) found.values.push_back(read_scalar(plan, packed, packed_type(plan.form), arena));
        return;
    }
    const auto value = read_scalar(plan, in, type, arena);
    if (plan.repeated) return found.values.push_back(value);
    found.value = value;
}

WireType DecodePlan::packed_type(Form form) noexcept {
    switch (form) {
    case Form::Fixed32:
    case Form::SFixed32:
    case Form::Float:
        return WireType::Fixed32;
    case Form::Fixed64:
    case Form::Double:
        return WireType::Fixed64;
    case Form::Text:
        return WireType::Length;
    default:
        return WireType::Varint;
    }
}

Value DecodePlan::read_scalar(const FieldPlan& plan, WireReader& in, WireType type, Arena& arena) const {
    if (type != packed_type(plan.form)) in.fail("has another form than its schema");
    switch (plan.form) {
    case Form::Int32:
        return whole_value(plan.type, static_cast<std::int32_t>(in.varint()));
    case Form::ZigZag32:
        return whole_value(plan.type, static_cast<std::int32_t>(un_zig_zag(in.varint())));
    case Form::ZigZag64:
        return Value::int64(un_zig_zag(in.varint()));
    case Form::Fixed32:
        return Value::int64(in.fixed<std::uint32_t>());
    case Form::SFixed32:
        return whole_value(plan.type, in.fixed<std::int32_t>());
    case Form::Fixed64:
        return Value::int64(in.fixed<std::int64_t>());
    case Form::Float:
        return Value::float32(in.fixed<float>());
    case Form::Double:
        return Value::float64(in.fixed<double>());
    case Form::Bool:
        return Value::boolean(in.varint() != 0);
    case Form::Text: {
        const auto text = in.length_delimited();
        return plan.type == Type::Bytes ? Value::bytes(text) : Value::string(text);
    }
    case Form::Enum: {
        const auto number = static_cast<std::int32_t>(in.varint());
        if (plan.type == Type::Int32) return Value::int32(number);
        const auto known = std::ranges::find(plan.symbols, number, &std::pair<std::int32_t, std::string>::first);
        if (known != plan.symbols.end()) return Value::string(known->second);
        return Value::string(arena.copy(plan.unknown_symbol + std::to_string(number)));
    }
    default:
        return Value::int64(static_cast<std::int64_t>(in.varint()));
    }
}

Value DecodePlan::of_field(const FieldPlan& plan, Found& found, Arena& arena) const {
    if (plan.form == Form::Map) return entries(plan, found.messages, arena);
    if (plan.repeated) {
        for (const auto message : found.messages) found.values.push_back(read_nested(plan, message, arena));
        auto* values = arena.make_array<Value>(found.values.size());
        std::ranges::copy(found.values, values);
        return Value::array({values, found.values.size()});
    }
    if (plan.form >= Form::Struct)
        return found.there || (!plan.nullable && plan.form == Form::Struct) ? read_nested(plan, found.data, arena)
                                                                            : Value{};
    if (found.there) return found.value;
    if (plan.nullable) return {};
    if (plan.form == Form::Text && plan.type == Type::Bytes) return Value::bytes(plan.absent_text);
    if (plan.form == Form::Text || (plan.form == Form::Enum && plan.type == Type::String))
        return Value::string(plan.absent_text);
    return plan.absent;
}

Value DecodePlan::read_nested(const FieldPlan& plan, std::string_view data, Arena& arena) const {
    switch (plan.form) {
    case Form::Decimal:
        return Value::bytes(read_decimal(data, plan.scale, arena));
    case Form::Date:
        return Value::int32(read_date(data));
    case Form::Time:
        return Value::int32(read_time_of_day(data));
    case Form::Timestamp:
        return Value::int64(read_timestamp(data));
    case Form::Json:
        return Value::string(arena.copy(read_json(data, plan.json)));
    case Form::Wrapper: {
        Collected found;
        collect(*plan.message, data, found, arena);
        return of_field(plan.message->fields[0], found.fields[0], arena);
    }
    default:
        return read_message(*plan.message, data, arena);
    }
}

Value DecodePlan::entries(const FieldPlan& plan, std::span<const std::string_view> messages, Arena& arena) const {
    auto* entries = arena.make_array<MapEntry>(messages.size());
    for (std::size_t i = 0; i < messages.size(); ++i) {
        Collected found;
        collect(*plan.message, messages[i], found, arena);
        entries[i].key = of_field(plan.message->fields[0], found.fields[0], arena);
        entries[i].value = of_field(plan.message->fields[1], found.fields[1], arena);
    }
    return Value::map({entries, messages.size()});
}

}
