/// An expression over a record, as Debezium's Filter and ContentBasedRouter take them: the part of Groovy that people
/// write there, compiled once and without a JVM.
///
/// Input   variables key, value, keySchema, valueSchema, topic, header (or headers: by name, each with value and
///         schema); fields as a.b, a?.b and a['b']; elements as a[0]; texts, numbers, true, false, null; == != < <= >
///         >= =~ ==~ in !in && || ! ?: + - * % and ternaries; methods by name (methods.hpp). A leading `return` and a
///         semicolon at the end do not matter.
///         JavaScript's part of it has === and !==, [a, b].includes(c) and length, and neither =~, in nor ?:.
/// Output  what Groovy, or JavaScript, computes, differences.md says where not.
/// Throws  ExpressionError with the place for anything else, when it is made; DataException naming the expression when
///         it cannot be evaluated for a record.
/// State   where fields are in a schema is looked up once a schema, so an object belongs to one thread.
#pragma once
#include "connectors/api/record.hpp"
#include "connectors/transforms/expressions/operand.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace millrace::transforms {

struct ExpressionNode;

class Expression {
public:
    explicit Expression(std::string_view text, Dialect dialect = Dialect::Groovy);
    ~Expression();
    Expression(Expression&&) noexcept;
    Expression& operator=(Expression&&) noexcept;
    Expression(const Expression&) = delete;
    Expression& operator=(const Expression&) = delete;

    /// Throws DataException if the result is neither true nor false.
    bool test(const ConnectRecord& record, Arena& arena);
    /// Null or a text, which may lie in this object. Throws DataException if it is something else.
    Value text(const ConnectRecord& record, Arena& arena);

private:
    template <class Use>
    auto evaluate(const ConnectRecord& record, Arena& arena, Use use);

    std::string text_;
    Dialect dialect_;
    std::unique_ptr<Arena> literals_;
    std::unique_ptr<ExpressionNode> root_;
};

/// Why a text is no expression, where and what may stand there instead; "" if it is one.
std::string expression_complaint(std::string_view text, Dialect dialect = Dialect::Groovy);

}
