/// The words of an expression: names, strings, numbers and signs of Groovy's syntax.
///
/// Throws  ExpressionError, with the place, for what no expression may hold: strings with ${...}, numbers without end,
///         characters that mean nothing.
/// Facts   Groovy language documentation, "Syntax".
#pragma once
#include "connectors/api/schema.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::transforms {

/// Why a text is no expression that is understood here.
struct ExpressionError : std::runtime_error {
    ExpressionError(std::size_t at, const std::string& message) : std::runtime_error(message), position(at) {}
    std::size_t position;  ///< in bytes, from 0
};

struct Token {
    enum class Kind : std::uint8_t { Name, String, Number, Sign, End };
    Kind kind = Kind::End;
    std::size_t position = 0;
    std::string_view source = {};  ///< as it was written
    std::string text = {};         ///< of a String: its content
    bool after_newline = false;
    bool in_slashes = false;  ///< a String written as /.../

    bool is(std::string_view word) const noexcept {
        return (kind == Kind::Sign || kind == Kind::Name) && source == word;
    }
};

/// All tokens, the last of kind End. They point into `expression`.
std::vector<Token> tokens_of(std::string_view expression);

/// A number as it was written, perhaps with a minus before it.
struct NumberLiteral {
    Value value;  ///< Int32, Int64, Float32, Float64, or the bytes of a decimal in `decimal`
    std::string decimal = {};
    SchemaPtr schema = {};  ///< of a decimal; otherwise null
};
NumberLiteral read_number(const Token& token, bool negative);

}
