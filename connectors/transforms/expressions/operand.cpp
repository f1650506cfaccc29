#include "connectors/transforms/expressions/operand.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/converters/java_text.hpp"
#include "connectors/support/decimal.hpp"
#include "connectors/support/logical_type.hpp"
#include "connectors/support/text.hpp"
#include "connectors/transforms/requirements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <compare>
#include <limits>
#include <optional>

namespace millrace::transforms {

const SchemaPtr Operand::no_schema;

namespace {

bool is_whole(Value::Kind kind) noexcept {
    return kind == Value::Kind::Int8 || kind == Value::Kind::Int16 || kind == Value::Kind::Int32 ||
           kind == Value::Kind::Int64;
}
bool is_real(Value::Kind kind) noexcept { return kind == Value::Kind::Float32 || kind == Value::Kind::Float64; }

enum class Class : std::uint8_t { Null, Boolean, Whole, Real, Decimal, Text, Time, Other };

Class class_of(const Operand& operand) noexcept {
    if (operand.kind != Operand::Kind::Data) return Class::Other;
    const auto kind = operand.value.kind();
    if (kind == Value::Kind::Null) return Class::Null;
    const auto logical = logical_of(*operand.schema);
    if (logical == Logical::Decimal) return Class::Decimal;
    if (logical != Logical::None) return Class::Time;
    if (is_whole(kind)) return Class::Whole;
    if (is_real(kind)) return Class::Real;
    if (kind == Value::Kind::Boolean) return Class::Boolean;
    return kind == Value::Kind::String ? Class::Text : Class::Other;
}

bool is_number(Class type) noexcept { return type == Class::Whole || type == Class::Real || type == Class::Decimal; }
bool is_comparable(Class type) noexcept { return type != Class::Other && type != Class::Null; }

double to_double(const Operand& number, Class type) {
    if (type == Class::Real) return number.value.as_double();
    if (type == Class::Whole) return static_cast<double>(number.value.as_integer());
    return decimal_to_double(number.value.as_text(), decimal_scale(**number.schema));
}

/// Java's Double.compare: NaN is the greatest, and 0 greater than -0.
int compare_doubles(double a, double b) noexcept {
    if (std::isnan(a) || std::isnan(b)) return static_cast<int>(std::isnan(a)) - static_cast<int>(std::isnan(b));
    if (a == b) return static_cast<int>(std::signbit(b)) - static_cast<int>(std::signbit(a));
    return a < b ? -1 : 1;
}

int sign_of(std::strong_ordering order) noexcept { return order < 0 ? -1 : order > 0 ? 1 : 0; }

std::string decimal_text(const Operand& number, Class type) {
    std::string out;
    if (type == Class::Whole) return std::to_string(number.value.as_integer());
    append_decimal(out, number.value.as_text(), decimal_scale(**number.schema));
    return out;
}

/// Of two's complement numbers without needless bytes.
int compare_unscaled(std::string_view a, std::string_view b) noexcept {
    const auto negative = [](std::string_view bytes) {
        return !bytes.empty() && static_cast<signed char>(bytes[0]) < 0;
    };
    if (negative(a) != negative(b)) return negative(a) ? -1 : 1;
    if (a.size() != b.size()) return (a.size() < b.size()) != negative(a) ? -1 : 1;
    return sign_of(a.compare(b) <=> 0);
}

int compare_decimals(const Operand& a, Class a_type, const Operand& b, Class b_type) {
    const auto a_text = decimal_text(a, a_type);
    const auto b_text = decimal_text(b, b_type);
    const auto scale = std::max(decimal_places(a_text).value_or(0), decimal_places(b_text).value_or(0));
    return compare_unscaled(decimal_bytes(a_text, scale).value_or(""), decimal_bytes(b_text, scale).value_or(""));
}

int compare_numbers(const Operand& a, Class a_type, const Operand& b, Class b_type) {
    if (a_type == Class::Real || b_type == Class::Real)
        return compare_doubles(to_double(a, a_type), to_double(b, b_type));
    if (a_type == Class::Decimal || b_type == Class::Decimal) return compare_decimals(a, a_type, b, b_type);
    return sign_of(a.value.as_integer() <=> b.value.as_integer());
}

/// By UTF-16 units, as Java does.
int compare_texts(std::string_view a, std::string_view b) {
    const auto is_ascii = [](std::string_view text) {
        return std::ranges::all_of(text, [](char c) { return static_cast<signed char>(c) >= 0; });
    };
    if (is_ascii(a) || is_ascii(b)) return sign_of(a.compare(b) <=> 0);
    return sign_of(to_utf16(a).compare(to_utf16(b)) <=> 0);
}

/// A text of one character may stand for the character's number.
std::optional<Operand> as_character(const Operand& operand, Class type) {
    if (type != Class::Text || operand.value.as_text().size() > 3) return std::nullopt;
    const auto units = to_utf16(operand.value.as_text());
    if (units.size() != 1) return std::nullopt;
    return data(Value::int32(units[0]));
}

/// None if these two have no order.
std::optional<int> order_of(const Operand& a, const Operand& b) {
    auto a_type = class_of(a);
    auto b_type = class_of(b);
    if (is_number(a_type) && is_number(b_type)) return compare_numbers(a, a_type, b, b_type);
    if (is_number(a_type)) {
        if (const auto character = as_character(b, b_type)) return compare_numbers(a, a_type, *character, Class::Whole);
    }
    if (is_number(b_type)) {
        if (const auto character = as_character(a, a_type)) return compare_numbers(*character, Class::Whole, b, b_type);
    }
    if (a_type != b_type) return std::nullopt;
    switch (a_type) {
    case Class::Text:
        return compare_texts(a.value.as_text(), b.value.as_text());
    case Class::Boolean:
        return static_cast<int>(a.value.as_boolean()) - static_cast<int>(b.value.as_boolean());
    case Class::Time:
        return sign_of(epoch_ms(logical_of(*a.schema), a.value) <=> epoch_ms(logical_of(*b.schema), b.value));
    default:
        return std::nullopt;
    }
}

Operand key_of(const Operand& map, const MapEntry& entry) noexcept {
    return data(*map.schema ? (*map.schema)->key_schema() : Operand::no_schema, entry.key);
}
Operand value_of(const Operand& map, const MapEntry& entry) noexcept {
    return data(*map.schema ? (*map.schema)->value_schema() : Operand::no_schema, entry.value);
}

using Equality = bool (*)(const Operand&, const Operand&);

bool equal_lists(const Operand& a, const Operand& b, Equality equal_elements) {
    const auto elements = [](const Operand& operand) { return operand.value.as_values(); };
    return std::ranges::equal(elements(a), elements(b), [&](const Value& x, const Value& y) {
        return equal_elements(element_of(a, x), element_of(b, y));
    });
}

bool equal_maps(const Operand& a, const Operand& b, Equality equal_values) {
    if (a.value.as_entries().size() != b.value.as_entries().size()) return false;
    return std::ranges::all_of(a.value.as_entries(), [&](const MapEntry& entry) {
        return std::ranges::any_of(b.value.as_entries(), [&](const MapEntry& other) {
            return java_equal(key_of(a, entry), key_of(b, other)) &&
                   equal_values(value_of(a, entry), value_of(b, other));
        });
    });
}

bool equal_others(const Operand& a, const Operand& b, Equality equal_parts) {
    if (a.kind != b.kind) return false;
    if (a.kind == Operand::Kind::Schema) return equal(*a.schema, *b.schema);
    if (a.kind != Operand::Kind::Data) return a.schema == b.schema && a.value == b.value;
    if (a.is_list() && b.is_list()) return equal_lists(a, b, equal_parts);
    if (a.is_map() && b.is_map()) return equal_maps(a, b, equal_parts);
    if (a.is_struct() && b.is_struct()) return equal(*a.schema, *b.schema) && a.value == b.value;
    return a.value == b.value;
}

[[noreturn]] void refuse(std::string_view what, const Operand& a, const Operand& b) {
    throw DataException(fmt::format("Cannot {} {} and {}", what, class_name(a), class_name(b)));
}

std::int64_t wrapped(Arithmetic operation, std::int64_t a, std::int64_t b) {
    const auto x = static_cast<std::uint64_t>(a);
    const auto y = static_cast<std::uint64_t>(b);
    switch (operation) {
    case Arithmetic::Add:
        return static_cast<std::int64_t>(x + y);
    case Arithmetic::Subtract:
        return static_cast<std::int64_t>(x - y);
    case Arithmetic::Multiply:
        return static_cast<std::int64_t>(x * y);
    case Arithmetic::Remainder:
        break;
    }
    if (b == 0) throw DataException("/ by zero");
    return b == -1 ? 0 : a % b;  // the least number by -1 would overflow
}

Operand whole(std::int64_t number, bool is_long) noexcept {
    if (is_long) return data(Value::int64(number));
    return data(Value::int32(static_cast<std::int32_t>(static_cast<std::uint32_t>(number))));
}

}

Operand element_of(const Operand& list, const Value& element) noexcept {
    return data(*list.schema ? (*list.schema)->value_schema() : Operand::no_schema, element);
}

std::string_view class_name(const Operand& operand) noexcept {
    switch (operand.kind) {
    case Operand::Kind::Data:
        return java_class_of(*operand.schema, operand.value);
    case Operand::Kind::Schema:
        return "org.apache.kafka.connect.data.Schema";
    case Operand::Kind::Field:
        return "org.apache.kafka.connect.data.Field";
    case Operand::Kind::Headers:
        return "the headers";
    case Operand::Kind::Header:
        return "io.debezium.transforms.scripting.RecordHeader";
    }
    return "";
}

bool groovy_equal(const Operand& a, const Operand& b) {
    if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
    if (is_comparable(class_of(a))) return order_of(a, b) == 0;
    return equal_others(a, b, groovy_equal);
}

bool java_equal(const Operand& a, const Operand& b) {
    if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
    const auto type = class_of(a);
    if (type != class_of(b)) return false;
    if (type == Class::Decimal) {
        return a.value == b.value && decimal_scale(**a.schema) == decimal_scale(**b.schema);
    }
    if (type == Class::Time) return order_of(a, b) == 0;
    if (type != Class::Other) return a.value == b.value;
    return equal_others(a, b, java_equal);
}

int groovy_compare(const Operand& a, const Operand& b) {
    if (a.is_null() || b.is_null()) return static_cast<int>(b.is_null()) - static_cast<int>(a.is_null());
    const auto order = order_of(a, b);
    if (!order) refuse("compare", a, b);
    return *order;
}

double compute_reals(Arithmetic operation, double a, double b) {
    switch (operation) {
    case Arithmetic::Add:
        return a + b;
    case Arithmetic::Subtract:
        return a - b;
    case Arithmetic::Multiply:
        return a * b;
    case Arithmetic::Remainder:
        break;
    }
    return std::fmod(a, b);
}

bool groovy_truth(const Operand& operand) noexcept {
    if (operand.kind != Operand::Kind::Data) return true;
    const auto& value = operand.value;
    switch (class_of(operand)) {
    case Class::Null:
        return false;
    case Class::Boolean:
        return value.as_boolean();
    case Class::Whole:
        return value.as_integer() != 0;
    case Class::Real:
        return value.as_double() != 0;
    case Class::Decimal:
        return std::ranges::any_of(value.as_text(), [](char c) { return c != '\0'; });
    case Class::Text:
        return !value.as_text().empty();
    case Class::Time:
        return true;
    case Class::Other:
        break;
    }
    if (operand.is_list()) return !value.as_values().empty();
    if (operand.is_map()) return !value.as_entries().empty();
    return value.kind() != Value::Kind::Bytes || !value.as_text().empty();
}

Operand compute(Arithmetic operation, const Operand& a, const Operand& b, Arena& arena) {
    const auto a_type = class_of(a);
    const auto b_type = class_of(b);
    const bool joins = a_type == Class::Text || (b_type == Class::Text && (is_number(a_type) || a_type == Class::Null));
    if (operation == Arithmetic::Add && joins) {
        std::string text;
        append_text(text, a);
        append_text(text, b);
        return data(Value::string(arena.copy(text)));
    }
    if (!is_number(a_type) || !is_number(b_type)) {
        refuse(fmt::format("compute {} of", static_cast<char>(operation)), a, b);
    }
    if (a_type == Class::Real || b_type == Class::Real) {
        return data(Value::float64(compute_reals(operation, to_double(a, a_type), to_double(b, b_type))));
    }
    if (a_type == Class::Decimal || b_type == Class::Decimal) {
        throw DataException("Arithmetic with decimals is not supported");
    }
    const bool is_long = a.value.kind() == Value::Kind::Int64 || b.value.kind() == Value::Kind::Int64;
    return whole(wrapped(operation, a.value.as_integer(), b.value.as_integer()), is_long);
}

Operand negate(const Operand& operand) {
    switch (class_of(operand)) {
    case Class::Whole:
        return whole(wrapped(Arithmetic::Subtract, 0, operand.value.as_integer()),
                     operand.value.kind() == Value::Kind::Int64);
    case Class::Real:
        if (operand.value.kind() == Value::Kind::Float64) return data(Value::float64(-operand.value.as_double()));
        return data(Value::float32(static_cast<float>(-operand.value.as_double())));
    case Class::Decimal:
        throw DataException("Arithmetic with decimals is not supported");
    default:
        throw DataException(fmt::format("Cannot compute - of {}", class_name(operand)));
    }
}

void append_text(std::string& out, const Operand& operand) {
    if (class_of(operand) == Class::Other) {
        throw DataException(fmt::format("{} cannot be joined to a text", class_name(operand)));
    }
    converters::append_java_text(out, *operand.schema, operand.value);
}

}
