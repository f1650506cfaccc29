/// What an expression computes with, and Groovy's rules for it: equality, order, truth, arithmetic, text.
///
/// Throws  DataException in Groovy's words where an operation makes no sense for its operands.
/// Facts   Groovy: DefaultTypeTransformation, NumberMath, DefaultGroovyMethods; the differential tests.
#pragma once
#include "connectors/api/schema.hpp"

#include <string>
#include <string_view>

namespace millrace::transforms {

/// The language of an expression.
enum class Dialect : std::uint8_t { Groovy, JavaScript };

/// A value with its schema, or one of the things about a record that are no data. It owns nothing.
struct Operand {
    enum class Kind : std::uint8_t {
        Data,
        Schema,   ///< `schema` itself
        Field,    ///< of a schema: its name in `value`, its schema in `schema`
        Headers,  ///< all of the record's
        Header    ///< one of them: its value and schema
    };
    static const SchemaPtr no_schema;

    Kind kind = Kind::Data;
    const SchemaPtr* schema = &no_schema;  ///< never null; what it points to outlives the operand
    Value value = {};

    bool is_null() const noexcept { return kind == Kind::Data && value.is_null(); }
    bool is_text() const noexcept { return kind == Kind::Data && value.kind() == Value::Kind::String; }
    bool is_struct() const noexcept { return kind == Kind::Data && value.kind() == Value::Kind::Struct; }
    bool is_list() const noexcept { return kind == Kind::Data && value.kind() == Value::Kind::Array; }
    bool is_map() const noexcept { return kind == Kind::Data && value.kind() == Value::Kind::Map; }
};

inline Operand data(const Value& value) noexcept { return {.value = value}; }
inline Operand data(const SchemaPtr& schema, const Value& value) noexcept {
    return {.schema = &schema, .value = value};
}
/// An element of a list.
Operand element_of(const Operand& list, const Value& element) noexcept;

/// The class as messages name it: "java.lang.Long", "java.math.BigDecimal".
std::string_view class_name(const Operand& operand) noexcept;

/// a == b: numbers by what they are, not by their type; everything else by content.
bool groovy_equal(const Operand& a, const Operand& b);
/// a.equals(b) of Java, which `in` and contains() use: the Integer 1 is not the Long 1.
bool java_equal(const Operand& a, const Operand& b);
/// Below 0, 0 or above: null comes first. Throws for what has no order.
int groovy_compare(const Operand& a, const Operand& b);
/// Whether it counts as true: not null, not 0, not empty.
bool groovy_truth(const Operand& operand) noexcept;

enum class Arithmetic : char { Add = '+', Subtract = '-', Multiply = '*', Remainder = '%' };
/// Whole numbers wrap around as Java's do. Adding a text joins texts; the new one lies in `arena`.
Operand compute(Arithmetic operation, const Operand& a, const Operand& b, Arena& arena);
/// Of floating-point numbers, which every dialect computes with alike.
double compute_reals(Arithmetic operation, double a, double b);
Operand negate(const Operand& operand);

/// toString() of null, booleans, numbers, texts and times. Throws for others.
void append_text(std::string& out, const Operand& operand);

}
