/// Our one JSON module: reads text into a tree and writes compact text with the bytes that Kafka Connect's own
/// serializer (Jackson) writes, so that keys compare equal.
///
/// Input   UTF-8. Numbers keep their source text (1e3, 1.0), because REST hands settings on as they were written.
/// Output  a Node, whose text, elements and members lie in the Arena given.
/// Throws  ParseException naming line and column; also for more than max_depth levels.
#pragma once
#include "connectors/api/arena.hpp"
#include "connectors/api/errors.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace millrace::json {

inline constexpr std::size_t max_depth = 1000;

struct ParseException : DataException {
    ParseException(const std::string& message, std::size_t at_line, std::size_t at_column)
        : DataException(message), line(at_line), column(at_column) {}
    std::size_t line;    ///< from 1
    std::size_t column;  ///< from 1, in bytes
};

struct Member;

class Node {
public:
    enum class Kind : std::uint8_t { Null, Boolean, Number, String, Array, Object };

    Node() noexcept : text_(nullptr) {}
    static Node boolean(bool v) noexcept { return {Kind::Boolean, v ? 1u : 0u}; }
    static Node number(std::string_view source) noexcept { return {Kind::Number, source}; }
    static Node string(std::string_view v) noexcept { return {Kind::String, v}; }
    static Node array(std::span<const Node> v) noexcept;
    static Node object(std::span<const Member> v) noexcept;

    Kind kind() const noexcept { return kind_; }
    bool is_null() const noexcept { return kind_ == Kind::Null; }
    bool is_string() const noexcept { return kind_ == Kind::String; }
    bool is_number() const noexcept { return kind_ == Kind::Number; }
    bool is_object() const noexcept { return kind_ == Kind::Object; }
    bool is_array() const noexcept { return kind_ == Kind::Array; }
    /// false unless `true`.
    bool as_boolean() const noexcept { return kind_ == Kind::Boolean && size_ != 0; }
    /// A String's content, a Number's source text; empty for others.
    std::string_view text() const noexcept {
        return kind_ == Kind::String || kind_ == Kind::Number ? std::string_view(text_, size_) : std::string_view();
    }
    /// Empty unless an Array.
    std::span<const Node> elements() const noexcept {
        return kind_ == Kind::Array ? std::span(nodes_, size_) : std::span<const Node>();
    }
    /// In the order of the source, duplicates included; empty unless an Object.
    std::span<const Member> members() const noexcept;
    /// The last member of this name, or null; also null if this is no object.
    const Node* find(std::string_view name) const noexcept;

    bool is_integer() const noexcept;  ///< a Number without fraction and exponent
    /// None unless a Number without fraction and exponent that fits.
    std::optional<std::int64_t> as_integer() const noexcept;
    /// The lowest 64 bits of a Number of any length; none if it has a fraction or an exponent.
    std::optional<std::int64_t> as_wrapped_integer() const noexcept;
    double as_double() const noexcept;  ///< 0 unless a Number

private:
    Node(Kind kind, std::size_t size) noexcept : text_(nullptr), size_(size), kind_(kind) {}
    Node(Kind kind, std::string_view text) noexcept : text_(text.data()), size_(text.size()), kind_(kind) {}

    union {
        const char* text_;
        const Node* nodes_;
        const Member* members_;
    };
    std::size_t size_ = 0;
    Kind kind_ = Kind::Null;
};

struct Member {
    std::string_view name;
    Node value;
};

inline std::span<const Member> Node::members() const noexcept {
    return kind_ == Kind::Object ? std::span(members_, size_) : std::span<const Member>();
}

struct ParseOptions {
    bool leading_zeros = false;    ///< 0012 is 12
    bool ignore_trailing = false;  ///< what follows the first complete value is not looked at
};
Node parse(std::string_view text, Arena& arena, ParseOptions options = {});
/// UTF-8's byte order mark, which Java passes over before a document, is not part of JSON.
std::string_view without_byte_order_mark(std::string_view text) noexcept;

/// A tree with its memory.
class Document {
public:
    explicit Document(std::string_view text, ParseOptions options = {}) : root_(parse(text, arena_, options)) {}
    const Node& root() const noexcept { return root_; }

private:
    Arena arena_{1024};
    Node root_;
};

/// In quotes. Escapes \" \\ \b \f \n \r \t, other control characters as \u00XX and characters above U+FFFF as two
/// escaped surrogates; everything else as it is.
void append_string(std::string& out, std::string_view text);
void append_integer(std::string& out, std::int64_t value);
/// As Java's toString; NaN and the infinities in quotes, for JSON has no such numbers.
void append_double(std::string& out, double value);
void append_float(std::string& out, float value);
void append_node(std::string& out, const Node& node);

/// Writes commas by itself:  Writer(out).begin_object().key("state").string("RUNNING").end_object();
class Writer {
public:
    explicit Writer(std::string& out) : out_(out), start_(out.size()) {}

    Writer& begin_object() { return opened('{'); }
    Writer& end_object() { return closed('}'); }
    Writer& begin_array() { return opened('['); }
    Writer& end_array() { return closed(']'); }
    Writer& key(std::string_view name);
    Writer& string(std::string_view value);
    Writer& string_or_null(const std::optional<std::string>& value) { return value ? string(*value) : null(); }
    Writer& integer(std::int64_t value);
    Writer& real(double value);
    Writer& boolean(bool value) { return raw(value ? "true" : "false"); }
    Writer& null() { return raw("null"); }
    Writer& node(const Node& value);
    /// Text that is JSON already.
    Writer& raw(std::string_view json);

private:
    void separate();
    Writer& opened(char bracket);
    Writer& closed(char bracket);

    std::string& out_;
    std::size_t start_;
};

}
