/// A compiled expression: a tree of what is to be done.
#pragma once
#include "connectors/api/record.hpp"
#include "connectors/support/regex.hpp"
#include "connectors/transforms/expressions/methods.hpp"
#include "connectors/transforms/expressions/operand.hpp"
#include "connectors/transforms/schema_cache.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::transforms {

/// What an expression is evaluated for.
struct Scope {
    const ConnectRecord& record;
    Arena& arena;
    Dialect dialect = Dialect::Groovy;
};

struct ExpressionNode {
    enum class Kind : std::uint8_t {
        Literal,
        List,
        Key,
        Value,
        KeySchema,
        ValueSchema,
        Topic,
        Headers,
        Property,  ///< children[0].name
        Index,     ///< children[0][children[1]]
        Call,      ///< children[0].name(children[1], ...)
        Not,
        Negate,
        And,
        Or,
        Equal,
        NotEqual,
        StrictEqual,  ///< ===
        StrictNotEqual,
        Less,
        LessOrEqual,
        Greater,
        GreaterOrEqual,
        Add,
        Subtract,
        Multiply,
        Remainder,
        Matches,  ///< ==~, the whole text
        Finds,    ///< =~, anywhere in the text; only for its truth
        In,
        NotIn,
        Conditional,  ///< children[0] ? children[1] : children[2]
        Elvis         ///< children[0] ?: children[1]
    };

    Kind kind = Kind::Literal;
    std::size_t position = 0;  ///< in the expression
    bool safe = false;         ///< ?. instead of .
    std::string name = {};
    millrace::Value literal = {};
    SchemaPtr literal_schema = {};  ///< of a decimal
    const Method* method = nullptr;
    std::unique_ptr<Regex> regex = {};
    std::vector<ExpressionNode> children = {};
    SchemaCache<std::optional<std::size_t>> places = {};  ///< of the field `name`, by the struct's schema

    Operand evaluate(const Scope& scope);

private:
    Operand property(const Operand& of, const Scope& scope);
    Operand index(const Operand& of, const Operand& by, const Scope& scope);
    Operand call(const Scope& scope);
    bool test(const Scope& scope);
    bool equals(const Scope& scope);
    bool compares(const Scope& scope);
    bool is_in(const Scope& scope);
};

}
