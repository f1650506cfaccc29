#include "connectors/support/json.hpp"

#include "connectors/support/java_number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ranges>

namespace millrace::json {

Node Node::array(std::span<const Node> v) noexcept {
    Node node(Kind::Array, v.size());
    node.nodes_ = v.data();
    return node;
}

Node Node::object(std::span<const Member> v) noexcept {
    Node node(Kind::Object, v.size());
    node.members_ = v.data();
    return node;
}

const Node* Node::find(std::string_view name) const noexcept {
    if (kind_ != Kind::Object) return nullptr;
    for (const auto& member : members() | std::views::reverse) {
        if (member.name == name) return &member.value;
    }
    return nullptr;
}

bool Node::is_integer() const noexcept {
    constexpr auto of_fraction = [](char c) { return c == '.' || c == 'e' || c == 'E'; };
    return kind_ == Kind::Number && std::ranges::none_of(text(), of_fraction);
}

std::optional<std::int64_t> Node::as_integer() const noexcept {
    if (!is_integer()) return std::nullopt;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text_, text_ + size_, value);
    return error == std::errc{} ? std::optional(value) : std::nullopt;
}

std::optional<std::int64_t> Node::as_wrapped_integer() const noexcept {
    if (kind_ != Kind::Number) return std::nullopt;
    const bool negative = text().starts_with('-');
    std::uint64_t value = 0;
    for (const char c : text().substr(negative ? 1 : 0)) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return static_cast<std::int64_t>(negative ? 0 - value : value);
}

double Node::as_double() const noexcept {
    if (kind_ != Kind::Number) return 0;
    double value = 0;
    const auto [end, error] = std::from_chars(text_, text_ + size_, value);
    if (error != std::errc::result_out_of_range) return value;
    // Too large or too small: the sign of the exponent tells which.
    const bool tiny = text().find("e-") != std::string_view::npos || text().find("E-") != std::string_view::npos;
    const double magnitude = tiny ? 0.0 : HUGE_VAL;
    return text().starts_with('-') ? -magnitude : magnitude;
}

namespace {

/// 0: as it is. u: \u00XX. w: begins a character above U+FFFF. Otherwise the letter behind the backslash.
constexpr auto escapes = [] {
    std::array<char, 256> table{};
    for (std::size_t i = 0; i < 0x20; ++i) table[i] = 'u';
    for (std::size_t i = 0xF0; i < 0x100; ++i) table[i] = 'w';
    table['\b'] = 'b', table['\f'] = 'f', table['\n'] = 'n', table['\r'] = 'r', table['\t'] = 't';
    table['"'] = '"', table['\\'] = '\\';
    return table;
}();

void append_escaped_unit(std::string& out, unsigned unit) {
    constexpr char digits[] = "0123456789ABCDEF";
    const char text[] = {
        '\\', 'u', digits[unit >> 12 & 15], digits[unit >> 8 & 15], digits[unit >> 4 & 15], digits[unit & 15]};
    out.append(text, sizeof text);
}

/// Writes the character that begins `text` as two surrogates; how many bytes it took.
std::size_t append_surrogates(std::string& out, std::string_view text) {
    unsigned c = static_cast<unsigned char>(text[0]) & 7u;
    for (std::size_t i = 1; i < 4; ++i) {
        if (i >= text.size() || (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
            append_escaped_unit(out, 0xFFFD);
            return i;
        }
        c = c << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
    }
    if (c < 0x10000 || c > 0x10FFFF) {
        append_escaped_unit(out, 0xFFFD);
        return 4;
    }
    append_escaped_unit(out, 0xD800 + ((c - 0x10000) >> 10));
    append_escaped_unit(out, 0xDC00 + ((c - 0x10000) & 0x3FF));
    return 4;
}

}

void append_string(std::string& out, std::string_view text) {
    out += '"';
    for (std::size_t run = 0, i = 0;;) {
        while (i < text.size() && escapes[static_cast<unsigned char>(text[i])] == 0) ++i;
        out.append(text.data() + run, i - run);
        if (i == text.size()) break;
        const auto c = static_cast<unsigned char>(text[i]);
        if (escapes[c] == 'w') {
            i += append_surrogates(out, text.substr(i));
        } else {
            if (escapes[c] == 'u') {
                append_escaped_unit(out, c);
            } else {
                out += '\\';
                out += escapes[c];
            }
            ++i;
        }
        run = i;
    }
    out += '"';
}

void append_integer(std::string& out, std::int64_t value) {
    std::array<char, 20> text;
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
    out.append(text.data(), end);
}

void append_double(std::string& out, double value) {
    if (std::isfinite(value)) return append_java_double(out, value);
    out += '"';
    append_java_double(out, value);
    out += '"';
}

void append_float(std::string& out, float value) {
    if (std::isfinite(value)) return append_java_float(out, value);
    out += '"';
    append_java_float(out, value);
    out += '"';
}

void append_node(std::string& out, const Node& node) {
    switch (node.kind()) {
    case Node::Kind::Null:
        out += "null";
        break;
    case Node::Kind::Boolean:
        out += node.as_boolean() ? "true" : "false";
        break;
    case Node::Kind::Number:
        out += node.text();
        break;
    case Node::Kind::String:
        append_string(out, node.text());
        break;
    case Node::Kind::Array: {
        Writer writer(out);
        writer.begin_array();
        for (const auto& element : node.elements()) writer.node(element);
        writer.end_array();
        break;
    }
    case Node::Kind::Object: {
        Writer writer(out);
        writer.begin_object();
        for (const auto& member : node.members()) writer.key(member.name).node(member.value);
        writer.end_object();
        break;
    }
    }
}

void Writer::separate() {
    if (out_.size() == start_) return;
    const char last = out_.back();
    if (last != '{' && last != '[' && last != ':') out_ += ',';
}

Writer& Writer::opened(char bracket) {
    separate();
    out_ += bracket;
    return *this;
}

Writer& Writer::closed(char bracket) {
    out_ += bracket;
    return *this;
}

Writer& Writer::key(std::string_view name) {
    separate();
    append_string(out_, name);
    out_ += ':';
    return *this;
}

Writer& Writer::string(std::string_view value) {
    separate();
    append_string(out_, value);
    return *this;
}

Writer& Writer::integer(std::int64_t value) {
    separate();
    append_integer(out_, value);
    return *this;
}

Writer& Writer::real(double value) {
    separate();
    append_double(out_, value);
    return *this;
}

Writer& Writer::node(const Node& value) {
    separate();
    append_node(out_, value);
    return *this;
}

Writer& Writer::raw(std::string_view json) {
    separate();
    out_ += json;
    return *this;
}

}
