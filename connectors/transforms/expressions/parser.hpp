/// Reads an expression: tokens become a tree, with Groovy's precedences, which are JavaScript's for what both have.
///
/// Throws  ExpressionError for what is no expression, or for what Groovy has and we do not, with what is supported.
/// Facts   Groovy language documentation, "Operators", "Operator precedence".
#pragma once
#include "connectors/transforms/expressions/node.hpp"

#include <string_view>

namespace millrace::transforms {

/// `literals` holds what the tree's literals point to, and must outlive it.
ExpressionNode parse_expression(std::string_view text, Arena& literals, Dialect dialect = Dialect::Groovy);

}
