#include "connectors/transforms/expressions/expression.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/transforms/expressions/node.hpp"
#include "connectors/transforms/expressions/parser.hpp"
#include "connectors/transforms/expressions/token.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::transforms {

Expression::Expression(std::string_view text, Dialect dialect)
    : text_(text),
      dialect_(dialect),
      literals_(std::make_unique<Arena>(256)),
      root_(std::make_unique<ExpressionNode>(parse_expression(text, *literals_, dialect))) {}
Expression::~Expression() = default;
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;

template <class Use>
auto Expression::evaluate(const ConnectRecord& record, Arena& arena, Use use) {
    try {
        return use(root_->evaluate({.record = record, .arena = arena, .dialect = dialect_}));
    } catch (const DataException& e) {
        throw DataException(fmt::format("Error while evaluating expression '{}': {}", text_, e.what()));
    }
}

bool Expression::test(const ConnectRecord& record, Arena& arena) {
    return evaluate(record, arena, [](const Operand& result) {
        if (result.kind == Operand::Kind::Data && result.value.kind() == Value::Kind::Boolean) {
            return result.value.as_boolean();
        }
        throw DataException(fmt::format("it gives {}, not true or false", class_name(result)));
    });
}

Value Expression::text(const ConnectRecord& record, Arena& arena) {
    return evaluate(record, arena, [](const Operand& result) {
        if (result.is_null() || result.is_text()) return result.value;
        throw DataException(fmt::format("it gives {}, not a text", class_name(result)));
    });
}

std::string expression_complaint(std::string_view text, Dialect dialect) {
    try {
        Arena literals;
        parse_expression(text, literals, dialect);
        return "";
    } catch (const ExpressionError& e) {
        const auto place = std::min(e.position, text.size());
        const auto rest = text.substr(place, 20);
        return fmt::format("at character {}{}{}: {}. Expressions are a part of {}: docs/differences.md lists it",
                           place + 1, rest.empty() ? "" : ", before ", rest, e.what(),
                           dialect == Dialect::Groovy ? "Groovy" : "JavaScript");
    }
}

}
