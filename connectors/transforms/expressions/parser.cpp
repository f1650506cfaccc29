#include "connectors/transforms/expressions/parser.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/support/java_number.hpp"
#include "connectors/transforms/expressions/token.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace millrace::transforms {

namespace {

using Kind = ExpressionNode::Kind;

constexpr std::size_t most_tokens = 2000;
constexpr std::size_t most_nesting = 100;

struct BinaryOperator {
    std::string_view sign;
    Kind kind;
    int precedence;
};
constexpr int additive = 6;
constexpr std::array<BinaryOperator, 19> binary_operators{{
    {"||", Kind::Or, 1},           {"&&", Kind::And, 2},
    {"=~", Kind::Finds, 3},        {"==~", Kind::Matches, 3},
    {"==", Kind::Equal, 4},        {"!=", Kind::NotEqual, 4},
    {"===", Kind::StrictEqual, 4}, {"!==", Kind::StrictNotEqual, 4},
    {"<", Kind::Less, 5},          {"<=", Kind::LessOrEqual, 5},
    {">", Kind::Greater, 5},       {">=", Kind::GreaterOrEqual, 5},
    {"in", Kind::In, 5},           {"!", Kind::NotIn, 5},  // followed by `in`
    {"+", Kind::Add, additive},    {"-", Kind::Subtract, additive},
    {"*", Kind::Multiply, 7},      {"%", Kind::Remainder, 7},
    {"", Kind::Literal, 0},
}};

struct Variable {
    std::string_view name;
    Kind kind;
};
constexpr std::array<Variable, 7> variables{{{"key", Kind::Key},
                                             {"value", Kind::Value},
                                             {"keySchema", Kind::KeySchema},
                                             {"valueSchema", Kind::ValueSchema},
                                             {"topic", Kind::Topic},
                                             {"header", Kind::Headers},
                                             {"headers", Kind::Headers}}};

bool is_strict(Kind kind) noexcept { return kind == Kind::StrictEqual || kind == Kind::StrictNotEqual; }
bool is_groovys(Kind kind) noexcept {
    return kind == Kind::Finds || kind == Kind::Matches || kind == Kind::In || kind == Kind::NotIn;
}

/// What texts, records and schemas have in JavaScript, too, and means the same.
constexpr std::array<std::string_view, 19> methods_of_both{
    "endsWith", "field",    "get",        "getBoolean",  "getFloat32", "getFloat64", "getInt16",
    "getInt32", "getInt64", "getInt8",    "getString",   "getStruct",  "indexOf",    "isOptional",
    "name",     "schema",   "startsWith", "toLowerCase", "toUpperCase"};

class Parser {
public:
    Parser(std::string_view text, Arena& literals, Dialect dialect)
        : tokens_(tokens_of(text)), literals_(literals), dialect_(dialect) {}

    ExpressionNode run() {
        if (tokens_.size() > most_tokens) {
            throw ExpressionError(tokens_[most_tokens].position, fmt::format("it has more than {} words", most_tokens));
        }
        if (next().is("return") && !is_javascript()) ++at_;
        auto root = expression();
        if (next().is(";")) ++at_;
        if (next().kind != Token::Kind::End) unexpected("an operator or the end");
        check_places(root, false, false);
        return root;
    }

private:
    /// Counts how deep the parser is in itself.
    class Nesting {
    public:
        explicit Nesting(Parser& parser) : parser_(parser) {
            if (++parser_.nesting_ > most_nesting) {
                throw ExpressionError(parser_.next().position,
                                      fmt::format("it is nested more than {} deep", most_nesting));
            }
        }
        ~Nesting() { --parser_.nesting_; }
        Nesting(const Nesting&) = delete;
        Nesting& operator=(const Nesting&) = delete;

    private:
        Parser& parser_;
    };

    bool is_javascript() const noexcept { return dialect_ == Dialect::JavaScript; }
    const Token& next() const noexcept { return tokens_[at_]; }
    const Token& after_next() const noexcept { return tokens_[at_ + 1 < tokens_.size() ? at_ + 1 : at_]; }

    [[noreturn]] void unexpected(std::string_view wanted) const {
        if (next().kind == Token::Kind::End)
            throw ExpressionError(next().position, fmt::format("{} is missing", wanted));
        throw ExpressionError(next().position, fmt::format("{} is not supported here, but {}", next().source, wanted));
    }

    void take(std::string_view sign) {
        if (!next().is(sign)) unexpected(sign);
        ++at_;
    }

    static ExpressionNode made(Kind kind, std::size_t position) {
        ExpressionNode node;
        node.kind = kind;
        node.position = position;
        return node;
    }

    template <class... Children>
    static ExpressionNode made(Kind kind, std::size_t position, Children... children) {
        auto node = made(kind, position);
        node.children.reserve(sizeof...(children));
        (node.children.push_back(std::move(children)), ...);
        return node;
    }

