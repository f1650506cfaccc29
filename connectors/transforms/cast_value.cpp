#include "connectors/transforms/cast_value.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/converters/java_text.hpp"
#include "connectors/support/decimal.hpp"
#include "connectors/support/java_number.hpp"
#include "connectors/support/logical_type.hpp"
#include "connectors/transforms/requirements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace millrace::transforms {

namespace {

constexpr std::size_t most_digits = 20;  // of 64 bits, with a sign

template <class T>
constexpr auto least = static_cast<std::int64_t>(std::numeric_limits<T>::min());
template <class T>
constexpr auto most = static_cast<std::int64_t>(std::numeric_limits<T>::max());

/// Java's narrowing of floating point: towards zero, bounded, NaN is 0.
template <class T>
T narrowed(double value) {
    if (std::isnan(value)) return 0;
    if (value <= static_cast<double>(least<T>)) return std::numeric_limits<T>::min();
    if (value >= static_cast<double>(most<T>)) return std::numeric_limits<T>::max();
    return static_cast<T>(value);
}

[[noreturn]] void refuse_range(std::string_view text) {
    throw DataException(fmt::format("Value ({}) was out of range for requested data type", text));
}

[[noreturn]] void refuse_class(const SchemaPtr& schema, const Value& value) {
    throw DataException(fmt::format("Unexpected type in Cast transformation: class {}", java_class_of(schema, value)));
}

/// To an integer of type T; `Via` is the type that Java rounds floating point to first.
template <class T, class Via>
T to_integer(const SchemaPtr& schema, const Value& value) {
    switch (value.kind()) {
    case Value::Kind::Float32:
    case Value::Kind::Float64:
        return static_cast<T>(narrowed<Via>(value.as_double()));
    case Value::Kind::String:
        if (const auto number = parse_java_integer(value.as_text(), least<T>, most<T>)) return static_cast<T>(*number);
        refuse_range(value.as_text());
    case Value::Kind::Bytes:
        if (logical_of(schema) != Logical::Decimal) refuse_class(schema, value);
        return static_cast<T>(decimal_low_bits(value.as_text(), decimal_scale(*schema)));
    default:
        return static_cast<T>(value.as_integer());
    }
}

double to_double(const SchemaPtr& schema, const Value& value) {
    switch (value.kind()) {
    case Value::Kind::Float32:
    case Value::Kind::Float64:
        return value.as_double();
    case Value::Kind::String:
        if (const auto number = parse_java_double(value.as_text())) return *number;
        refuse_range(value.as_text());
    case Value::Kind::Bytes:
        if (logical_of(schema) != Logical::Decimal) refuse_class(schema, value);
        return decimal_to_double(value.as_text(), decimal_scale(*schema));
    default:
        return static_cast<double>(value.as_integer());
    }
}

float to_float(const SchemaPtr& schema, const Value& value) {
    if (value.kind() == Value::Kind::String) {
        if (const auto number = parse_java_float(value.as_text())) return *number;
        refuse_range(value.as_text());
    }
    const bool whole = value.kind() >= Value::Kind::Boolean && value.kind() <= Value::Kind::Int64;
    return whole ? static_cast<float>(value.as_integer()) : static_cast<float>(to_double(schema, value));
}

bool to_boolean(const SchemaPtr& schema, const Value& value) {
    if (value.kind() != Value::Kind::String) return to_integer<std::int64_t, std::int64_t>(schema, value) != 0;
    return std::ranges::equal(value.as_text(), std::string_view("true"),
                              [](char a, char b) { return a == b || (a >= 'A' && a <= 'Z' && a + 32 == b); });
}

Value to_string(const SchemaPtr& schema, const Value& value, Arena& arena) {
    if (value.kind() == Value::Kind::String) return value;
    const auto logical = logical_of(schema);
    if (logical == Logical::None && value.kind() >= Value::Kind::Int8 && value.kind() <= Value::Kind::Int64) {
        std::array<char, most_digits> digits;
        const auto* end = std::to_chars(digits.data(), digits.data() + digits.size(), value.as_integer()).ptr;
        return Value::string(arena.copy(std::string_view(digits.data(), end)));
    }
    std::string text;
    if (logical != Logical::None && logical != Logical::Decimal) {
        converters::append_header_text(text, schema, value);
    } else {
        converters::append_java_text(text, schema, value);
    }
    return Value::string(arena.copy(text));
}

void refuse_containers(const SchemaPtr& schema, const Value& value) {
    const auto refuse = [](Type type) {
        throw DataException(fmt::format(
            "Cast transformation does not support casting from {}; supported types are [INT8, INT16, INT32, "
            "INT64, FLOAT32, FLOAT64, BOOLEAN, STRING, BYTES]",
            type_name(type)));
    };
    if (schema ? schema->type() == Type::Array : value.kind() == Value::Kind::Array) refuse(Type::Array);
    if (schema ? schema->type() == Type::Map : value.kind() == Value::Kind::Map) refuse(Type::Map);
    if (schema ? schema->type() == Type::Struct : value.kind() == Value::Kind::Struct) refuse(Type::Struct);
}

}

Value cast_value(const SchemaPtr& schema, const Value& value, Type target, Arena& arena) {
    if (value.is_null()) return value;
    refuse_containers(schema, value);
    switch (target) {
    case Type::Int8:
        return Value::int8(to_integer<std::int8_t, std::int32_t>(schema, value));
    case Type::Int16:
        return Value::int16(to_integer<std::int16_t, std::int32_t>(schema, value));
    case Type::Int32:
        return Value::int32(to_integer<std::int32_t, std::int32_t>(schema, value));
    case Type::Int64:
        return Value::int64(to_integer<std::int64_t, std::int64_t>(schema, value));
    case Type::Float32:
        return Value::float32(to_float(schema, value));
    case Type::Float64:
        return Value::float64(to_double(schema, value));
    case Type::Boolean:
        return Value::boolean(to_boolean(schema, value));
    case Type::String:
        return to_string(schema, value, arena);
    default:
        throw DataException(fmt::format("{} is not supported in the Cast transformation.", type_name(target)));
    }
}

}
