#include "connectors/transforms/expressions/javascript.hpp"

#include "connectors/api/config_def.hpp"
#include "connectors/api/errors.hpp"
#include "connectors/support/java_number.hpp"
#include "connectors/support/logical_type.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace millrace::transforms {

namespace {

enum class Class : std::uint8_t { Null, Boolean, Whole, Real, Text, Object };

constexpr std::int64_t most_exact = 9'007'199'254'740'991;

Class class_of(const Operand& operand) noexcept {
    if (operand.kind != Operand::Kind::Data) return Class::Object;
    if (operand.is_null()) return Class::Null;
    if (logical_of(*operand.schema) != Logical::None) return Class::Object;
    switch (operand.value.kind()) {
    case Value::Kind::Boolean:
        return Class::Boolean;
    case Value::Kind::Int8:
    case Value::Kind::Int16:
    case Value::Kind::Int32:
    case Value::Kind::Int64:
        return Class::Whole;
    case Value::Kind::Float32:
    case Value::Kind::Float64:
        return Class::Real;
    case Value::Kind::String:
        return Class::Text;
    default:
        return Class::Object;
    }
}

bool is_number(Class type) noexcept { return type == Class::Whole || type == Class::Real; }

[[noreturn]] void refuse(std::string_view what, const Operand& a, const Operand& b) {
    throw DataException(fmt::format("{} {} and {} is not supported in JavaScript", what, class_name(a), class_name(b)));
}

/// StringToNumber, without its hexadecimal, octal and binary forms.
double number_in(std::string_view text) {
    const auto digits = trim(text);
    if (digits.empty()) return 0;
    if (digits.find_first_not_of("0123456789+-.eE") != std::string_view::npos)
        return std::numeric_limits<double>::quiet_NaN();
    return parse_java_double(digits).value_or(std::numeric_limits<double>::quiet_NaN());
}

double to_number(const Operand& operand, Class type) {
    switch (type) {
    case Class::Boolean:
        return operand.value.as_boolean() ? 1 : 0;
    case Class::Whole:
        return static_cast<double>(operand.value.as_integer());
    case Class::Real:
        return operand.value.as_double();
    case Class::Text:
        return number_in(operand.value.as_text());
    default:
        return 0;
    }
}

Operand whole(std::int64_t number) noexcept {
    const bool is_int =
        number >= std::numeric_limits<std::int32_t>::min() && number <= std::numeric_limits<std::int32_t>::max();
    return data(is_int ? Value::int32(static_cast<std::int32_t>(number)) : Value::int64(number));
}

}

bool js_equal(const Operand& a, const Operand& b, bool strict) {
    const auto a_type = class_of(a);
    const auto b_type = class_of(b);
    if (a_type == Class::Null || b_type == Class::Null) return a_type == b_type;
    if (a_type == Class::Object || b_type == Class::Object) refuse("Comparing", a, b);
    if (a_type == Class::Whole && b_type == Class::Whole) return a.value.as_integer() == b.value.as_integer();
    if (a_type == Class::Text && b_type == Class::Text) return a.value.as_text() == b.value.as_text();
    if (strict && a_type != b_type && !(is_number(a_type) && is_number(b_type))) return false;
    return to_number(a, a_type) == to_number(b, b_type);
}

std::partial_ordering js_compare(const Operand& a, const Operand& b) {
    const auto a_type = class_of(a);
    const auto b_type = class_of(b);
    if (a_type == Class::Object || b_type == Class::Object) refuse("Comparing", a, b);
    if (a_type == Class::Whole && b_type == Class::Whole) return a.value.as_integer() <=> b.value.as_integer();
    if (a_type == Class::Text && b_type == Class::Text) return groovy_compare(a, b) <=> 0;
    return to_number(a, a_type) <=> to_number(b, b_type);
}

bool js_truth(const Operand& operand) noexcept {
    switch (class_of(operand)) {
    case Class::Null:
        return false;
    case Class::Boolean:
        return operand.value.as_boolean();
    case Class::Whole:
        return operand.value.as_integer() != 0;
    case Class::Real:
        return operand.value.as_double() != 0 && !std::isnan(operand.value.as_double());
    case Class::Text:
        return !operand.value.as_text().empty();
    case Class::Object:
        break;
    }
    return true;
}

Operand js_compute(Arithmetic operation, const Operand& a, const Operand& b, Arena& arena) {
    const auto a_type = class_of(a);
    const auto b_type = class_of(b);
    const auto has_text = [](Class type) { return type == Class::Text || type == Class::Whole; };
    if (operation == Arithmetic::Add && (a_type == Class::Text || b_type == Class::Text)) {
        if (!has_text(a_type) || !has_text(b_type)) refuse("Joining", a, b);
        std::string text;
        append_text(text, a);
        append_text(text, b);
        return data(Value::string(arena.copy(text)));
    }
    if (!is_number(a_type) || !is_number(b_type)) refuse(fmt::format("{} of", static_cast<char>(operation)), a, b);
    const auto result = compute_reals(operation, to_number(a, a_type), to_number(b, b_type));
    const bool stays_whole = a_type == Class::Whole && b_type == Class::Whole && std::abs(result) <= most_exact &&
                             !(result == 0 && std::signbit(result));
    return stays_whole ? whole(static_cast<std::int64_t>(result)) : data(Value::float64(result));
}

}
