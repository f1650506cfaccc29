/// JavaScript's rules for operands, where they are not Groovy's: equality, order, truth, arithmetic.
///
/// Throws  DataException for operands that only objects of Java's would be there: decimals, times, structs, lists.
/// Facts   ECMAScript 2023: IsLooselyEqual, IsStrictlyEqual, IsLessThan, ToBoolean, StringToNumber.
#pragma once
#include "connectors/transforms/expressions/operand.hpp"

#include <compare>

namespace millrace::transforms {

/// a == b, or a === b.
bool js_equal(const Operand& a, const Operand& b, bool strict);
/// Unordered if one of them is no number.
std::partial_ordering js_compare(const Operand& a, const Operand& b);
bool js_truth(const Operand& operand) noexcept;
/// Numbers; + also joins texts with texts and whole numbers, and then the new one lies in `arena`.
Operand js_compute(Arithmetic operation, const Operand& a, const Operand& b, Arena& arena);

}