    ExpressionNode expression() {
        const Nesting nesting(*this);
        auto condition = binary(1);
        const auto position = next().position;
        if (next().is("?:") && !is_javascript()) {
            ++at_;
            return made(Kind::Elvis, position, std::move(condition), expression());
        }
        if (!next().is("?")) return condition;
        ++at_;
        auto first = expression();
        take(":");
        return made(Kind::Conditional, position, std::move(condition), std::move(first), expression());
    }

    const BinaryOperator* binary_operator() const noexcept {
        for (const auto& candidate : binary_operators) {
            if (candidate.sign.empty() || !next().is(candidate.sign)) continue;
            if (is_javascript() ? is_groovys(candidate.kind) : is_strict(candidate.kind)) continue;
            if (candidate.kind == Kind::NotIn &&
                (!after_next().is("in") || after_next().position != next().position + 1)) {
                continue;
            }
            // Groovy begins a new statement there.
            if (!is_javascript() && candidate.precedence == additive && next().after_newline && brackets_ == 0)
                continue;
            return &candidate;
        }
        return nullptr;
    }

    ExpressionNode binary(int least_precedence) {
        auto left = unary();
        for (const auto* found = binary_operator(); found && found->precedence >= least_precedence;
             found = binary_operator()) {
            const auto position = next().position;
            at_ += found->kind == Kind::NotIn ? 2 : 1;
            if (found->kind == Kind::Finds || found->kind == Kind::Matches) {
                auto matched = made(found->kind, position, std::move(left));
                matched.regex = pattern();
                const auto* after = binary_operator();
                if (next().is(".") || (after && after->precedence > found->precedence)) {
                    unexpected("nothing more behind a pattern");
                }
                left = std::move(matched);
                continue;
            }
            auto right = binary(found->precedence + 1);
            left = made(found->kind, position, std::move(left), std::move(right));
        }
        return left;
    }

    /// A regular expression, which must stand there as a text.
    std::unique_ptr<Regex> pattern() {
        const auto& token = next();
        if (token.kind != Token::Kind::String) unexpected("a pattern in quotes or slashes");
        ++at_;
        if (auto complaint = regex_complaint(token.text); !complaint.empty()) {
            throw ExpressionError(token.position, complaint);
        }
        return std::make_unique<Regex>(token.text);
    }

    ExpressionNode unary() {
        const auto position = next().position;
        if (next().is("!") || next().is("-")) {
            const Nesting nesting(*this);
            const bool minus = next().is("-");
            ++at_;
            if (minus && next().kind == Token::Kind::Number) return postfix(number(true));
            return made(minus ? Kind::Negate : Kind::Not, position, unary());
        }
        return postfix(primary());
    }

    ExpressionNode primary() {
        const auto& token = next();
        switch (token.kind) {
        case Token::Kind::Number:
            return number(false);
        case Token::Kind::String: {
            if (is_javascript() && token.in_slashes) unexpected("a value that is no pattern");
            auto node = made(Kind::Literal, token.position);
            node.literal = Value::string(literals_.copy(token.text));
            ++at_;
            return node;
        }
        case Token::Kind::Name:
            return name();
        default:
            break;
        }
        if (token.is("(")) return in_parentheses();
        if (token.is("[")) return list();
        unexpected("a value");
    }

    ExpressionNode number(bool negative) {
        const auto& token = next();
        auto read = read_number(token, negative);
        auto node = made(Kind::Literal, token.position);
        if (is_javascript()) {
            if (token.source.find_first_not_of("0123456789.eE+-") != std::string_view::npos) unexpected("a number");
            if (read.schema) {
                const auto text = fmt::format("{}{}", negative ? "-" : "", token.source);
                read = {.value = Value::float64(*parse_java_double(text))};
            }
        }
        node.literal = read.schema ? Value::bytes(literals_.copy(read.decimal)) : read.value;
        node.literal_schema = std::move(read.schema);
        ++at_;
        return node;
    }

    ExpressionNode name() {
        const auto& token = next();
        ++at_;
        auto node = made(Kind::Literal, token.position);
        if (token.is("null")) return node;
        if (token.is("true") || token.is("false")) {
            node.literal = Value::boolean(token.is("true"));
            return node;
        }
        for (const auto& variable : variables) {
            if (token.source == variable.name) return made(variable.kind, token.position);
        }
        throw ExpressionError(token.position, fmt::format("{} is not known; there are key, value, keySchema, "
                                                          "valueSchema, topic and header",
                                                          token.source));
    }

    ExpressionNode in_parentheses() {
        ++at_;
        ++brackets_;
        auto inner = expression();
        --brackets_;
        take(")");
        return inner;
    }

