#include "connectors/transforms/timestamp_converter.hpp"

#include "connectors/support/logical_type.hpp"
#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"
#include "connectors/transforms/validators.hpp"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <stdexcept>

namespace millrace::transforms {

namespace {

std::string valid_target(std::string_view value) {
    return one_of(value, {"string", "unix", "Date", "Time", "Timestamp"});
}
std::string valid_precision(std::string_view value) {
    return one_of(value, {"nanoseconds", "microseconds", "milliseconds", "seconds"});
}

constexpr ConfigKey keys[] = {
    {.name = "field",
     .type = ConfigType::String,
     .default_value = "",
     .importance = Importance::High,
     .doc = "The field containing the timestamp, or empty if the entire value is a timestamp"},
    {.name = "target.type",
     .type = ConfigType::String,
     .default_value = required,
     .valid = valid_target,
     .importance = Importance::High,
     .doc = "The desired timestamp representation: string, unix, Date, Time, or Timestamp",
     .null_complaint = "String must be one of: string, unix, Date, Time, Timestamp"},
    {.name = "format",
     .type = ConfigType::String,
     .default_value = "",
     .importance = Importance::Medium,
     .doc = "A SimpleDateFormat-compatible format for the timestamp. Used to generate the output when type=string or "
            "used to parse the input if the input is a string."},
    {.name = "unix.precision",
     .type = ConfigType::String,
     .default_value = "milliseconds",
     .valid = valid_precision,
     .importance = Importance::Low,
     .doc = "The desired Unix precision for the timestamp: seconds, milliseconds, microseconds, or nanoseconds. Used "
            "to generate the output when type=unix or used to parse the input if the input is a Long.Note: This SMT "
            "will cause precision loss during conversions from, and to, values with sub-millisecond components.",
     .null_complaint = "String must be one of: nanoseconds, microseconds, milliseconds, seconds"},
    replace_null_key,
};

constexpr std::string_view purpose = "converting timestamp formats";

std::int64_t per_second(std::string_view precision) {
    if (precision == "seconds") return 1;
    if (precision == "microseconds") return 1'000'000;
    return precision == "nanoseconds" ? 1'000'000'000 : 1000;
}

/// Bounded instead of wrapped around.
std::int64_t multiplied(std::int64_t value, std::int64_t factor) {
    std::int64_t product = 0;
    if (!__builtin_mul_overflow(value, factor, &product)) return product;
    return value < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

std::int64_t floor_to_day(std::int64_t ms) { return ms - ((ms % day_ms) + day_ms) % day_ms; }

bool is_blank(std::string_view text) { return trim(text).empty(); }

}

std::span<const ConfigKey> TimestampConverter::config_keys() const noexcept { return keys; }

void TimestampConverter::configure(const Settings& settings) {
    const auto config = ConfigDef(keys).parse(settings);
    field_ = config.get_string("field");
    const auto target = config.get_string("target.type");
    target_ = target == "string" ? Form::Text
              : target == "unix" ? Form::Unix
              : target == "Date" ? Form::Date
              : target == "Time" ? Form::Time
                                 : Form::Timestamp;
    pattern_ = config.get_string("format");
    unix_per_second_ = per_second(config.get_string("unix.precision"));
    with_default_ = config.get_boolean("replace.null.with.default");
    if (is_blank(pattern_)) {
        if (target_ != Form::Text) return;
        throw ConfigException("TimestampConverter requires format option to be specified when using string timestamps");
    }
    try {
        format_.emplace(pattern_);
        text_.resize(format_->most_bytes());
    } catch (const std::invalid_argument& e) {
        throw ConfigException(
            fmt::format("Invalid value java.lang.IllegalArgumentException: {} for configuration TimestampConverter "
                        "requires a SimpleDateFormat-compatible pattern for string timestamps: {}",
                        e.what(), pattern_));
    }
}

std::optional<TimestampConverter::Form> TimestampConverter::find_form(const SchemaPtr& schema) {
    switch (logical_of(schema)) {
    case Logical::Timestamp:
        return Form::Timestamp;
    case Logical::Date:
        return Form::Date;
    case Logical::Time:
        return Form::Time;
    default:
        if (schema->type() == Type::String) return Form::Text;
        if (schema->type() == Type::Int64) return Form::Unix;
        return std::nullopt;
    }
}

TimestampConverter::Form TimestampConverter::form_of(const Plan& plan) {
    if (plan.form) return *plan.form;
    throw ConnectException(
        fmt::format("Schema {} does not correspond to a known timestamp type format", schema_text(*plan.source)));
}

SchemaPtr TimestampConverter::target_schema(bool optional) const {
    switch (target_) {
    case Form::Text:
        return make_schema({.type = Type::String, .optional = optional});
    case Form::Unix:
        return make_schema({.type = Type::Int64, .optional = optional});
    case Form::Date:
        return make_logical_schema(Logical::Date, optional);
    case Form::Time:
        return make_logical_schema(Logical::Time, optional);
    case Form::Timestamp:
        return make_logical_schema(Logical::Timestamp, optional);
    }
    return nullptr;
}

std::int64_t TimestampConverter::to_ms(const Value& value, Form form) const {
    if (form == Form::Date) return epoch_ms(Logical::Date, value);
    if (form == Form::Unix) {
        return unix_per_second_ == 1 ? multiplied(value.as_integer(), 1000)
                                     : value.as_integer() / (unix_per_second_ / 1000);
    }
    if (form != Form::Text) return value.as_integer();
    if (!format_) {
        throw DataException("TimestampConverter requires format option to be specified when using string timestamps");
    }
    const auto ms = format_->parse(value.as_text());
    if (!ms) {
        throw DataException(fmt::format("Could not parse timestamp: value ({}) does not match pattern ({})",
                                        value.as_text(), pattern_));
    }
    return *ms;
}

Value TimestampConverter::convert(const Value& value, Form form, bool typed, Arena& arena) const {
    if (value.is_null()) return value;
    const auto ms = to_ms(value, form);
    switch (target_) {
    case Form::Text: {
        const auto* end = format_->write(text_.data(), ms);
        return Value::string(arena.copy({text_.data(), static_cast<std::size_t>(end - text_.data())}));
    }
    case Form::Unix:
        return Value::int64(unix_per_second_ == 1 ? ms / 1000 : multiplied(ms, unix_per_second_ / 1000));
    case Form::Date:
        if (typed) return Value::int32(static_cast<std::int32_t>(floor_to_day(ms) / day_ms));
        return Value::int64(floor_to_day(ms));
    case Form::Time:
        if (typed) return Value::int32(static_cast<std::int32_t>(ms - floor_to_day(ms)));
        return Value::int64(ms - floor_to_day(ms));
    case Form::Timestamp:
        return Value::int64(ms);
    }
    return {};
}

Value TimestampConverter::convert_schemaless(const Value& value, Arena& arena) const {
    if (value.is_null()) return value;
    if (value.kind() == Value::Kind::Int64) return convert(value, Form::Unix, false, arena);
    if (value.kind() == Value::Kind::String) return convert(value, Form::Text, false, arena);
    throw DataException(fmt::format("TimestampConverter does not support class {} objects as timestamps",
                                    java_class_of(nullptr, value)));
}

TimestampConverter::Plan TimestampConverter::make_plan(const SchemaPtr& schema) const {
    if (field_.empty())
        return {.schema = target_schema(schema->optional()), .place = {}, .source = schema, .form = find_form(schema)};
    if (schema->type() != Type::Struct) throw DataException("Cannot list fields on non-struct type");
    auto parts = schema->parts();
    Plan plan{.schema = schema, .place = schema->index_of(field_), .source = nullptr};
    if (!plan.place) return plan;
    auto& field = parts.fields[*plan.place];
    plan.source = field.schema;
    plan.form = find_form(plan.source);
    field.schema = target_schema(field.schema->optional());
    Arena defaults(256);
    if (!parts.default_value.is_null()) {
        auto* values = defaults.make_array<Value>(parts.fields.size());
        std::ranges::copy(parts.default_value.as_values(), values);
        values[*plan.place] = convert(values[*plan.place], form_of(plan), true, defaults);
        parts.default_value = Value::structure({values, parts.fields.size()});
    }
    plan.schema = make_schema(std::move(parts));
    return plan;
}

bool TimestampConverter::apply(ConnectRecord& record, Arena& arena) {
    auto operand = operand_of(record, side_);
    if (!operand.schema) {
        if (operand.value.is_null()) return true;
        if (field_.empty()) {
            operand.value = convert_schemaless(operand.value, arena);
            return true;
        }
        const auto entries = require_map(operand.value, purpose);
        const auto* value = find_entry(entries, field_);
        MapBuilder map(arena, entries, 1);
        map.put(field_, value ? convert_schemaless(*value, arena) : Value());
        operand.value = map.value();
        return true;
    }
    if (!field_.empty() && !operand.value.is_null()) require_struct(operand.schema, operand.value, purpose);
    const auto& plan = plans_.get(operand.schema, [this](const SchemaPtr& schema) { return make_plan(schema); });
    if (field_.empty()) {
        operand.value = convert(operand.value, form_of(plan), true, arena);
    } else if (!operand.value.is_null()) {
        const auto old = operand.value.as_values();
        const auto fields = operand.schema->fields();
        auto* values = arena.make_array<Value>(old.size());
        for (std::size_t i = 0; i < old.size(); ++i) {
            const auto& field = fields[i];
            values[i] = field_value(field, old[i], with_default_);
            if (i == plan.place) values[i] = convert(values[i], form_of(plan), true, arena);
            require_present(field, values[i]);
        }
        operand.value = Value::structure({values, old.size()});
    }
    operand.schema = plan.schema;
    return true;
}

}
