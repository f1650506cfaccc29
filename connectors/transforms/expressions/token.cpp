#include "connectors/transforms/expressions/token.hpp"

#include "connectors/support/decimal.hpp"
#include "connectors/support/java_number.hpp"
#include "connectors/support/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

namespace millrace::transforms {

namespace {

constexpr std::size_t most_bytes = 20'000;

/// Longest first. Those that Groovy has and we do not are here so that a message can name them.
constexpr std::array<std::string_view, 52> signs{
    "<=>", "===", "!==", "==~", "...", "..<", "<<=", ">>=", "**=", "&&", "||", "==", "!=", "<=", ">=", "=~", "?.", "?:",
    "->",  "++",  "--",  "**",  "..",  "<<",  ">>",  ".&",  "*.",  ".@", "+=", "-=", "*=", "/=", "%=", "::", "(",  ")",
    "[",   "]",   ".",   ",",   "?",   ":",   "<",   ">",   "!",   "+",  "-",  "*",  "%",  "=",  "~",  ";"};

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool starts_name(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || static_cast<signed char>(c) < 0;
}
constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f'; }

class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    std::vector<Token> run() {
        if (text_.size() > most_bytes)
            throw ExpressionError(most_bytes, fmt::format("it is longer than {} bytes", most_bytes));
        if (!valid_utf8(text_)) throw ExpressionError(0, "it is no UTF-8");
        for (skip_blanks(); at_ < text_.size(); skip_blanks()) add();
        add_token(Token::Kind::End, 0);
        return std::move(tokens_);
    }

private:
    char peek(std::size_t ahead = 0) const noexcept { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

    void skip_blanks() {
        newline_ = false;
        for (; at_ < text_.size() && is_blank(text_[at_]); ++at_) newline_ = newline_ || text_[at_] == '\n';
        if (text_.substr(at_).starts_with("//") || text_.substr(at_).starts_with("/*")) {
            throw ExpressionError(at_, "comments are not supported");
        }
    }

    Token& add_token(Token::Kind kind, std::size_t size) {
        auto& token = tokens_.emplace_back(Token{.kind = kind, .position = at_, .source = text_.substr(at_, size)});
        token.after_newline = newline_;
        at_ += size;
        return token;
    }

    void add() {
        const char c = peek();
        if (starts_name(c)) {
            std::size_t size = 1;
            while (starts_name(peek(size)) || is_digit(peek(size))) ++size;
            add_token(Token::Kind::Name, size);
        } else if (is_digit(c)) {
            add_number();
        } else if (c == '\'' || c == '"') {
            add_string(c);
        } else if (c == '/' && !operand_before()) {
            add_string(c);
        } else {
            add_sign();
        }
    }

    void add_sign() {
        for (const auto sign : signs) {
            if (!text_.substr(at_).starts_with(sign)) continue;
            add_token(Token::Kind::Sign, sign.size());
            return;
        }
        add_token(Token::Kind::Sign, 1);  // nothing that the parser takes: it says what may stand here
    }

    /// True if an operator must come here, so that a slash begins no string.
    bool operand_before() const noexcept {
        if (tokens_.empty()) return false;
        const auto& last = tokens_.back();
        if (last.kind == Token::Kind::Name) return last.source != "in" && last.source != "return";
        return last.kind != Token::Kind::Sign || last.source == ")" || last.source == "]";
    }

    void add_number() {
        std::size_t size = 1;
        const auto digits = [&] {
            while (is_digit(peek(size))) ++size;
        };
        digits();
        if (peek(size) == '.' && is_digit(peek(size + 1))) {
            ++size;
            digits();
        }
        if ((peek(size) == 'e' || peek(size) == 'E')) {
            const std::size_t sign = peek(size + 1) == '-' || peek(size + 1) == '+' ? 1 : 0;
            if (is_digit(peek(size + 1 + sign))) {
                size += 1 + sign;
                digits();
            }
        }
        while (starts_name(peek(size)) || is_digit(peek(size))) ++size;  // a suffix, or what must not be there
        add_token(Token::Kind::Number, size);
    }

    void add_string(char quote) {
        const auto start = at_;
        if (text_.substr(at_ + 1).starts_with(std::string(2, quote)) && quote != '/') {
            throw ExpressionError(at_, "strings in three quotes are not supported");
        }
        std::string content;
        for (++at_; peek() != quote;) {
            if (at_ >= text_.size()) throw ExpressionError(start, "this string does not end");
            if (peek() == '\n' && quote != '/') throw ExpressionError(start, "this string does not end in its line");
            refuse_interpolation(quote);
            if (peek() == '\\') {
                add_escape(content, quote);
            } else {
                content += text_[at_++];
            }
        }
        const auto end = at_ + 1;
        at_ = start;
        auto& token = add_token(Token::Kind::String, end - start);
        token.text = std::move(content);
        token.in_slashes = quote == '/';
    }

    void refuse_interpolation(char quote) const {
        if (peek() != '$' || quote == '\'') return;
        const char next = peek(1);
        if (quote == '/' && next != '{' && !starts_name(next)) return;
        throw ExpressionError(at_, "strings with $... in them are not supported; join texts with +, or write \\$");
    }

    void add_escape(std::string& content, char quote) {
        const char c = peek(1);
        if (quote == '/') {
            if (c != '/') content += '\\';
            if (c == '/') content += c;
            at_ += c == '/' ? 2 : 1;
            return;
        }
        constexpr std::string_view names = "nrtbf\\'\"$";
        constexpr std::string_view meanings = "\n\r\t\b\f\\'\"$";
        if (const auto found = names.find(c); c != '\0' && found != std::string_view::npos) {
            content += meanings[found];
            at_ += 2;
            return;
        }
        if (c != 'u') throw ExpressionError(at_, "this escape is not supported");
        std::uint32_t unit = 0;
        const auto hex = text_.substr(std::min(at_ + 2, text_.size()), 4);
        const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), unit, 16);
        if (error != std::errc() || end != hex.data() + 4)
            throw ExpressionError(at_, "\\u wants four hexadecimal digits");
        if (unit >= 0xD800 && unit < 0xE000) throw ExpressionError(at_, "write characters above U+FFFF as they are");
        append_utf8(content, unit);
        at_ += 6;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    bool newline_ = false;
    std::vector<Token> tokens_;
};

[[noreturn]] void refuse_number(const Token& token, std::string_view why) {
    throw ExpressionError(token.position, fmt::format("the number {} {}", token.source, why));
}

NumberLiteral whole_number(const Token& token, std::string_view digits, bool negative, char suffix) {
    if (digits.size() > 1 && digits[0] == '0') refuse_number(token, "would be octal; write it without the zero");
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    const auto text = fmt::format("{}{}", negative ? "-" : "", digits);
    const auto number = parse_java_integer(text, least, most);
    if (!number) refuse_number(token, "is too large");
    const bool fits =
        *number >= std::numeric_limits<std::int32_t>::min() && *number <= std::numeric_limits<std::int32_t>::max();
    if (suffix == 'i' && !fits) refuse_number(token, "is too large for an Integer");
    if (fits && suffix != 'l') return {.value = Value::int32(static_cast<std::int32_t>(*number))};
    return {.value = Value::int64(*number)};
}

NumberLiteral decimal_number(const Token& token, const std::string& text) {
    const auto exponent = text.find_first_of("eE");
    // Java keeps as many places as were written, less the exponent.
    const auto point = text.find('.');
    const auto mantissa_end = exponent == std::string::npos ? text.size() : exponent;
    std::int64_t scale = point == std::string::npos ? 0 : static_cast<std::int64_t>(mantissa_end - point - 1);
    if (exponent != std::string::npos) {
        const auto power = parse_java_integer(std::string_view(text).substr(exponent + 1), -1000, 1000);
        if (!power) refuse_number(token, "has too large an exponent");
        scale -= *power;
    }
    auto bytes = decimal_bytes(text, static_cast<std::int32_t>(scale));
    if (!bytes) refuse_number(token, "is not understood");
    NumberLiteral made;
    made.decimal = std::move(*bytes);
    made.schema = make_schema({.type = Type::Bytes,
                               .name = std::string(decimal_schema_name),
                               .version = 1,
                               .parameters = {{"scale", std::to_string(scale)}}});
    return made;
}

}

std::vector<Token> tokens_of(std::string_view expression) { return Lexer(expression).run(); }

NumberLiteral read_number(const Token& token, bool negative) {
    auto digits = token.source;
    char suffix = '\0';
    if (const char last = digits.back(); starts_name(last)) {
        suffix = last >= 'A' && last <= 'Z' ? static_cast<char>(last - 'A' + 'a') : last;
        digits.remove_suffix(1);
        if (std::string_view("lidf").find(suffix) == std::string_view::npos) refuse_number(token, "is not supported");
    }
    if (digits.find_first_not_of("0123456789.eE+-") != std::string_view::npos) refuse_number(token, "is not supported");
    const bool whole = digits.find_first_of(".eE") == std::string_view::npos;
    const auto text = fmt::format("{}{}", negative ? "-" : "", digits);
    if (suffix == 'd') return {.value = Value::float64(*parse_java_double(text))};
    if (suffix == 'f') return {.value = Value::float32(*parse_java_float(text))};
    if (whole) return whole_number(token, digits, negative, suffix);
    if (suffix != '\0') refuse_number(token, "is no whole number");
    return decimal_number(token, text);
}

}