    ExpressionNode list() {
        auto node = made(Kind::List, next().position);
        ++at_;
        node.children = elements("]");
        return node;
    }

    /// Expressions parted by commas, up to the bracket.
    std::vector<ExpressionNode> elements(std::string_view bracket) {
        std::vector<ExpressionNode> found;
        ++brackets_;
        while (!next().is(bracket)) {
            if (!found.empty()) take(",");
            found.push_back(expression());
        }
        --brackets_;
        ++at_;
        return found;
    }

    ExpressionNode postfix(ExpressionNode node) {
        for (;;) {
            const auto& token = next();
            if (token.is(".") || token.is("?.")) {
                node = member(std::move(node));
            } else if (token.is("[") && !token.after_newline) {
                ++at_;
                ++brackets_;
                auto by = expression();
                --brackets_;
                take("]");
                node = made(Kind::Index, token.position, std::move(node), std::move(by));
            } else {
                return node;
            }
        }
    }

    ExpressionNode member(ExpressionNode on) {
        const bool safe = next().is("?.");
        ++at_;
        const auto& token = next();
        const bool quoted = token.kind == Token::Kind::String && !token.in_slashes;
        if (token.kind != Token::Kind::Name && !quoted) unexpected("the name of a field or method");
        ++at_;
        auto node = made(Kind::Property, token.position, std::move(on));
        node.safe = safe;
        node.name = quoted ? token.text : std::string(token.source);
        if (next().is("(") && !next().after_newline) call(node);
        return node;
    }

    void call(ExpressionNode& node) {
        node.kind = Kind::Call;
        if (is_javascript() && node.name == "includes") return includes(node);
        const bool there = !is_javascript() ||
                           std::ranges::find(methods_of_both, std::string_view(node.name)) != methods_of_both.end();
        node.method = there ? find_method(node.name) : nullptr;
        if (!node.method) {
            throw ExpressionError(
                node.position, fmt::format("the method {} is not supported; there are {}", node.name, known_methods()));
        }
        ++at_;
        if (node.method->has_pattern) {
            node.regex = pattern();
            if (!next().is(")")) take(",");
        }
        for (auto& argument : elements(")")) node.children.push_back(std::move(argument));
        const auto count = node.children.size() - 1 + (node.method->has_pattern ? 1 : 0);
        if (count < node.method->least_arguments || count > node.method->most_arguments) {
            throw ExpressionError(node.position, fmt::format("the method {} takes no {} arguments", node.name, count));
        }
        if (node.children[0].kind == Kind::List && node.name == "contains") {
            node = made(Kind::In, node.position, std::move(node.children[1]), std::move(node.children[0]));
        }
    }

    /// [a, b].includes(c), or text.includes(part).
    void includes(ExpressionNode& node) {
        ++at_;
        auto arguments = elements(")");
        if (arguments.size() != 1) {
            throw ExpressionError(node.position,
                                  fmt::format("the method includes takes no {} arguments", arguments.size()));
        }
        if (node.children[0].kind == Kind::List) {
            node = made(Kind::In, node.position, std::move(arguments[0]), std::move(node.children[0]));
            return;
        }
        node.method = find_method("contains");
        node.children.push_back(std::move(arguments[0]));
    }

    std::string known_methods() const {
        return is_javascript() ? fmt::format("includes, {}", fmt::join(methods_of_both, ", ")) : method_names();
    }

    /// What =~ gives is neither true nor false but counts as such; what [a, b] gives is only compared with.
    static void check_places(const ExpressionNode& node, bool for_truth, bool for_in) {
        if (node.kind == Kind::List && !for_in) {
            throw ExpressionError(node.position, "a list is supported behind `in` and with contains() alone");
        }
        if (node.kind == Kind::Finds && !for_truth) {
            throw ExpressionError(node.position,
                                  "=~ is supported as a condition alone (with &&, ||, !, ?:); ==~ gives true or false");
        }
        const bool tests = node.kind == Kind::And || node.kind == Kind::Or || node.kind == Kind::Not;
        const bool passes = node.kind == Kind::Conditional || node.kind == Kind::Elvis;
        for (std::size_t i = 0; i < node.children.size(); ++i) {
            const bool is_condition = node.kind == Kind::Conditional && i == 0;
            const bool is_sought_in = (node.kind == Kind::In || node.kind == Kind::NotIn) && i == 1;
            check_places(node.children[i], tests || is_condition || (passes && for_truth), is_sought_in);
        }
    }

    std::vector<Token> tokens_;
    Arena& literals_;
    Dialect dialect_;
    std::size_t at_ = 0;
    std::size_t nesting_ = 0;
    std::size_t brackets_ = 0;
};

}

ExpressionNode parse_expression(std::string_view text, Arena& literals, Dialect dialect) {
    return Parser(text, literals, dialect).run();
}

}
