#include "connectors/transforms/mask_field.hpp"

#include "connectors/support/decimal.hpp"
#include "connectors/support/logical_type.hpp"
#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"
#include "connectors/transforms/validators.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::transforms {

namespace {

constexpr ConfigKey keys[] = {
    {.name = "fields",
     .type = ConfigType::List,
     .default_value = required,
     .valid = non_empty_distinct_list,
     .importance = Importance::High,
     .doc = "Names of fields to mask.",
     .null_complaint = null_list},
    {.name = "replacement",
     .type = ConfigType::String,
     .valid = non_empty_string,
     .importance = Importance::Low,
     .doc = "Custom value replacement, that will be applied to all 'fields' values (numeric or non-empty string values "
            "only)."},
    replace_null_key,
};

constexpr std::string_view purpose = "mask fields";

Value of_kind(Value::Kind kind, std::int64_t whole, double real) {
    switch (kind) {
    case Value::Kind::Int8:
        return Value::int8(static_cast<std::int8_t>(whole));
    case Value::Kind::Int16:
        return Value::int16(static_cast<std::int16_t>(whole));
    case Value::Kind::Int32:
        return Value::int32(static_cast<std::int32_t>(whole));
    case Value::Kind::Int64:
        return Value::int64(whole);
    case Value::Kind::Float32:
        return Value::float32(static_cast<float>(real));
    default:
        return Value::float64(real);
    }
}

bool is_number(Value::Kind kind) noexcept { return kind >= Value::Kind::Int8 && kind <= Value::Kind::Float64; }

Value empty_value(const SchemaPtr& schema, const Value& value) {
    static constexpr std::string_view zero("\0", 1);
    switch (value.kind()) {
    case Value::Kind::Boolean:
        return Value::boolean(false);
    case Value::Kind::String:
        return Value::string("");
    case Value::Kind::Array:
        return Value::array({});
    case Value::Kind::Map:
        return Value::map({});
    case Value::Kind::Bytes:
        if (logical_of(schema) == Logical::Decimal) return Value::bytes(zero);
        [[fallthrough]];
    case Value::Kind::Struct:
        throw DataException(fmt::format("Cannot mask value of type: class {}", java_class_of(schema, value)));
    default:
        return of_kind(value.kind(), 0, 0);
    }
}

/// The whole number and the double that a text is, as BigDecimal's longValue and doubleValue have it.
Value number_of(Value::Kind kind, const std::string& text) {
    const auto places = decimal_places(text);
    const auto bytes = places ? decimal_bytes(text, *places) : std::nullopt;
    if (!bytes) {
        throw DataException(fmt::format("Unable to convert {} (class java.lang.String) to a number", text));
    }
    return of_kind(kind, decimal_low_bits(*bytes, *places), decimal_to_double(*bytes, *places));
}

Value replaced(const SchemaPtr& schema, const Value& value, const std::string& text, Arena& arena) {
    const auto logical = logical_of(schema);
    if (value.kind() == Value::Kind::String) return Value::string(text);
    if (logical == Logical::Decimal) {
        const auto scale = decimal_scale(*schema);
        if (const auto bytes = decimal_bytes(text, scale)) return Value::bytes(arena.copy(*bytes));
        const auto of_scale = decimal_places(text) ? fmt::format(" of scale {}", scale) : std::string();
        throw DataException(fmt::format("Unable to convert {} (class java.lang.String) to number{}", text, of_scale));
    }
    if (is_number(value.kind()) && logical == Logical::None) return number_of(value.kind(), text);
    throw DataException(
        fmt::format("Cannot mask value of type class {} with custom replacement.", java_class_of(schema, value)));
}

}

std::span<const ConfigKey> MaskField::config_keys() const noexcept { return keys; }

void MaskField::configure(const Settings& settings) {
    const auto config = ConfigDef(keys).parse(settings);
    fields_ = config.get_list("fields");
    replacement_ = config.find("replacement");
    with_default_ = config.get_boolean("replace.null.with.default");
}

Value MaskField::masked(const SchemaPtr& schema, const Value& value, Arena& arena) const {
    if (value.is_null()) return value;
    return replacement_ ? replaced(schema, value, *replacement_, arena) : empty_value(schema, value);
}

bool MaskField::apply(ConnectRecord& record, Arena& arena) {
    auto operand = operand_of(record, side_);
    if (!operand.schema) {
        const auto entries = require_map(operand.value, purpose);
        MapBuilder map(arena, entries, fields_.size());
        for (const auto& name : fields_) {
            const auto* value = find_entry(entries, name);
            map.put(name, value ? masked(nullptr, *value, arena) : Value());
        }
        operand.value = map.value();
        return true;
    }
    const auto old = require_struct(operand.schema, operand.value, purpose);
    const auto& plan = plans_.get(operand.schema, [this](const SchemaPtr& schema) {
        Plan made;
        for (const auto& field : schema->fields()) {
            made.masked.push_back(std::ranges::find(fields_, field.name) != fields_.end());
        }
        return made;
    });
    auto* values = arena.make_array<Value>(old.size());
    for (std::size_t i = 0; i < old.size(); ++i) {
        const auto& field = operand.schema->fields()[i];
        const auto& value = field_value(field, old[i], with_default_);
        values[i] = plan.masked[i] ? masked(field.schema, value, arena) : value;
        require_present(field, values[i]);
    }
    operand.value = Value::structure({values, old.size()});
    return true;
}

}
